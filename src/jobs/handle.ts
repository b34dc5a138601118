import { expectNumber } from "../core/errors.ts";
import type { FinishedTrial, Values } from "../core/trial.ts";
import { SearchHandle } from "../search/handle.ts";
import { SearchResult } from "../search/result.ts";
import type { StartOptions } from "../search/session.ts";
import type { AnySpec } from "../search/spec.ts";
import { realClock } from "../system/clock.ts";
import { type Budgets, budgetsOf } from "./budget.ts";
import type { Desk } from "./desk.ts";
import type { Job } from "./job.ts";
import { type TitleAndSeries, titleAndSeries } from "./metric.ts";

/**
 * A search of jobs that was started, without blocking: everything that the handle of a search can do, and its jobs. `stop({
 * now: true })` ends what runs, with all the processes that it started.
 */
export class JobsHandle<P, V> extends SearchHandle<P, V> {
  readonly #desk: Desk<P>;
  readonly #rules: NonNullable<AnySpec["stop"]>;

  /** Use `Jobs.start`. */
  constructor(spec: AnySpec, desk: Desk<P>, options: StartOptions) {
    super(spec, options);
    this.#desk = desk;
    this.#rules = spec.stop ?? [];
  }

  /** Every job by id, those of earlier sessions and other processes too, in the order of their making. Twins have none. */
  get jobs(): ReadonlyMap<string, Job<P>> {
    return this.#desk.jobs;
  }

  /** What the search set for each job, by id. */
  get parameters(): ReadonlyMap<string, P> {
    return new Map([...this.#desk.jobs].map(([id, { params }]) => [id, params]));
  }

  /** The jobs that run in this process. */
  get running(): readonly Job<P>[] {
    return [...this.#desk.running];
  }

  /** The objectives, each as [title, series]. */
  get metrics(): readonly TitleAndSeries[] {
    return (this.#desk.watched?.objectives ?? []).map(({ name }) => titleAndSeries(name));
  }

  /** The `k` best jobs so far that keep the constraints: of one objective by its value, of several front by front. */
  top(k: number): readonly Job<P>[] {
    expectNumber("k", k, { integer: true, low: 1 });
    const { watched } = this.#desk;
    if (watched === undefined) return [];
    const { trials, objectives, constraints } = watched;
    const own = trials.filter(({ aside, state }) => aside === undefined && state === "complete");
    const result = new SearchResult(own as readonly FinishedTrial<unknown, Values>[], { objectives, constraints });
    if (result.feasible.length === 0) return [];
    return result.top(k).flatMap(({ number }) => this.#desk.of(number) ?? []);
  }

  /** What is used and left of every budget; undefined while the search opens. */
  get budgets(): Budgets | undefined {
    const { status } = this;
    const { watched } = this.#desk;
    return status && watched && budgetsOf(watched.trials, status, [this.#rules].flat());
  }

  /** Resolves with true when the search is over, with false after so many milliseconds; it goes on then. Rejects when it fails. */
  async wait(ms: number): Promise<boolean> {
    expectNumber("ms", ms, { low: 0 });
    const enough = new AbortController();
    const over = this.then(() => true);
    return Promise.race([over, realClock.sleep(ms, enough.signal).then(() => false)]).finally(() => enough.abort());
  }
}
