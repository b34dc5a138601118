import type { StudyDefinition } from "../core/event.ts";
import { show } from "../core/errors.ts";
import { judged, tooManyNames } from "../core/measure.ts";
import { failed, type Outcome, shortened } from "../core/outcome.ts";
import { costOf } from "./cost.ts";
import type { Told } from "./study-options.ts";

/**
 * The outcome that a study records for what it was told: values that break a rule make a failure. With `costs` a complete
 * trial must say what it cost.
 */
export function judge(
  told: Told,
  { objectives, constraints }: Pick<StudyDefinition, "objectives" | "constraints">,
  costs = false,
): Outcome {
  const names = objectives.map(({ name }) => name);
  const limited = Object.keys(constraints);
  const given = typeof told === "object" && "state" in told && typeof told.state === "string";
  const outcome = given ? told : judged(told, names, limited);
  if (outcome.state === "failed") return { ...outcome, failure: shortened(outcome.failure) };
  if (outcome.state === "later" && !(Number.isFinite(outcome.after) && outcome.after >= 0))
    return failed(
      "invalid",
      `Expected \`after\` to be a finite number of milliseconds ≥ 0, got ${show(outcome.after)}`,
    );
  if (outcome.state !== "complete") return outcome;
  const many = tooManyNames(outcome.values);
  if (many !== undefined) return failed("invalid", `Expected the outcome to hold ${many}`);
  const needed = outcome.atLeast ? names : [...names, ...limited];
  const missing = needed.find((name) => !Number.isFinite(outcome.values[name]?.value));
  if (missing !== undefined) return failed("invalid", `Expected the outcome to hold a finite \`${missing}\``);
  const { cost: declared, ...rest } = outcome;
  const cost = costOf(outcome);
  if (costs && cost === undefined && !outcome.atLeast) {
    const got = declared ?? outcome.values["cost"]?.value;
    const rule = "Expected the outcome to hold `cost`, a number ≥ 0 that the stop rule `cost` adds up";
    return failed("invalid", `${rule}, got ${got === undefined ? "none" : show(got)}`);
  }
  return cost === declared ? outcome : { ...rest, ...(cost === undefined ? {} : { cost }) };
}
