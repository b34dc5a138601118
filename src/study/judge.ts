import type { StudyDefinition } from "../core/event.ts";
import { show } from "../core/errors.ts";
import { measure, tooManyNames } from "../core/measure.ts";
import { failed, type Outcome, shortened } from "../core/outcome.ts";
import type { Told } from "./study-options.ts";

/** The outcome that a study records for what it was told: values that break a rule make a failure. */
export function judge(
  told: Told,
  { objectives, constraints }: Pick<StudyDefinition, "objectives" | "constraints">,
): Outcome {
  const names = objectives.map(({ name }) => name);
  const limited = Object.keys(constraints);
  const given = typeof told === "object" && "state" in told && typeof told.state === "string";
  const outcome = given ? told : measure(told, names, limited);
  if (outcome.state === "failed") return { ...outcome, failure: shortened(outcome.failure) };
  if (outcome.state === "later" && !(Number.isFinite(outcome.after) && outcome.after >= 0))
    return failed(
      "invalid",
      `Expected \`after\` to be a finite number of milliseconds ≥ 0, got ${show(outcome.after)}`,
    );
  if (outcome.state !== "complete") return outcome;
  const many = tooManyNames(outcome.values);
  if (many !== undefined) return failed("invalid", `Expected the outcome to hold ${many}`);
  const missing = [...names, ...limited].find((name) => !Number.isFinite(outcome.values[name]?.value));
  return missing === undefined ? outcome : failed("invalid", `Expected the outcome to hold a finite \`${missing}\``);
}
