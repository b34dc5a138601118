import type { ParameterJson } from "../../space/parameter.ts";
import { identity } from "../../space/labelled.ts";
import { type Distribution, externalValue } from "./distribution.ts";
import type { OptunaTrial } from "./fold.ts";
import type { PythonJson } from "./python-json.ts";

type Numeric = Exclude<Distribution, { kind: "categorical" }>;

interface Seen {
  readonly domains: Set<Distribution>;
  readonly values: number[];
}

/**
 * The space, in JSON form, that trials of Optuna's were drawn from: each parameter with the union of its domains and of
 * the values that were tried (Optuna lets both differ between trials). One that some complete trial lacks is optional;
 * one that has a single value is a constant. Undefined where no trial has parameters.
 */
export function spaceOf(trials: readonly OptunaTrial[]): ParameterJson | undefined {
  const complete = trials.filter(({ state }) => state === "complete");
  const telling = complete.length > 0 ? complete : trials;
  const seen = new Map<string, Seen>();
  for (const { params } of trials)
    for (const [name, { distribution, internal }] of params) {
      let of = seen.get(name);
      if (of === undefined) seen.set(name, (of = { domains: new Set(), values: [] }));
      of.domains.add(distribution);
      of.values.push(internal);
    }
  if (seen.size === 0) return undefined;
  const members = [...seen].map(([name, of]) => {
    const parameter = parameterOf(of);
    const absent = telling.filter(({ params }) => !params.has(name)).length / telling.length;
    return [name, absent === 0 ? parameter : { type: "optional", of: parameter, absent: shareOf(absent) }] as const;
  });
  return { type: "object", of: Object.fromEntries(members) };
}

/** A share that leaves both sides a chance. */
function shareOf(absent: number): number {
  return Number(Math.min(0.95, Math.max(0.05, absent)).toPrecision(3));
}

function parameterOf({ domains, values }: Seen): ParameterJson {
  const [first] = domains;
  if (first!.kind === "categorical") return choiceOf(first!.choices);
  const all = [...domains] as Numeric[];
  const external = values.map((internal) => externalValue(first!, internal) as number).filter(Number.isFinite);
  const low = least([...all.map((d) => d.low), ...external]);
  const high = -least([...all.map((d) => -d.high), ...external.map((v) => -v)]);
  if (low === high) return { type: "constant", value: low };
  const log = all.every((d) => d.log) && low > 0;
  const whole =
    first!.kind === "int" && [low, high].every(Number.isSafeInteger) && high - low < Number.MAX_SAFE_INTEGER;
  const step = log ? undefined : stepOf(all, low, external);
  if (whole)
    return { type: "int", low, high, ...(log ? { log } : {}), ...(step === undefined || step === 1 ? {} : { step }) };
  return { type: "float", low, high, ...(log ? { log } : {}), ...(step === undefined ? {} : { step }) };
}

/** The most values of a grid: all of them are kept in memory. */
const LONGEST = 100_000;

/** The step that all domains share, if every value and every end lies on its grid, and that is not too fine. */
function stepOf(all: readonly Numeric[], low: number, values: readonly number[]): number | undefined {
  const { step } = all[0]!;
  if (step === undefined || all.some((d) => d.step !== step)) return undefined;
  const isOn = (x: number): boolean => Math.abs((x - low) / step - Math.round((x - low) / step)) < 1e-6;
  const long = all.some((d) => (d.high - low) / step >= LONGEST);
  return !long && all.every((d) => isOn(d.low)) && values.every(isOn) ? step : undefined;
}

function choiceOf(choices: readonly PythonJson[]): ParameterJson {
  const values = new Map(choices.map((choice) => [identity(jsonOf(choice)), jsonOf(choice)]));
  const [only] = values.values();
  return values.size === 1 ? { type: "constant", value: only } : { type: "choice", values: [...values.values()] };
}

/** A choice in JSON: what is no number there is text. */
export function jsonOf(choice: PythonJson): PythonJson {
  if (typeof choice === "number" && !Number.isFinite(choice)) return String(choice);
  if (Array.isArray(choice)) return (choice as readonly PythonJson[]).map(jsonOf);
  if (typeof choice !== "object" || choice === null) return choice;
  return Object.fromEntries(Object.entries(choice).map(([key, value]) => [key, jsonOf(value as PythonJson)]));
}

function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Infinity);
}
