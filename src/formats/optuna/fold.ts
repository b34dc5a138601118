import { areCompatible, decodeDistribution, type Distribution } from "./distribution.ts";
import type { PythonJson } from "./python-json.ts";
import { type Attributes, type CreateTrial, type OptunaRecord, STATES } from "./record.ts";

/** A trial as Optuna sees it. */
export interface OptunaTrial {
  /** Among all trials of the file. */
  readonly id: number;
  /** Within the study, from 0. */
  readonly number: number;
  readonly study: OptunaStudy;
  state: (typeof STATES)[number];
  /** Times as they stand in the file. */
  start: string | undefined;
  complete: string | undefined;
  values: readonly number[] | undefined;
  /** The domain of each parameter and its number: the value itself, or which choice. */
  readonly params: Map<string, { readonly distribution: Distribution; readonly internal: number }>;
  readonly userAttrs: Map<string, PythonJson>;
  readonly systemAttrs: Map<string, PythonJson>;
  /** Intermediate values by step. */
  readonly reports: Map<number, number>;
}

/** A study as Optuna sees it. */
export interface OptunaStudy {
  readonly id: number;
  readonly name: string;
  /** 1 minimise, 2 maximise, 0 not set. */
  readonly directions: readonly number[];
  readonly userAttrs: Map<string, PythonJson>;
  readonly systemAttrs: Map<string, PythonJson>;
  readonly trials: OptunaTrial[];
  /** The first domain of each parameter: later ones must be compatible with it. */
  readonly domains: Map<string, Distribution>;
}

/** Whether a trial can no longer change. */
export function isOver({ state }: OptunaTrial): boolean {
  return state === "complete" || state === "pruned" || state === "fail";
}

/**
 * What the records of an Optuna journal amount to, by Optuna's own rules: what names a study or a trial that is not
 * there, or that is over, is skipped, and every reader skips the same.
 */
export class OptunaFold {
  /** The studies that are there, by id. */
  readonly studies: Map<number, OptunaStudy> = new Map();
  /** The live trials by id; those of deleted studies too, as they count. */
  readonly trials: OptunaTrial[] = [];
  #created = 0;
  readonly #distributions = new Map<string, Distribution>();

  study(name: string): OptunaStudy | undefined {
    for (const study of this.studies.values()) if (study.name === name) return study;
    return undefined;
  }

  /** Applies a record; the trial that it changed, if it did. */
  apply(record: OptunaRecord): OptunaTrial | undefined {
    switch (record.op_code) {
      case 0:
        if (this.study(record.study_name) === undefined) this.#createStudy(record.study_name, record.directions);
        return undefined;
      case 1:
        this.studies.delete(record.study_id);
        return undefined;
      case 2:
        set(this.studies.get(record.study_id)?.userAttrs, record.user_attr);
        return undefined;
      case 3:
        set(this.studies.get(record.study_id)?.systemAttrs, record.system_attr);
        return undefined;
      case 4:
        return this.#createTrial(record);
      case 10:
        return undefined;
      default:
        return this.#change(record);
    }
  }

  #createStudy(name: string, directions: readonly number[]): void {
    const id = this.#created++;
    const [userAttrs, systemAttrs] = [new Map<string, PythonJson>(), new Map<string, PythonJson>()];
    this.studies.set(id, { id, name, directions, userAttrs, systemAttrs, trials: [], domains: new Map() });
  }

  #createTrial(record: CreateTrial): OptunaTrial | undefined {
    const study = this.studies.get(record.study_id);
    if (study === undefined) return undefined;
    const { value, values, params = {}, distributions = {}, intermediate_values: reports = {} } = record;
    const trial: OptunaTrial = {
      id: this.trials.length,
      number: study.trials.length,
      study,
      state: STATES[record.state ?? 0]!,
      start: record.datetime_start ?? undefined,
      complete: record.datetime_complete,
      values: values ?? (typeof value === "number" ? [value] : undefined),
      params: new Map(),
      userAttrs: new Map(Object.entries(record.user_attrs ?? {})),
      systemAttrs: new Map(Object.entries(record.system_attrs ?? {})),
      reports: new Map(Object.entries(reports).map(([step, v]) => [Number(step), v])),
    };
    for (const [name, internal] of Object.entries(params)) {
      const distribution = this.#distribution(distributions[name] ?? "");
      trial.params.set(name, { distribution, internal });
      if (!study.domains.has(name)) study.domains.set(name, distribution);
    }
    this.trials.push(trial);
    study.trials.push(trial);
    return trial;
  }

  #change(record: Extract<OptunaRecord, { trial_id: number }>): OptunaTrial | undefined {
    const trial = this.trials[record.trial_id];
    if (trial === undefined || isOver(trial)) return undefined;
    switch (record.op_code) {
      case 5: {
        const { param_name: name, param_value_internal: internal } = record;
        const distribution = this.#distribution(record.distribution);
        const { domains } = trial.study;
        if (!areCompatible(domains.get(name) ?? distribution, distribution)) return undefined;
        if (!domains.has(name)) domains.set(name, distribution);
        trial.params.set(name, { distribution, internal });
        return trial;
      }
      case 6:
        if (record.state === 0 && trial.state === "running") return undefined;
        trial.state = STATES[record.state]!;
        if (record.state === 0) trial.start = record.datetime_start;
        else if (isOver(trial)) trial.complete = record.datetime_complete;
        trial.values = record.values ?? trial.values;
        return trial;
      case 7:
        trial.reports.set(record.step, record.intermediate_value);
        return trial;
      case 8:
        set(trial.userAttrs, record.user_attr);
        return trial;
      case 9:
        set(trial.systemAttrs, record.system_attr);
        return trial;
    }
  }

  /** Most trials repeat the texts of the others. */
  #distribution(text: string): Distribution {
    let found = this.#distributions.get(text);
    if (found === undefined) this.#distributions.set(text, (found = decodeDistribution(text)));
    return found;
  }
}

function set(attributes: Map<string, PythonJson> | undefined, one: Attributes): void {
  for (const [key, value] of Object.entries(one)) attributes?.set(key, value);
}
