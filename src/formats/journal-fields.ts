import { show } from "../core/errors.ts";
import type { EventOf, SearchSettings, StudyDefinition, StudyEvent } from "../core/event.ts";
import type { InstancesDefinition } from "../core/instance.ts";
import { isRecord } from "../core/json.ts";
import { isObeyed } from "./control.ts";
import { type Failure, FAILURE_KINDS, type Measured, type Outcome } from "../core/outcome.ts";
import type { TrialSource } from "../core/trial.ts";

type Type = StudyEvent["type"];

/** What a field must be. */
interface Rule {
  readonly is: (value: unknown) => boolean;
  readonly expected: string;
}

const SOURCES: Record<TrialSource, true> = { sampler: true, baseline: true, first: true, enqueued: true };

const text: Rule = { is: isText, expected: "a text" };
const finite: Rule = { is: isFinite_, expected: "a finite number" };
const natural: Rule = { is: isNatural, expected: "an integer ≥ 0" };
const ordinal: Rule = { is: (v) => isNatural(v) && v !== 0, expected: "an integer ≥ 1" };
const duration: Rule = { is: (v) => isFinite_(v) && v >= 0, expected: "a finite number ≥ 0" };
const json: Rule = { is: (v) => v !== undefined, expected: "a JSON value" };
const numbers: Rule = {
  is: (v) => isRecord(v) && Object.values(v).every(isFinite_),
  expected: "finite numbers by name",
};
const study: Rule = { is: isStudy, expected: "the definition of a study" };
const settings: Rule = { is: isSettings, expected: "the settings of a search with its sampler's name and version" };
const process: Rule = {
  is: (v) => isRecord(v) && isText(v.host) && isNatural(v.pid) && isText(v.start),
  expected: "a process: host, pid and start",
};
const failure: Rule = {
  is: isFailure,
  expected: `a failure: a message and its kind, ${FAILURE_KINDS.join(", ")}`,
};
const outcome: Rule = {
  is: isOutcome,
  expected: "an outcome: complete with finite values, pruned, cancelled with a reason or failed with a failure",
};
const source: Rule = {
  is: (v) => isText(v) && Object.hasOwn(SOURCES, v),
  expected: `one of ${Object.keys(SOURCES).join(", ")}`,
};
const maybe = ({ is, expected }: Rule): Rule => ({ is: (v) => v === undefined || is(v), expected });

const at = { at: finite };
const trial = { ...at, number: natural, attempt: ordinal };

/** Every field of every event; the type demands that none is forgotten. */
const fields: { readonly [T in Type]: { readonly [K in Exclude<keyof EventOf<T>, "type">]-?: Rule } } = {
  "study-created": { ...at, version: ordinal, study },
  "study-adopted": { ...at, study },
  "search-started": { ...at, writer: text, process, environment: json, settings },
  "trial-created": { ...at, writer: text, of: maybe(natural), source: maybe(source), params: maybe(json) },
  "trial-started": {
    ...trial,
    writer: text,
    of: maybe(natural),
    params: maybe(json),
    generation: maybe(natural),
    memo: maybe(json),
    note: maybe(text),
    twin: maybe(natural),
  },
  "trial-placed": {
    ...trial,
    where: json,
    from: maybe(text),
    to: maybe(text),
    kept: maybe({ is: (v) => v === true, expected: "true" }),
  },
  "trial-reported": {
    ...trial,
    step: finite,
    values: numbers,
    instance: maybe(text),
    stderr: maybe(numbers),
    normalized: maybe(numbers),
  },
  "trial-requeued": { ...trial, failure, after: maybe(duration), took: maybe(duration) },
  "trial-finished": { ...trial, writer: text, duration, outcome },
  "trial-rejected": {
    ...at,
    number: natural,
    reason: text,
    params: maybe(json),
    generation: maybe(natural),
    memo: maybe(json),
  },
  "search-ended": { ...at, writer: text, reason: text },
};
const rules = new Map(Object.entries(fields).map(([type, of]) => [type, Object.entries(of)]));

/** The fields of every event beside its type, by type; for documentation and tests. */
export const eventFields: ReadonlyMap<string, readonly string[]> = new Map(
  [...rules].map(([type, of]) => [type, of.map(([name]) => name)]),
);

/** The rule that an event breaks, if it breaks one: ``expected `number` to be an integer ≥ 0, got -1``. */
export function problemOf(event: unknown): string | undefined {
  if (!isRecord(event)) return `expected an event, got ${show(event)}`;
  const known = typeof event.type === "string" ? rules.get(event.type) : undefined;
  if (known === undefined) return `expected an event of version 1, got one of type ${show(event.type)}`;
  for (const [name, { is, expected }] of known)
    if (!is(event[name]))
      return `expected \`${name}\` of ${String(event.type)} to be ${expected}, got ${show(event[name])}`;
  return undefined;
}

type Unknown<T> = { readonly [K in keyof T]?: unknown };

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isFinite_(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isNatural(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isStudy(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const {
    space,
    rules: where,
    objectives,
    constraints,
    seed,
    objectiveHash,
    instances,
  }: Unknown<StudyDefinition> = value;
  return (
    space !== undefined &&
    Array.isArray(where) &&
    where.every(isText) &&
    Array.isArray(objectives) &&
    objectives.every(
      (o) => isRecord(o) && isText(o.name) && (o.direction === "minimize" || o.direction === "maximize"),
    ) &&
    isRecord(constraints) &&
    Object.values(constraints).every((limit) => isRecord(limit) && Object.values(limit).every(isFinite_)) &&
    isFinite_(seed) &&
    (objectiveHash === undefined || isText(objectiveHash)) &&
    (instances === undefined || isInstances(instances))
  );
}

function isInstances(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { names, order, reduce }: Unknown<InstancesDefinition> = value;
  return (
    Array.isArray(names) &&
    names.every(isText) &&
    isText(order) &&
    (reduce === undefined || isText(reduce) || isRecord(reduce))
  );
}

function isSettings(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { sampler, evaluator, outside, control, ...rest }: Unknown<SearchSettings> = value;
  const { trials, generations, cost, workers, timeout, timesBest, timesBaseline } = rest;
  return (
    isRecord(sampler) &&
    isText(sampler.name) &&
    isFinite_(sampler.version) &&
    (evaluator === undefined || isText(evaluator)) &&
    (outside === undefined || (isRecord(outside) && (outside.timeout === undefined || isFinite_(outside.timeout)))) &&
    (control === undefined || isObeyed(control)) &&
    [trials, generations, cost, workers, timeout, timesBest, timesBaseline].every(
      (each) => each === undefined || isFinite_(each),
    )
  );
}

function isOutcome(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { state }: Unknown<Outcome> = value;
  if (state === "complete") {
    return (
      isRecord(value.values) &&
      Object.values(value.values).every(isMeasured) &&
      (value.atLeast === undefined || value.atLeast === true) &&
      (value.cost === undefined || isFinite_(value.cost)) &&
      (value.normalizedBy === undefined || isBaseline(value.normalizedBy)) &&
      (value.worker === undefined || isFinite_(value.worker))
    );
  }
  return (
    (state === "pruned" && (value.worker === undefined || isFinite_(value.worker))) ||
    (state === "cancelled" ? isText(value.reason) : state === "failed" && isFailure(value.failure))
  );
}

function isMeasured(given: unknown): boolean {
  if (!isRecord(given)) return false;
  const { value, stderr, samples, normalized }: Unknown<Measured> = given;
  return (
    isFinite_(value) &&
    (stderr === undefined || isFinite_(stderr)) &&
    (samples === undefined || isNatural(samples)) &&
    (normalized === undefined ||
      (isRecord(normalized) &&
        isFinite_(normalized.value) &&
        (normalized.stderr === undefined || isFinite_(normalized.stderr))))
  );
}

function isBaseline(given: unknown): boolean {
  return isRecord(given) && isText(given.place) && numbers.is(given.values);
}

function isFailure(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { kind, message, stack, exitCode, signal, stderr, worker, host }: Unknown<Failure> = value;
  return (
    isText(kind) &&
    (FAILURE_KINDS as readonly string[]).includes(kind) &&
    isText(message) &&
    [stack, signal, stderr, host].every((each) => each === undefined || isText(each)) &&
    (worker === undefined || isNatural(worker)) &&
    (exitCode === undefined || Number.isSafeInteger(exitCode))
  );
}
