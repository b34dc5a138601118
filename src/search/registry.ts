import { nearest, usage } from "../core/errors.ts";

/** The plugin of a name in the exports of a plugin folder, or an error that lists what there is. */
export function pick<D>(folder: Readonly<Record<string, unknown>>, kind: string, name: string): D {
  const found = Object.hasOwn(folder, name) ? folder[name] : undefined;
  if (typeof found === "function" && "info" in found) return found as D;
  const names = Object.entries(folder).flatMap(([key, value]) =>
    typeof value === "function" && "info" in value ? [key] : [],
  );
  const near = nearest(name, names);
  throw usage(
    `Expected \`${kind}\` to be ${near ? `"${near}" or another of ` : "one of "}${names.join(", ")}, got ${JSON.stringify(name)}`,
  );
}
