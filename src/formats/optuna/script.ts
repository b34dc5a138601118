import { compared } from "../../core/compared.ts";
import { isRecord, type Json } from "../../core/json.ts";
import { excess } from "../../core/objective.ts";
import type { StudyDefinition } from "../../core/event.ts";
import { isFinal, type Trial } from "../../core/trial.ts";
import type { Space } from "../../space/space.ts";
import { areCompatible, type Distribution } from "./distribution.ts";
import { isOver, type OptunaTrial } from "./fold.ts";
import { type AxisParameter, parameterOf } from "./parameters.ts";
import { encodePython, type PythonJson } from "./python-json.ts";
import type { OptunaRecord } from "./record.ts";
import { type TimeForm, timeText } from "./times.ts";

/** Names of attune's own attributes. */
export const ID = "attune:id";
export const TRIAL = "attune:trial";
export const DEFINITION = "attune:study";
export const NORMALIZED_BY = "attune:normalized_by";
export const METRIC_NAMES = "study:metric_names";
export const CONSTRAINTS = "constraints";

/** The longest value of an attribute: some of Optuna's databases hold no more. */
const CHUNK = 2045;

/** How a study of attune's is written. */
export interface ScriptOptions {
  /** Names the writer of the records; no two of them may share it. */
  readonly worker: string;
  /** @default "utc" */
  readonly times?: TimeForm;
}

type Attributes = Map<string, PythonJson>;

/** Writes a study and its trials as the records of an Optuna journal. */
export class OptunaScript<P> {
  readonly #space: Space<P>;
  readonly #definition: StudyDefinition;
  readonly #worker: string;
  readonly #times: TimeForm;
  readonly #parameters: readonly AxisParameter[];
  readonly #names = new Map<string, string>();

  constructor(space: Space<P>, definition: StudyDefinition, { worker, times = "utc" }: ScriptOptions) {
    this.#space = space;
    this.#definition = definition;
    this.#worker = worker;
    this.#times = times;
    this.#parameters = space.axes.map(parameterOf);
  }

  /** Optuna's numbers of the directions. */
  get directions(): readonly number[] {
    return this.#definition.objectives.map(({ direction }) => (direction === "minimize" ? 1 : 2));
  }

  createStudy(name: string): OptunaRecord {
    return { op_code: 0, worker_id: this.#worker, study_name: name, directions: this.directions };
  }

  /** Whether a study says what this one is about. */
  isDescribed(attributes: ReadonlyMap<string, PythonJson>): boolean {
    const told = definitionIn(attributes);
    return told !== undefined && JSON.stringify(told) === JSON.stringify(this.#definition);
  }

  /** What says which study of attune's this is, and all that Optuna does not know of it; an empty piece is the end. */
  describeStudy(study: number, id: string): OptunaRecord[] {
    const text = encodePython(this.#definition as unknown as PythonJson);
    const parts = Array.from({ length: Math.ceil(text.length / CHUNK) }, (_, i) =>
      text.slice(i * CHUNK, (i + 1) * CHUNK),
    );
    const attributes: [string, PythonJson][] = [
      [ID, id],
      [METRIC_NAMES, this.#definition.objectives.map(({ name }) => name)],
      ...[...parts, ""].map((part, i): [string, PythonJson] => [`${DEFINITION}:${i}`, part]),
    ];
    return attributes.map(([key, value]) => ({
      op_code: 3,
      worker_id: this.#worker,
      study_id: study,
      system_attr: { [key]: value },
    }));
  }

  /** Keeps out of the way of parameters that the study has already: one of another kind is written as `name#2`. */
  avoid(domains: ReadonlyMap<string, Distribution>): void {
    for (const { name, distribution } of this.#parameters) {
      const free = (as: string): boolean => areCompatible(domains.get(as) ?? distribution, distribution);
      let as = name;
      for (let n = 2; !free(as); n++) as = `${name}#${n}`;
      this.#names.set(name, as);
    }
  }

  /**
   * The records that bring Optuna's trial to where attune's is; `known` is what Optuna has of it. None for a trial that
   * has not begun, was rejected, or has parameters that this space does not allow.
   */
  follow(trial: Trial<P>, study: number, known: OptunaTrial | undefined): OptunaRecord[] {
    if (known === undefined) return this.#create(trial, study);
    if (isOver(known)) return [];
    const about = { worker_id: this.#worker, trial_id: known.id };
    const records: OptunaRecord[] = [];
    for (const [step, value] of this.#reports(trial))
      if (known.reports.get(step) !== value) records.push({ op_code: 7, ...about, step, intermediate_value: value });
    if (!isFinal(trial.state)) return records;
    for (const [key, value] of this.#userAttributes(trial))
      if (isNew(known.userAttrs, key, value)) records.push({ op_code: 8, ...about, user_attr: { [key]: value } });
    for (const [key, value] of this.#systemAttributes(trial))
      if (isNew(known.systemAttrs, key, value)) records.push({ op_code: 9, ...about, system_attr: { [key]: value } });
    records.push({
      op_code: 6,
      ...about,
      state: this.#state(trial),
      values: this.#values(trial),
      ...this.#over(trial),
    });
    return records;
  }

  #create(trial: Trial<P>, study: number): OptunaRecord[] {
    if (trial.attempt === 0 || trial.state === "rejected") return [];
    if (this.#space.parameter.problem(trial.params) !== undefined) return [];
    const row = this.#space.row(trial.params);
    const present = this.#parameters.flatMap((parameter, i) => {
      const as = this.#names.get(parameter.name) ?? parameter.name;
      return Number.isNaN(row[i]!) ? [] : [{ as, text: parameter.text, internal: parameter.internal(row[i]!) }];
    });
    return [
      {
        op_code: 4,
        worker_id: this.#worker,
        study_id: study,
        datetime_start: trial.startedAt === undefined ? null : timeText(trial.startedAt, this.#times),
        state: this.#state(trial),
        value: null,
        values: this.#values(trial),
        ...this.#over(trial),
        distributions: Object.fromEntries(present.map(({ as, text }) => [as, text])),
        params: Object.fromEntries(present.map(({ as, internal }) => [as, internal])),
        user_attrs: Object.fromEntries(this.#userAttributes(trial)),
        system_attrs: Object.fromEntries(this.#systemAttributes(trial)),
        intermediate_values: Object.fromEntries(this.#reports(trial)),
      },
    ];
  }

  #state(trial: Trial<P>): number {
    if (trial.state === "complete") return this.#isWhole(trial) ? 1 : 3;
    return trial.state === "pruned" ? 2 : isFinal(trial.state) ? 3 : 0;
  }

  #isWhole({ values }: Trial<P>): boolean {
    return this.#definition.objectives.every(({ name }) => values[name] !== undefined);
  }

  /** As they are compared, so that Optuna's best is ours. Of a pruned trial Optuna takes the last report for its value. */
  #values(trial: Trial<P>): number[] | null {
    const { objectives } = this.#definition;
    if (trial.state === "complete" && this.#isWhole(trial))
      return objectives.map(({ name }) => compared(trial.measured[name]!).value);
    const last =
      trial.state === "pruned" && objectives.length === 1 ? [...this.#reports(trial).values()].at(-1) : undefined;
    return last === undefined ? null : [last];
  }

  #over({ state, finishedAt, startedAt }: Trial<P>): { datetime_complete?: string } {
    const at = finishedAt ?? startedAt;
    return isFinal(state) && at !== undefined ? { datetime_complete: timeText(at, this.#times) } : {};
  }

  /** The first objective's reports at whole steps: Optuna knows one value at each. */
  #reports({ reports }: Trial<P>): Map<number, number> {
    const { name } = this.#definition.objectives[0]!;
    const out = new Map<number, number>();
    for (const { step, values } of reports)
      if (Number.isInteger(step) && values[name] !== undefined) out.set(step, values[name]);
    return new Map([...out].sort(([a], [b]) => a - b));
  }

  #userAttributes(trial: Trial<P>): Attributes {
    const out: Attributes = new Map<string, PythonJson>([[TRIAL, trial.number]]);
    const add = (key: string, value: PythonJson | undefined): unknown =>
      value !== undefined && out.set(`attune:${key}`, value);
    if (trial.source !== "sampler") add("source", trial.source);
    add("twin", trial.twin);
    add("generation", trial.generation);
    add("note", trial.note);
    if (!isFinal(trial.state)) return out;
    if (trial.attempt > 1) add("attempt", trial.attempt);
    if (trial.failure) {
      const { kind, message, ...detail } = trial.failure;
      add("failure", `${kind}: ${message}`);
      if (Object.keys(detail).length > 0) add("failure_detail", detail);
    }
    if (trial.state === "cancelled") add("cancelled", trial.reason ?? "");
    if (trial.state !== "complete") return out;
    const missing = this.#definition.objectives.find(({ name }) => trial.values[name] === undefined);
    if (missing) add("failure", `invalid: \`${missing.name}\` was not measured`);
    add("at_least", trial.atLeast);
    add("cost", trial.cost);
    const aims = new Set(this.#definition.objectives.map(({ name }) => name));
    if (trial.normalizedBy !== undefined) out.set(NORMALIZED_BY, trial.normalizedBy as unknown as PythonJson);
    for (const [name, { value, stderr, samples, normalized }] of Object.entries(trial.measured)) {
      if (!aims.has(name)) out.set(name, value);
      if (normalized !== undefined) out.set(`measured.${name}`, value);
      if (normalized?.stderr !== undefined) out.set(`stderr.normalized.${name}`, normalized.stderr);
      if (stderr !== undefined) out.set(`stderr.${name}`, stderr);
      if (samples !== undefined) out.set(`samples.${name}`, samples);
    }
    return out;
  }

  /** How far the trial is beyond each limit: Optuna takes ≤ 0 for feasible. */
  #systemAttributes({ state, values }: Trial<P>): Attributes {
    const { constraints } = this.#definition;
    if (state !== "complete" || Object.keys(constraints).length === 0) return new Map();
    return new Map([[CONSTRAINTS, excess(constraints, (name) => values[name])]]);
  }
}

function isNew(known: ReadonlyMap<string, PythonJson>, key: string, value: PythonJson): boolean {
  const before = known.get(key);
  return before === undefined || encodePython(before) !== encodePython(value);
}

/** The definition that {@link OptunaScript.describeStudy} has left in the attributes of a study. */
export function definitionIn(attributes: ReadonlyMap<string, PythonJson>): Json | undefined {
  const parts: string[] = [];
  for (let part = attributes.get(`${DEFINITION}:0`); typeof part === "string";) {
    parts.push(part);
    part = attributes.get(`${DEFINITION}:${parts.length}`);
  }
  if (parts.length === 0) return undefined;
  try {
    const json = JSON.parse(parts.join("")) as Json;
    return isRecord(json) ? json : undefined;
  } catch {
    return undefined; // somebody else's, or cut short
  }
}
