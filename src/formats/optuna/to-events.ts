import type { StudyDefinition, StudyEvent } from "../../core/event.ts";
import { JOURNAL_VERSION } from "../../core/event.ts";
import {
  type BaselineReference,
  failed,
  FAILURE_KINDS,
  type FailureKind,
  type FinalOutcome,
  type Measured,
} from "../../core/outcome.ts";
import { isRecord, type Json } from "../../core/json.ts";
import type { TrialSource } from "../../core/trial.ts";
import { identity } from "../../space/labelled.ts";
import type { Space } from "../../space/space.ts";
import { externalValue } from "./distribution.ts";
import type { OptunaStudy, OptunaTrial } from "./fold.ts";
import { knownNames, rowFrom } from "./parameters.ts";
import type { PythonJson } from "./python-json.ts";
import { NORMALIZED_BY, TRIAL } from "./script.ts";
import { excessIn } from "./terms.ts";
import { jsonOf } from "./to-space.ts";
import { readTime, type TimeForm } from "./times.ts";

/** A study of Optuna's as events of attune's. */
export interface Imported {
  readonly events: readonly StudyEvent[];
  /** How many trials were taken. */
  readonly taken: number;
  /** The trials that were left out, by Optuna's number, and why. */
  readonly left: readonly { readonly number: number; readonly why: string }[];
}

/** How a study is read. */
export interface ImportTerms {
  readonly definition: StudyDefinition;
  readonly space: Space;
  /** Names the writer of the events. */
  readonly writer: string;
  /** How times without an offset are meant. */
  readonly times: TimeForm;
  /** When a trial without times was. */
  readonly now: number;
}

interface Reading extends ImportTerms {
  /** What the axes of the space may be called. */
  readonly names: ReadonlySet<string>;
}

/**
 * The finished trials of a study as events that a journal of attune's may begin with, in order of number. Trials that
 * run, wait, or have parameters or values that the definition does not allow are left out.
 */
export function eventsOf({ trials }: OptunaStudy, terms: ImportTerms): Imported {
  const { definition, now, space } = terms;
  const reading = { ...terms, names: knownNames(space.axes) };
  const left: { number: number; why: string }[] = [];
  const events: StudyEvent[] = [];
  let taken = 0;
  for (const trial of trials) {
    const read = eventsOfTrial(trial, taken, reading);
    if (typeof read === "string") left.push({ number: trial.number, why: read });
    else {
      events.push(...read);
      taken++;
    }
  }
  const at = events.length === 0 ? now : events[0]!.at;
  return {
    events: [{ type: "study-created", at, version: JOURNAL_VERSION, study: definition }, ...events],
    taken,
    left,
  };
}

/** The life of one trial, or why there is none. */
function eventsOfTrial(trial: OptunaTrial, number: number, reading: Reading): StudyEvent[] | string {
  const { definition, writer, times, now } = reading;
  if (trial.state === "running" || trial.state === "waiting") return `it is ${trial.state}`;
  const outcome = outcomeOf(trial, definition);
  if (typeof outcome === "string") return outcome;
  const params = paramsOf(trial, reading);
  if (typeof params === "string") return params;
  const complete = (trial.complete && readTime(trial.complete, times)) || undefined;
  const start = (trial.start && readTime(trial.start, times)) || complete || now;
  const end = Math.max(start, complete ?? start);
  const source = sourceOf(trial);
  const about = { number, attempt: 1 };
  const { name } = definition.objectives[0]!;
  return [
    { type: "trial-created", at: start, writer, ...(source === "sampler" ? {} : { source, params }) },
    { type: "trial-started", at: start, ...about, writer, ...(source === "sampler" ? { params } : {}) },
    ...[...trial.reports].flatMap(([step, value]): StudyEvent[] =>
      Number.isFinite(value) ? [{ type: "trial-reported", at: end, ...about, step, values: { [name]: value } }] : [],
    ),
    { type: "trial-finished", at: end, ...about, writer, duration: end - start, outcome },
  ];
}

/** The configuration of a trial, or why the space does not allow it: every parameter that it has must be there. */
function paramsOf(trial: OptunaTrial, { space, names }: Reading): Json | string {
  const values = new Map<string, PythonJson>();
  for (const [written, { distribution, internal }] of trial.params) {
    const value = externalValue(distribution, internal);
    const renamed = trial.userAttrs.has(TRIAL) && !names.has(written);
    if (value !== undefined) values.set(renamed ? written.replace(/#\d+$/, "") : written, jsonOf(value));
  }
  const row = rowFrom(space.axes, [...values.keys()], (name) => values.get(name));
  if (typeof row === "string") return row;
  const params = space.read(row);
  for (const [name, value] of values) {
    if (names.has(name)) continue;
    const constant = within(params, name) ?? name.split(".").reduce(within, params);
    if (constant === undefined) return `\`${name}\` is not in the space`;
    if (identity(constant) !== identity(value)) return `\`${name}\` cannot be ${JSON.stringify(value)}`;
  }
  return space.problem(params) ?? (params as Json);
}

function isBaseline(said: unknown): said is BaselineReference & PythonJson {
  return (
    isRecord(said) &&
    typeof said["place"] === "string" &&
    isRecord(said["values"]) &&
    Object.values(said["values"]).every(Number.isFinite)
  );
}

const SOURCES: readonly string[] = ["baseline", "first", "enqueued"] satisfies TrialSource[];

function within(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function sourceOf({ userAttrs, systemAttrs }: OptunaTrial): TrialSource {
  const said = userAttrs.get("attune:source");
  if (typeof said === "string" && SOURCES.includes(said)) return said as TrialSource;
  return systemAttrs.has("fixed_params") ? "enqueued" : "sampler";
}

function outcomeOf(trial: OptunaTrial, { objectives, constraints }: StudyDefinition): FinalOutcome | string {
  const { state, values, userAttrs } = trial;
  if (state === "pruned") return { state: "pruned" };
  if (state === "fail") {
    const cancelled = userAttrs.get("attune:cancelled");
    return typeof cancelled === "string"
      ? { state: "cancelled", reason: cancelled }
      : failureOf(userAttrs.get("attune:failure"));
  }
  if (values === undefined || values.length !== objectives.length || !values.every(Number.isFinite))
    return failed("invalid", `Optuna's values were ${values === undefined ? "missing" : values.join(", ")}`);
  const measured = new Map([...excessIn(trial)].filter(([name]) => Object.hasOwn(constraints, name)));
  const by = userAttrs.get(NORMALIZED_BY);
  const normalizedBy = isBaseline(by) ? by : undefined;
  const ours =
    normalizedBy === undefined ? /^(attune:|stderr\.|samples\.)/ : /^(attune:|stderr\.|samples\.|measured\.)/;
  for (const [key, value] of userAttrs)
    if (typeof value === "number" && Number.isFinite(value) && !ours.test(key)) measured.set(key, value);
  objectives.forEach(({ name }, i) => measured.set(name, values[i]!));
  const missing = Object.keys(constraints).find((name) => !measured.has(name));
  if (missing !== undefined) return `\`${missing}\`, which is limited, was not measured`;
  const cost = userAttrs.get("attune:cost");
  return {
    state: "complete",
    values: Object.fromEntries([...measured].map(([name, value]) => [name, measuredOf(name, value, userAttrs)])),
    ...(normalizedBy === undefined ? {} : { normalizedBy }),
    ...(userAttrs.get("attune:at_least") === true ? { atLeast: true as const } : {}),
    ...(typeof cost === "number" ? { cost } : {}),
  };
}

function measuredOf(name: string, value: number, attributes: OptunaTrial["userAttrs"]): Measured {
  const number = (key: string): number | undefined => {
    const found = attributes.get(key);
    return typeof found === "number" && Number.isFinite(found) ? found : undefined;
  };
  const [stderr, samples] = [number(`stderr.${name}`), number(`samples.${name}`)];
  const raw = attributes.has(NORMALIZED_BY) ? number(`measured.${name}`) : undefined;
  const error = number(`stderr.normalized.${name}`);
  return {
    value: raw ?? value,
    ...(stderr === undefined ? {} : { stderr }),
    ...(samples === undefined ? {} : { samples }),
    ...(raw === undefined ? {} : { normalized: { value, ...(error === undefined ? {} : { stderr: error }) } }),
  };
}

function failureOf(said: PythonJson | undefined): FinalOutcome {
  const [, kind, message] = (typeof said === "string" && /^(\w+): (.*)$/s.exec(said)) || [];
  if (kind !== undefined && (FAILURE_KINDS as readonly string[]).includes(kind))
    return failed(kind as FailureKind, message!);
  return failed("error", "it failed in Optuna, which does not say why");
}
