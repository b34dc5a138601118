import type { StudyDefinition } from "../../core/event.ts";
import type { Objective } from "../../core/objective.ts";
import { usage } from "../../core/errors.ts";
import type { OptunaStudy, OptunaTrial } from "./fold.ts";
import { CONSTRAINTS, METRIC_NAMES } from "./script.ts";
import { spaceOf } from "./to-space.ts";

const NAMED = `${CONSTRAINTS}:`;

/** The objectives of a study: by the names given, else by those that Optuna has, else `value` or `value_0`, `value_1`, …. */
export function objectivesOf({ directions, name, systemAttrs }: OptunaStudy, names?: readonly string[]): Objective[] {
  if (names !== undefined && (names.length !== directions.length || new Set(names).size !== names.length))
    throw usage(
      `Expected ${directions.length} different names for the objectives of the study ${JSON.stringify(name)}, got ${names.join(", ") || "none"}`,
    );
  const metrics = systemAttrs.get(METRIC_NAMES);
  const own = Array.isArray(metrics) ? metrics.map(String) : [];
  return directions.map((direction, i) => ({
    name: names?.[i] ?? own[i] ?? (directions.length === 1 ? "value" : `value_${i}`),
    direction: direction === 2 ? "maximize" : "minimize",
  }));
}

/** What a trial is beyond its limits, by name; ≤ 0 is feasible. */
export function excessIn({ systemAttrs }: OptunaTrial): Map<string, number> {
  const out = new Map<string, number>();
  const listed = systemAttrs.get(CONSTRAINTS);
  if (Array.isArray(listed))
    for (const [i, value] of listed.entries()) if (typeof value === "number") out.set(`constraint_${i}`, value);
  for (const [key, value] of systemAttrs)
    if (key.startsWith(NAMED) && typeof value === "number") out.set(key.slice(NAMED.length), value);
  return out;
}

/** What a study of Optuna's is about. Throws a usage error when it has no trials with parameters to say so. */
export function definitionOf(study: OptunaStudy, seed: number, names?: readonly string[]): StudyDefinition {
  const over = study.trials.filter(({ state }) => state === "complete" || state === "pruned" || state === "fail");
  const space = spaceOf(over);
  if (space === undefined)
    throw usage(
      `The study ${JSON.stringify(study.name)} has no finished trials with parameters: there is nothing to import`,
    );
  const limits = new Set(over.flatMap((trial) => [...excessIn(trial).keys()]));
  return {
    space: space as never,
    rules: [],
    objectives: objectivesOf(study, names),
    constraints: Object.fromEntries([...limits].map((name) => [name, { max: 0 }])),
    seed,
  };
}
