import { readFileSync } from "node:fs";
import { bestPerInstance, type InstanceBest, type Portfolio, portfolio } from "../analysis/per-instance.ts";
import { paretoMask } from "../analysis/pareto.ts";
import { paretoFronts } from "../analysis/pareto-fronts.ts";
import { compared, lossesOf } from "../core/compared.ts";
import { AttuneError, expectNumber, show, usage } from "../core/errors.ts";
import type { InstancesDefinition } from "../core/instance.ts";
import { excess, type Limits, type Objective } from "../core/objective.ts";
import type { StopReason } from "../core/stop-rule.ts";
import type { FailureCount, FinishedTrial, Values } from "../core/trial.ts";
import { isCiqCsv, trialsFromCiqCsv } from "../formats/ciq-csv.ts";
import { measuredOf, type TrialRow, trialsFromCsv, trialsToCsv } from "../formats/trial-table.ts";
import { checkLimits, listObjectives, type Objectives } from "../study/definition.ts";
import { FailureTally } from "../study/failure-tally.ts";

/** How to read a table of trials. */
export interface ResultOptions {
  /** The objectives and their directions. @default every column of values, minimised */
  readonly objectives?: Objectives;
  /** Limits on measured names. @default none */
  readonly constraints?: Limits;
  /** Keep trials that repeat another one's parameters and values. @default false */
  readonly duplicates?: boolean;
}

/** What a search found. `P` is the type of a configuration, `V` of the measured values. */
export class SearchResult<P = unknown, V = Values> {
  readonly objectives: readonly Objective[];
  readonly constraints: Limits;
  /** Every finished trial, by number: the baseline, complete, pruned and failed ones; twins too. */
  readonly trials: readonly FinishedTrial<P, V>[];
  /** Why the search ended, where one did. */
  readonly reason: StopReason | undefined;
  /** The instances that trials were measured on, where there were any. */
  readonly instances: InstancesDefinition | undefined;

  constructor(
    trials: readonly FinishedTrial<P, V>[],
    {
      objectives,
      constraints = {},
      reason,
      instances,
    }: {
      readonly objectives: readonly Objective[];
      readonly constraints?: Limits;
      readonly reason?: StopReason;
      readonly instances?: InstancesDefinition;
    },
  ) {
    this.trials = trials;
    this.objectives = objectives;
    this.constraints = constraints;
    this.reason = reason;
    this.instances = instances;
  }

  /** Reads a CSV that attune wrote, or one with the columns of CompileIQ's results, whose scores take the names of the objectives in their order. */
  static fromCsv(path: string, options: ResultOptions = {}): SearchResult {
    const text = readFileSync(path, "utf8");
    const names = options.objectives === undefined ? undefined : Object.keys(options.objectives);
    return SearchResult.fromTable(isCiqCsv(text) ? trialsFromCiqCsv(text, names) : trialsFromCsv(text), options);
  }

  /** Takes rows of parameters and values; a row without values is a failed trial. */
  static fromTable<P = unknown>(rows: readonly TrialRow<P>[], options: ResultOptions = {}): SearchResult<P> {
    const names = [...new Set(rows.flatMap(({ values = {} }) => Object.keys(values)))];
    if (options.objectives === undefined && names.length === 0)
      throw usage("Expected the rows of a table to hold `values`, got none");
    const objectives = listObjectives(
      options.objectives ?? Object.fromEntries(names.map((name) => [name, "minimize"] as const)),
    );
    const instances = new Set(rows.flatMap(({ reports = [] }) => reports.flatMap(({ instance }) => instance ?? [])));
    const result = new SearchResult<P>(rows.map(trialOf), {
      objectives,
      constraints: checkLimits(options.constraints),
      ...(instances.size === 0 ? {} : { instances: { names: [...instances], order: "given" } }),
    });
    return options.duplicates ? result : result.withoutDuplicates();
  }

  /** The untuned reference configuration, if it was tried. */
  get baseline(): FinishedTrial<P, V> | undefined {
    return this.trials.find((trial) => trial.source === "baseline" && trial.state === "complete");
  }

  /** Complete trials that keep every limit, each once: without twins. */
  get feasible(): readonly FinishedTrial<P, V>[] {
    return this.#complete().filter((trial) => this.#excess(trial).every((beyond) => beyond <= 0));
  }

  /** How many trials failed, by kind, the most frequent one first; with the first trial of each. Without twins. */
  get failures(): readonly FailureCount<P, V>[] {
    const tally = new FailureTally<P, V>();
    for (const trial of this.trials) tally.add(trial);
    return tally.counts;
  }

  /** The best trial of a search with one objective; the first of equals. */
  get best(): FinishedTrial<P, V> {
    if (this.objectives.length > 1) {
      const names = this.objectives.map(({ name }) => `\`${name}\``).join(", ");
      throw usage(
        `There is no single best trial of ${this.objectives.length} objectives (${names}): ask for paretoFront() or bestBy("mean")`,
      );
    }
    return this.#eligible().reduce((best, trial) => (this.losses(trial)[0]! < this.losses(best)[0]! ? trial : best));
  }

  /** The feasible trials that no other one dominates; equal ones are all kept. Of one objective: its best trials. */
  paretoFront(): readonly FinishedTrial<P, V>[] {
    const trials = this.#eligible();
    const mask = paretoMask(trials.map((trial) => this.losses(trial)));
    return trials.filter((_, i) => mask[i]);
  }

  /** All feasible trials front by front: the Pareto front, what would be it without that one, and so on; each in order of number. */
  paretoFronts(): readonly (readonly FinishedTrial<P, V>[])[] {
    const trials = this.#eligible();
    return paretoFronts(trials.map((trial) => this.losses(trial))).map((front) => front.map((i) => trials[i]!));
  }

  /** What a search is after: the best trial of one objective, the Pareto front of several. */
  get leaders(): readonly FinishedTrial<P, V>[] {
    return this.objectives.length === 1 ? [this.best] : this.paretoFront();
  }

  /** The `k` best feasible trials: of one objective by its value, of several front by front, in order of number. */
  top(k: number): readonly FinishedTrial<P, V>[] {
    if (this.objectives.length === 1)
      return [...this.#eligible()].sort((a, b) => this.losses(a)[0]! - this.losses(b)[0]!).slice(0, k);
    return this.paretoFronts().flat().slice(0, k);
  }

  /** The feasible trial whose values have the best mean, or the smallest standard deviation. */
  bestBy(scope: "mean" | "stddev"): FinishedTrial<P, V> {
    if (scope !== "mean" && scope !== "stddev")
      throw usage(`Expected the scope to be "mean" or "stddev", got ${JSON.stringify(scope)}`);
    const rank =
      scope === "mean"
        ? (t: FinishedTrial<P, V>) => mean(this.losses(t))
        : (t: FinishedTrial<P, V>) => deviation(this.objectives.map(({ name }) => compared(t.measured[name]!).value));
    return this.#eligible().reduce((best, trial) => (rank(trial) < rank(best) ? trial : best));
  }

  /**
   * The best trial on each instance of an objective with instances, in the order in which they were given; by the first
   * objective unless another is named. Throws a usage error where the objective has no instances.
   */
  bestPerInstance(objective?: string): readonly InstanceBest<FinishedTrial<P, V>>[] {
    return bestPerInstance(this.trials, this.#onInstances(objective));
  }

  /**
   * At most `k` trials that together make the most of all instances, when each instance has the best of them: what could be
   * gained by a configuration per instance. By the first objective unless another is named. Throws where no trial succeeded.
   */
  portfolio(k: number, objective?: string): Portfolio<FinishedTrial<P, V>> {
    if (k !== Infinity) expectNumber("k", k, { integer: true, low: 1 });
    const found = portfolio(this.#eligible(), k, this.#onInstances(objective));
    if (found === undefined) throw usage("Expected trials with a report of every instance, got none");
    return found;
  }

  #onInstances(name = this.objectives[0]!.name): Parameters<typeof bestPerInstance>[1] {
    const { instances, constraints } = this;
    if (instances === undefined) throw usage("Expected the trials of an objective with instances, got none");
    const objective = this.objectives.find((each) => each.name === name);
    if (objective !== undefined) return { objective, constraints, instances };
    const names = this.objectives.map((each) => `\`${each.name}\``).join(", ");
    throw usage(`Expected the objective to be one of ${names}, got ${show(name)}`);
  }

  /** The losses of a complete trial: its objectives, normalised where they were, all minimised. */
  losses(trial: FinishedTrial<P, V>): number[] {
    return lossesOf(this.objectives, trial.measured);
  }

  /** Without trials that repeat another one's parameters and all its values; the first is kept. */
  withoutDuplicates(): SearchResult<P, V> {
    const seen = new Set<string>();
    const trials = this.trials.filter(({ params, values, state }) => {
      const key = JSON.stringify([params, values, state]);
      return !seen.has(key) && seen.add(key);
    });
    return this.#with(trials);
  }

  /** With one more trial. */
  add(row: TrialRow<P>): SearchResult<P, V> {
    const last = this.trials.at(-1)?.number ?? -1;
    return this.#with([...this.trials, trialOf({ number: last + 1, ...row }, 0) as unknown as FinishedTrial<P, V>]);
  }

  /** The trials as CSV. */
  toCsv(): string {
    return trialsToCsv(this.trials);
  }

  /** The trials and what they were after, as JSON. */
  toJSON(): { objectives: readonly Objective[]; constraints: Limits; trials: readonly FinishedTrial<P, V>[] } {
    return { objectives: this.objectives, constraints: this.constraints, trials: this.trials };
  }

  #with(trials: readonly FinishedTrial<P, V>[]): SearchResult<P, V> {
    return new SearchResult(trials, {
      objectives: this.objectives,
      constraints: this.constraints,
      ...(this.reason ? { reason: this.reason } : {}),
      ...(this.instances ? { instances: this.instances } : {}),
    });
  }

  #excess(trial: FinishedTrial<P, V>): number[] {
    return excess(this.constraints, (name) => (trial.values as Values)[name]);
  }

  #complete(): FinishedTrial<P, V>[] {
    return this.trials.filter(
      (t) =>
        t.state === "complete" &&
        t.twin === undefined &&
        !t.atLeast &&
        this.objectives.every(({ name }) => name in t.values),
    );
  }

  /** The feasible trials, or an error that says why there are none. */
  #eligible(): readonly FinishedTrial<P, V>[] {
    const { feasible } = this;
    if (feasible.length > 0) return feasible;
    const complete = this.#complete();
    if (complete.length > 0) throw new AttuneError("all-failed", this.#whyInfeasible(complete));
    if (this.trials.length === 0) throw new AttuneError("all-failed", "No trial has come to its end yet");
    const kinds = new Map<string, number>();
    for (const { failure, state } of this.trials)
      kinds.set(failure?.kind ?? state, (kinds.get(failure?.kind ?? state) ?? 0) + 1);
    const first = this.trials.find(({ failure }) => failure)?.failure;
    const tally = [...kinds].map(([kind, n]) => `${n} ${kind}`).join(", ");
    throw new AttuneError(
      "all-failed",
      `No trial succeeded (${tally})${first ? `; the first failure: ${first.message}` : ""}`,
    );
  }

  /** Which limit the nearest trial misses, and by how much. */
  #whyInfeasible(complete: readonly FinishedTrial<P, V>[]): string {
    const total = (trial: FinishedTrial<P, V>): number =>
      this.#excess(trial).reduce((sum, beyond) => sum + Math.max(0, beyond), 0);
    const nearest = complete.reduce((best, trial) => (total(trial) < total(best) ? trial : best));
    const misses = Object.entries(this.constraints).flatMap(([name, { min, max }]) => {
      const value = (nearest.values as Values)[name]!;
      if (max !== undefined && value > max) return [`\`${name}\` is ${value}, ${value - max} above its max of ${max}`];
      if (min !== undefined && value < min) return [`\`${name}\` is ${value}, ${min - value} below its min of ${min}`];
      return [];
    });
    return `None of the ${complete.length} complete trials keeps the constraints; the nearest is trial ${nearest.number}: ${misses.join("; ")}`;
  }
}

function trialOf<P>(row: TrialRow<P>, i: number): FinishedTrial<P> {
  const values = row.values ?? {};
  return {
    number: row.number ?? i,
    state: row.state ?? (Object.keys(values).length > 0 ? "complete" : "failed"),
    params: row.params,
    values,
    stderr: row.stderr ?? {},
    measured: measuredOf(row),
    ...(row.normalized === undefined ? {} : { normalized: row.normalized }),
    source: row.source ?? "enqueued",
    attempt: 1,
    duration: row.duration ?? NaN,
    reports: row.reports ?? [],
    ...(row.atLeast ? { atLeast: true as const } : {}),
    ...(row.failure ? { failure: row.failure } : {}),
    ...(row.generation === undefined ? {} : { generation: row.generation }),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function deviation(values: readonly number[]): number {
  const m = mean(values);
  return Math.sqrt(mean(values.map((v) => (v - m) ** 2)));
}
