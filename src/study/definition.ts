import type { StudyDefinition } from "../core/event.ts";
import { AttuneError, expectNumber, refuseUnknown, show, usage } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import type { Direction, Limits, Objective } from "../core/objective.ts";
import { ruleText, type Space } from "../space/space.ts";

/** Objectives by name, as a user writes them. */
export type Objectives = Readonly<Record<string, Direction>>;

/** The objective of a search that names none. */
export const DEFAULT_OBJECTIVES: Objectives = { value: "minimize" };

/** Checks and lists objectives. */
export function listObjectives(given: Objectives = DEFAULT_OBJECTIVES): Objective[] {
  const entries = typeof given === "object" && given !== null ? Object.entries(given) : [];
  if (entries.length === 0) throw usage(`Expected \`objectives\` to name at least one objective, got ${show(given)}`);
  return entries.map(([name, direction]) => {
    if (name === "") throw usage("Expected the names of `objectives` to be non-empty");
    if (direction === "minimize" || direction === "maximize") return { name, direction };
    throw usage(`Expected \`objectives.${name}\` to be "minimize" or "maximize", got ${show(direction)}`);
  });
}

/** Checks limits on measured names. */
export function checkLimits(limits: Limits = {}): Limits {
  for (const [name, limit] of Object.entries(limits)) {
    if (typeof limit !== "object" || limit === null)
      throw usage(`Expected \`constraints.${name}\` to be { min, max }, got ${show(limit)}`);
    refuseUnknown(`constraints.${name}`, limit, ["min", "max"]);
    if (limit.min === undefined && limit.max === undefined)
      throw usage(`Expected \`constraints.${name}\` to have \`min\` or \`max\`, got {}`);
    if (limit.min !== undefined) expectNumber(`constraints.${name}.min`, limit.min);
    if (limit.max !== undefined) expectNumber(`constraints.${name}.max`, limit.max);
    if (limit.min !== undefined && limit.max !== undefined && limit.min > limit.max) {
      throw usage(`Expected \`constraints.${name}.min\` to be ≤ \`max\`, got ${limit.min} > ${limit.max}`);
    }
  }
  return limits;
}

/** What a study over this space is about. */
export function define<P>(
  space: Space<P>,
  rest: Pick<StudyDefinition, "objectives" | "constraints" | "seed" | "instances" | "source" | "objectiveHash">,
): StudyDefinition {
  return { space: space.toJSON() as Json, rules: space.rules.map(ruleText), ...rest };
}

/** In which points two definitions differ so that their trials cannot simply be mixed; one line each. */
export function differences(before: StudyDefinition, after: StudyDefinition): string[] {
  const out: string[] = [];
  const was = flatten(before.space);
  const is = flatten(after.space);
  for (const path of new Set([...was.keys(), ...is.keys()])) {
    const [a, b] = [was.get(path), is.get(path)];
    if (a !== b) out.push(`${path}: ${a ?? "not there"} → ${b ?? "not there"}`);
  }
  if (out.length === 0 && canonical(before.space) !== canonical(after.space)) out.push("the structure of the space");
  for (const key of ["rules", "objectives", "constraints", "instances"] as const) {
    if (canonical(before[key]) !== canonical(after[key]))
      out.push(`${key === "rules" ? "where" : key}: ${show(before[key])} → ${show(after[key])}`);
  }
  return out;
}

/** The error for a journal of another search: what differs, and the two ways on. */
export function mismatch(
  changed: readonly string[],
  trials: readonly { readonly state: string; readonly aside: string | undefined; readonly twin: number | undefined }[],
): AttuneError {
  const complete = trials.filter(({ state, twin }) => state === "complete" && twin === undefined);
  const fit = complete.filter(({ aside }) => aside === undefined);
  return new AttuneError(
    "journal",
    `The journal holds trials of another search:\n${changed.map((line) => `  ${line}`).join("\n")}\n` +
      `\`--adopt\` (adopt: true) takes over the ${fit.length} of its ${complete.length} complete trials that are valid in this one; ` +
      "`--fresh` (fresh: true) starts over and keeps the old journal.",
  );
}

/** Which trials an adopted definition sets aside, and why; undefined when it takes them all. */
export function asideText(
  given: readonly {
    readonly number: number;
    readonly state: string;
    readonly aside: string | undefined;
    readonly twin: number | undefined;
  }[],
): string | undefined {
  const trials = given.filter(({ twin, state }) => twin === undefined && state !== "waiting" && state !== "rejected");
  const left = trials.filter(({ aside }) => aside !== undefined);
  if (left.length === 0) return undefined;
  const lines = left.slice(0, 20).map(({ number, aside }) => `  trial ${number}: ${aside}`);
  const more = left.length > lines.length ? [`  and ${left.length - lines.length} more`] : [];
  return [`${left.length} of ${trials.length} trials do not fit and are set aside:`, ...lines, ...more].join("\n");
}

/** Every parameter of a space in JSON form, by path, in one line each. */
function flatten(json: Json, path = ""): Map<string, string> {
  const node = json as { type: string; of?: unknown; branches?: unknown };
  const out = new Map<string, string>();
  const children = node.type === "object" ? node.of : node.type === "variant" ? node.branches : undefined;
  if (children === undefined) return out.set(path || "space", canonical(json)!);
  for (const [key, child] of Object.entries(children as Record<string, Json>)) {
    const inner = node.type === "variant" ? { type: "object", of: child } : child;
    for (const [name, text] of flatten(inner, path ? `${path}.${key}` : key)) out.set(name, text);
  }
  if (node.type === "variant") out.set(path || "space", `variant of ${Object.keys(children as object).join(", ")}`);
  return out;
}

/** JSON with sorted keys. */
export function canonical(json: unknown): string | undefined {
  return JSON.stringify(json, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
