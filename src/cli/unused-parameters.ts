import { placeholders, SPECIAL } from "../evaluators/command-template.ts";
import type { Space } from "../space/space.ts";

/**
 * The parameters that a command does not use although it uses others, and the environment variables that hold them. A
 * command that uses none, or names such a variable, is taken to read its environment.
 */
export function unusedParameters(
  run: readonly string[],
  space: Space,
): { readonly parameter: string; readonly variable: string }[] {
  const used = placeholders(run);
  const { type, of } = space.toJSON();
  if (
    type !== "object" ||
    used.includes("params") ||
    used.includes("params.json") ||
    used.every((name) => SPECIAL.includes(name) || name.startsWith("lease."))
  )
    return [];
  if (run.join(" ").includes("ATTUNE_PARAM")) return [];
  return Object.entries(of as Record<string, { readonly type: string }>)
    .filter(
      ([name, { type: kind }]) =>
        kind !== "constant" && !used.some((other) => other === name || other.startsWith(`${name}.`)),
    )
    .map(([name]) => ({
      parameter: name,
      variable: `ATTUNE_PARAM_${name.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`,
    }));
}
