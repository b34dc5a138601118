import type { Json } from "../core/json.ts";

/** One value of a configuration, and the names that lead to it. */
export interface Setting {
  readonly path: readonly string[];
  readonly value: Json;
}

/** The values of a configuration, one by one: objects are entered, lists are values. Elements of a top-level list are named by their place. */
export function settingsOf(params: unknown): Setting[] {
  const out: Setting[] = [];
  const enter = (value: unknown, path: readonly string[]): void => {
    const list = Array.isArray(value);
    if (typeof value !== "object" || value === null || (list && path.length > 0))
      out.push({ path, value: value as Json });
    else for (const [key, inner] of Object.entries(value)) enter(inner, [...path, key]);
  };
  enter(params, []);
  return out;
}

/** The name of an environment variable or macro: `schedule.chunk` is SCHEDULE_CHUNK. */
export function constantName(path: readonly string[]): string {
  const name = path
    .join("_")
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, "_");
  return /^[0-9]/.test(name) ? `_${name}` : name;
}

/** A value as plain text: texts as they are, everything else as JSON. */
export function plainText(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
