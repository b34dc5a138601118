import { AttuneError, messageOf, show } from "../../core/errors.ts";
import { isRecord } from "../../core/json.ts";
import { decodePython, encodePython, type PythonJson, Real } from "./python-json.ts";

/** A named value of a study or a trial; a record carries exactly one. */
export type Attributes = Readonly<Record<string, PythonJson>>;

interface By {
  /** Which worker wrote it. */
  readonly worker_id: string;
}
interface OfStudy extends By {
  readonly study_id: number;
}
interface OfTrial extends By {
  readonly trial_id: number;
}

/** The numbers of the states of a trial: running, complete, pruned, failed, waiting. */
export const STATES = ["running", "complete", "pruned", "fail", "waiting"] as const;

/** A trial at once, in the states that it may have; `params` are the numbers of the distributions, not choices. */
export interface CreateTrial extends OfStudy {
  readonly op_code: 4;
  readonly datetime_start: string | null;
  /** Never null: every Optuna refuses that. */
  readonly datetime_complete?: string;
  readonly state?: number;
  readonly value?: number | null;
  readonly values?: readonly number[] | null;
  readonly distributions?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, number>>;
  readonly user_attrs?: Attributes;
  readonly system_attrs?: Attributes;
  /** By step. */
  readonly intermediate_values?: Readonly<Record<string, number>>;
}

/** One line of an Optuna journal (versions 3.1 to 5.0), by the names that it has there. */
export type OptunaRecord =
  /** Directions: 1 minimise, 2 maximise, 0 not set. */
  | (By & { readonly op_code: 0; readonly study_name: string; readonly directions: readonly number[] })
  | (OfStudy & { readonly op_code: 1 })
  | (OfStudy & { readonly op_code: 2; readonly user_attr: Attributes })
  | (OfStudy & { readonly op_code: 3; readonly system_attr: Attributes })
  | CreateTrial
  | (OfTrial & {
      readonly op_code: 5;
      readonly param_name: string;
      readonly param_value_internal: number;
      readonly distribution: string;
    })
  | (OfTrial & {
      readonly op_code: 6;
      readonly state: number;
      readonly values: readonly number[] | null;
      readonly datetime_start?: string;
      readonly datetime_complete?: string;
    })
  | (OfTrial & { readonly op_code: 7; readonly step: number; readonly intermediate_value: number })
  | (OfTrial & { readonly op_code: 8; readonly user_attr: Attributes })
  | (OfTrial & { readonly op_code: 9; readonly system_attr: Attributes })
  /** Written by Rustuna; Optuna 5 skips it. */
  | (By & { readonly op_code: 10 });

/** Fields that Python must read as floats. */
const FLOATS: ReadonlySet<string> = new Set([
  "value",
  "values",
  "params",
  "param_value_internal",
  "intermediate_value",
  "intermediate_values",
]);

/** A record as one line, without its end. */
export function encodeRecord(record: OptunaRecord): string {
  const entries = Object.entries(record) as [string, PythonJson][];
  return encodePython(Object.fromEntries(entries.map(([key, v]) => [key, FLOATS.has(key) ? reals(v) : v])));
}

function reals(value: PythonJson): PythonJson {
  if (typeof value === "number") return new Real(value);
  if (typeof value !== "object" || value === null || value instanceof Real) return value;
  if (Array.isArray(value)) return (value as readonly PythonJson[]).map(reals);
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, reals(v)]));
}

type Check = (value: unknown) => boolean;
const text: Check = (v) => typeof v === "string";
const number: Check = (v) => typeof v === "number";
const natural: Check = (v) => Number.isSafeInteger(v) && (v as number) >= 0;
const state: Check = (v) => natural(v) && (v as number) < STATES.length;
const each =
  (of: Check): Check =>
  (v) =>
    isRecord(v) && Object.values(v).every(of);
const list =
  (of: Check): Check =>
  (v) =>
    Array.isArray(v) && v.every(of);
const one: Check = (v) => isRecord(v) && Object.keys(v).length === 1;
const maybe =
  (of: Check): Check =>
  (v) =>
    v === undefined || of(v);
const nullable =
  (of: Check): Check =>
  (v) =>
    v === null || of(v);

/** What each operation needs, by its code. */
const needs: readonly Readonly<Record<string, Check>>[] = [
  { study_name: text, directions: list((v) => v === 0 || v === 1 || v === 2) },
  { study_id: natural },
  { study_id: natural, user_attr: one },
  { study_id: natural, system_attr: one },
  {
    study_id: natural,
    datetime_start: nullable(text),
    datetime_complete: maybe(text),
    state: maybe(state),
    value: maybe(nullable(number)),
    values: maybe(nullable(list(number))),
    distributions: maybe(each(text)),
    params: maybe(each(number)),
    user_attrs: maybe(isRecord),
    system_attrs: maybe(isRecord),
    intermediate_values: maybe(each(number)),
  },
  { trial_id: natural, param_name: text, param_value_internal: number, distribution: text },
  {
    trial_id: natural,
    state,
    values: nullable(list(number)),
    datetime_start: maybe(text),
    datetime_complete: maybe(text),
  },
  { trial_id: natural, step: number, intermediate_value: number },
  { trial_id: natural, user_attr: one },
  { trial_id: natural, system_attr: one },
  {},
];

/**
 * The record in a line; `lineNumber` counts from 1, `name` is the file's. Fields that are not known are left alone.
 * Throws an `AttuneError` ("journal") naming both, and what is wrong.
 */
export function decodeRecord(line: string, lineNumber: number, name: string): OptunaRecord {
  const wrong = (problem: string, cause?: unknown): AttuneError =>
    new AttuneError("journal", `Line ${lineNumber} of ${name} is not one of an Optuna journal: ${problem}`, { cause });
  let record: unknown;
  try {
    record = decodePython(line);
  } catch (error) {
    throw wrong(messageOf(error), error);
  }
  if (!isRecord(record)) throw wrong(`expected an object, got ${show(record)}`);
  const rules = needs[record["op_code"] as number];
  if (rules === undefined)
    throw wrong(`expected \`op_code\` to be one of 0 to ${needs.length - 1}, got ${show(record["op_code"])}`);
  for (const [field, is] of Object.entries({ worker_id: text, ...rules }))
    if (!is(record[field]))
      throw wrong(`\`${field}\` of operation ${show(record["op_code"])} is ${show(record[field])}`);
  return record as unknown as OptunaRecord;
}
