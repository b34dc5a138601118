import type { Clock } from "../core/clock.ts";
import type { Evaluator, Task } from "../core/evaluator.ts";
import { messageOf } from "../core/errors.ts";
import { failed, type Outcome } from "../core/outcome.ts";
import type { StopReason, StopRule } from "../core/stop-rule.ts";
import type { Study } from "./study.ts";
import type { AskedTrial } from "./study-options.ts";

export interface LoopOptions<P> {
  readonly study: Study<P>;
  readonly evaluator: Evaluator<P>;
  readonly rules: readonly StopRule[];
  readonly clock: Clock;
  /** Milliseconds for one attempt. */
  readonly timeout?: number;
}

/** How long the loop may go without giving timers and signals their turn, in milliseconds. */
const TURN = 20;
/** How often another process's journal entries are looked at while there is nothing else to do, in milliseconds. */
const POLL = 200;

/** Keeps an evaluator busy with a study's trials until a stop rule speaks or nothing is left to try. */
export class Loop<P> {
  readonly #options: LoopOptions<P>;
  readonly #running = new Map<number, { readonly controller: AbortController; readonly done: Promise<void> }>();
  /** Controllers of trials that are over, for the next ones: making one costs as much as all else about a trial. */
  readonly #spare: AbortController[] = [];
  /** When the next alarm rings, in milliseconds since the start. */
  #alarm = Infinity;
  #stop: StopReason | undefined = undefined;
  #broken: { readonly error: unknown } | undefined = undefined;
  #wake: () => void = () => {};
  #awake: Promise<void> = Promise.resolve();
  #limit = Infinity;
  readonly #began: number;

  constructor(options: LoopOptions<P>) {
    this.#options = options;
    this.#began = options.clock.now();
    options.evaluator.watch?.(() => this.#wake());
  }

  /** Milliseconds since the start. */
  get elapsed(): number {
    return this.#options.clock.now() - this.#began;
  }

  /** The trials that run in this loop. */
  get running(): number {
    return this.#running.size;
  }

  /** No new trials; those that run finish. With `now` they are cancelled. */
  stop(reason: StopReason, { now = false }: { readonly now?: boolean } = {}): void {
    this.#stop ??= reason;
    if (now) for (const { controller } of this.#running.values()) controller.abort(reason);
    this.#wake();
  }

  /** A time limit from the start on, in milliseconds, also while the loop runs. */
  limit(ms: number): void {
    this.#limit = ms;
    this.#wake();
  }

  async run(): Promise<StopReason> {
    const { study, evaluator, clock } = this.#options;
    const nap = new AbortController();
    let turned = clock.now();
    try {
      for (;;) {
        this.#armed();
        const now = clock.now();
        if (now - turned > TURN) {
          await clock.sleep(0);
          turned = clock.now();
        }
        this.#check();
        if (this.#stop !== undefined || this.#broken !== undefined) break;
        if (this.#running.size >= evaluator.concurrency) {
          await this.#pause(nap.signal);
          continue;
        }
        const trial = await study.ask();
        if (trial === undefined) {
          this.#stop = study.ended;
          break;
        }
        if (trial !== "wait") this.#launch(trial);
        else if (this.#running.size > 0) await this.#pause(nap.signal);
        else {
          await clock.sleep(POLL);
          await study.refresh();
        }
      }
      await this.#drain(nap.signal);
    } catch (error) {
      this.#broken ??= { error };
    } finally {
      nap.abort();
      for (const { controller } of this.#running.values()) controller.abort("the search failed");
      await Promise.all([...this.#running.values()].map(({ done }) => done));
    }
    if (this.#broken !== undefined) throw this.#broken.error;
    return this.#stop ?? "stopped";
  }

  async #drain(signal: AbortSignal): Promise<void> {
    while (this.#running.size > 0 && this.#broken === undefined) {
      this.#armed();
      await this.#pause(signal);
      this.#check();
    }
  }

  #armed(): void {
    this.#awake = new Promise((wake) => {
      this.#wake = wake;
    });
  }

  /** Until something finishes, or a time limit is due. */
  #pause(signal: AbortSignal): Promise<void> {
    const { elapsed } = this;
    let next = this.#limit > elapsed ? this.#limit : Infinity;
    for (const { wakeAfter = Infinity } of this.#options.rules)
      if (wakeAfter > elapsed && wakeAfter < next) next = wakeAfter;
    if (next < this.#alarm) void this.#ring(next, signal);
    return this.#awake;
  }

  /** Wakes the loop at a time; an alarm stays set while trials come and go. */
  async #ring(at: number, signal: AbortSignal): Promise<void> {
    this.#alarm = at;
    await this.#options.clock.sleep(at - this.elapsed, signal);
    if (this.#alarm === at) this.#alarm = Infinity;
    this.#wake();
  }

  #check(): void {
    const now = { elapsed: this.elapsed, running: this.#running.size };
    if (now.elapsed >= this.#limit) this.stop("time", { now: true });
    for (const rule of this.#options.rules) {
      const reason = rule.check(now);
      if (reason !== undefined) this.stop(reason, { now: reason === "time" });
    }
  }

  #launch(trial: AskedTrial<P>): void {
    const controller = this.#spare.pop() ?? new AbortController();
    const done = this.#evaluate(trial, controller.signal).then(
      () => {},
      (error: unknown) => {
        this.#broken ??= { error };
      },
    );
    this.#running.set(trial.number, {
      controller,
      done: done.then(() => {
        this.#running.delete(trial.number);
        if (!controller.signal.aborted) this.#spare.push(controller);
        this.#wake();
      }),
    });
  }

  async #evaluate(trial: AskedTrial<P>, signal: AbortSignal): Promise<void> {
    const { study, evaluator, timeout } = this.#options;
    const { number } = trial;
    const task: Task<P> = {
      ...trial,
      signal,
      ...(timeout === undefined ? {} : { timeout }),
      placed: () => {},
      report: (step, values) => study.report(number, step, values),
    };
    let outcome: Outcome;
    try {
      outcome = await evaluator.evaluate(task);
    } catch (error) {
      await study.tell(number, failed("lost", `the evaluator is broken: ${messageOf(error)}`));
      throw error;
    }
    await study.tell(number, outcome);
  }
}
