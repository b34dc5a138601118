import { expectNumber } from "../core/errors.ts";
import type { StudyEvent } from "../core/event.ts";
import type { Status } from "../core/tracker.ts";
import type { Trial } from "../core/trial.ts";
import type { SearchResult } from "./result.ts";
import { Session, type StartOptions } from "./session.ts";
import type { AnySpec } from "./spec.ts";

/** One event of a running search, and the trial that it is about. */
export interface SearchEvent<P = unknown> {
  readonly event: StudyEvent;
  readonly trial?: Trial<P>;
}

/**
 * A search that was started. Await it for the result; iterate it for events; stop it, watch it, give it a time limit or
 * further configurations while it runs.
 */
export class SearchHandle<P, V> implements PromiseLike<SearchResult<P, V>>, AsyncIterable<SearchEvent<P>> {
  readonly #opening: Promise<Session<P>>;
  readonly #result: Promise<SearchResult<P, V>>;
  readonly #watchers = new Set<(happened: SearchEvent<P>) => void>();
  #session: Session<P> | undefined = undefined;

  /** Use {@link Search.start}. */
  constructor(spec: AnySpec, options: StartOptions) {
    this.#opening = Promise.resolve().then(() =>
      Session.open<P>(spec, options, (event, trial) => {
        for (const watcher of this.#watchers) watcher(trial === undefined ? { event } : { event, trial });
      }),
    );
    this.#result = this.#run();
  }

  async #run(): Promise<SearchResult<P, V>> {
    this.#session = await this.#opening;
    return (await this.#session.run()) as unknown as SearchResult<P, V>;
  }

  /** The search as it is now; undefined while it opens. */
  get status(): Status | undefined {
    return this.#session?.status;
  }

  /** Ends the search: running trials finish, or with `now` are cancelled. Resolves with the result. */
  async stop({
    now = false,
    reason = "stopped",
  }: { readonly now?: boolean; readonly reason?: "stopped" | "interrupted" } = {}): Promise<SearchResult<P, V>> {
    (await this.#opening).loop.stop(reason, { now });
    return this.#result;
  }

  /**
   * Begins no new trials until {@link continue}; running ones go on. Time limits of the search stand still, those of
   * trials do not. Resolves once that is so and the journal shows it.
   */
  async pause(): Promise<void> {
    await (await this.#opening).steering.pause();
  }

  /** Begins trials again after a pause. */
  async continue(): Promise<void> {
    await (await this.#opening).steering.continue();
  }

  /** Sets the time limit, in milliseconds since the start, in place of any before; pauses do not count. `status.timeLimit` reads it. */
  async timeLimit(ms: number): Promise<void> {
    expectNumber("timeLimit", ms, { above: 0 });
    (await this.#opening).loop.limit(ms);
  }

  /** Adds a configuration to be tried before the sampler speaks again; resolves with its trial number. */
  async enqueue(params: P): Promise<number> {
    return (await this.#opening).study.enqueue(params);
  }

  /** Calls back with every event; returns how to end that. */
  watch(watcher: (happened: SearchEvent<P>) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  // oxlint-disable-next-line no-thenable -- a handle is awaited for its result
  then<A = SearchResult<P, V>, B = never>(
    fulfilled?: ((result: SearchResult<P, V>) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#result.then(fulfilled, rejected);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<SearchEvent<P>, void> {
    const waiting: SearchEvent<P>[] = [];
    let wake = (): void => {};
    let over = false;
    const unwatch = this.watch((happened) => {
      waiting.push(happened);
      wake();
    });
    const ended = this.#result.finally(() => {
      over = true;
      wake();
    });
    ended.catch(() => {});
    try {
      for (;;) {
        while (waiting.length > 0) yield waiting.shift()!;
        if (over) break;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      await ended;
    } finally {
      unwatch();
    }
  }
}
