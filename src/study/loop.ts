import { type Clock, held } from "../core/clock.ts";
import type { BareTask, Evaluator } from "../core/evaluator.ts";
import { messageOf } from "../core/errors.ts";
import { failed, type Outcome } from "../core/outcome.ts";
import { withWorker } from "../core/place.ts";
import { CANCELLING, type StopReason, type StopRule } from "../core/stop-rule.ts";
import type { Json } from "../core/json.ts";
import type { Verdict } from "../core/pruner.ts";
import { Alarm } from "./alarm.ts";
import type { AttemptLimit, AttemptLimits } from "./attempt-limits.ts";
import type { Study } from "./study.ts";
import { Stopping } from "./stopping.ts";
import { Stopwatch } from "./stopwatch.ts";
import type { AskedTrial } from "./study-options.ts";

export interface LoopOptions<P> {
  readonly study: Study<P>;
  readonly evaluator: Evaluator<P, BareTask<P>>;
  readonly rules: readonly StopRule[];
  /** The time of the study; virtual time stands still while the loop works. */
  readonly clock: Clock;
  /** Real time, by which other processes and this one's timers have their turn. @default `clock` */
  readonly real?: Clock;
  /** Milliseconds from the start, without pauses. @default none */
  readonly limit?: number | undefined;
  /** How long attempts may take. @default without limit */
  readonly limits?: AttemptLimits;
  /** Called whenever the journal was looked at. */
  readonly looked?: () => void;
}

/** How long the loop may go without giving timers and signals their turn, in milliseconds. */
const TURN = 20;
/** How often the journal is looked at while other processes run all that is left, in milliseconds. */
const POLL = 200;

/** Keeps an evaluator busy with a study's trials until a stop rule speaks or nothing is left to try. */
export class Loop<P> {
  readonly #options: LoopOptions<P>;
  readonly #running = new Map<number, { readonly controller: AbortController; readonly done: Promise<void> }>();
  /** Controllers of trials that are over, for the next ones: making one costs as much as all else about a trial. */
  readonly #spare: AbortController[] = [];
  readonly #real: Clock;
  readonly #alarm: Alarm;
  /** Rings when the journal is to be looked at. */
  readonly #look: Alarm;
  #release: (() => void) | undefined = undefined;
  #stop: StopReason | undefined = undefined;
  #broken: { readonly error: unknown } | undefined = undefined;
  #wake: () => void = () => {};
  #awake: Promise<void> = Promise.resolve();
  #asking: Promise<unknown> = Promise.resolve();
  readonly #stopping: Stopping;
  /** When the journal was last looked at for what other processes did, in real milliseconds since 1970. */
  #looked: number;
  readonly #watch: Stopwatch;
  /** The name of the study. */
  readonly #study: string;

  constructor(options: LoopOptions<P>) {
    this.#options = options;
    this.#real = options.real ?? options.clock;
    this.#looked = this.#real.now();
    this.#alarm = new Alarm(options.clock, () => this.#wake());
    this.#look = new Alarm(this.#real, () => this.#wake());
    this.#watch = new Stopwatch(options.clock);
    this.#study = options.study.id;
    this.#stopping = new Stopping(options);
    options.evaluator.watch?.(() => this.#wake());
  }

  /** Milliseconds since the start, pauses left out. */
  get elapsed(): number {
    return this.#watch.elapsed;
  }

  get paused(): boolean {
    return this.#watch.paused;
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

  /** No new trials until {@link continue}; those that run go on. Time limits of the search stand still. Resolves once the last one that was asked for has begun. */
  async pause(): Promise<void> {
    this.#watch.pause();
    await this.#asking.catch(() => {});
  }

  continue(): void {
    this.#watch.continue();
    this.#wake();
  }

  /** Sets the time limit from the start on, in milliseconds, also while the loop runs. */
  limit(ms: number): void {
    this.#stopping.limit = ms;
    this.#wake();
  }

  /** The time limit from the start on, in milliseconds; Infinity where there is none. */
  get timeLimit(): number {
    return this.#stopping.limit;
  }

  async run(): Promise<StopReason> {
    const { study, evaluator } = this.#options;
    const real = this.#real;
    const nap = new AbortController();
    let turned = real.now();
    let over = false;
    this.#hold();
    try {
      for (;;) {
        this.#armed();
        const now = real.now();
        if (now - turned > TURN) {
          await real.sleep(0);
          turned = real.now();
        }
        await this.#lookAround();
        this.#check();
        if (this.#isStopping()) break;
        this.#options.limits?.check();
        if (this.paused || this.#running.size >= evaluator.concurrency) {
          await this.#pause(nap.signal);
          continue;
        }
        const due = study.postponed.next;
        // Nothing new is left, but an attempt that still runs may fail and leave its trial to be run again.
        const trial: AskedTrial<P> | "wait" | undefined = over && study.queued === 0 ? undefined : await this.#ask();
        if (typeof trial === "object") {
          if (this.#isStopping()) await this.#refuse(trial);
          else this.#launch(trial);
        } else if (this.#running.size > 0) {
          over = trial === undefined;
          await this.#pause(nap.signal, due);
        } else if (trial === undefined) {
          this.#stop ??= study.ended;
          break;
        } else {
          // others run what is left, or trials wait until they may be run again
          if (due === Infinity) await real.sleep(POLL);
          else await this.#pause(nap.signal, due, study.running > 0 ? POLL : Infinity);
          await study.refresh();
        }
      }
      await this.#drain(nap.signal);
    } catch (error) {
      this.#broken ??= { error };
    } finally {
      nap.abort();
      this.#release?.();
      for (const { controller } of this.#running.values()) controller.abort("the search failed");
      await Promise.all([...this.#running.values()].map(({ done }) => done));
    }
    if (this.#broken !== undefined) throw this.#broken.error;
    return this.#stop ?? "stopped";
  }

  #ask(): ReturnType<Study<P>["ask"]> {
    const asked = this.#options.study.ask();
    this.#asking = asked;
    return asked;
  }

  #isStopping(): boolean {
    return this.#stop !== undefined || this.#broken !== undefined;
  }

  async #drain(signal: AbortSignal): Promise<void> {
    while (this.#running.size > 0 && this.#broken === undefined) {
      this.#armed();
      await this.#pause(signal);
      await this.#lookAround();
      this.#check();
    }
  }

  /** Sees to what other processes did, and shows them that this one lives, when it is time. */
  async #lookAround(): Promise<void> {
    if (this.#real.now() - this.#looked < this.#options.study.refreshAfter) return;
    this.#looked = this.#real.now();
    await this.#options.study.refresh();
    this.#options.looked?.();
  }

  #armed(): void {
    this.#awake = new Promise((wake) => {
      this.#wake = wake;
    });
  }

  /**
   * Until something finishes, or a time limit or a look at the journal is due: or, where the caller waits for one, a time
   * of the clock, or so many real milliseconds have passed.
   */
  #pause(signal: AbortSignal, due: number = Infinity, patience: number = Infinity): Promise<void> {
    this.#alarm.set(Math.min(this.#watch.timeOf(this.#stopping.next(this.#check())), due), signal);
    const look = this.#looked + this.#options.study.refreshAfter;
    this.#look.set(patience === Infinity ? look : Math.min(look, this.#real.now() + patience), signal);
    return this.#release === undefined ? this.#awake : this.#rest();
  }

  /** Virtual time passes while the loop waits. */
  async #rest(): Promise<void> {
    this.#release?.();
    await this.#awake;
    this.#hold();
  }

  #hold(): void {
    this.#release = this.#options.clock.hold?.();
  }

  /** Asks whether to stop; returns the time since the start at which it did. */
  #check(): number {
    const { elapsed } = this;
    for (const reason of this.#stopping.news(elapsed, this.#running.size))
      this.stop(reason, { now: CANCELLING.includes(reason) });
    return elapsed;
  }

  #reported(number: number, step: number, verdict: Verdict): Verdict {
    this.#stopping.underWay.reported(number, step);
    if (this.#stopping.heedsReports) this.#check();
    return verdict;
  }

  /** A trial that was being asked for when the search was stopped does not run. */
  async #refuse({ number, attempt }: AskedTrial<P>): Promise<void> {
    const reason = this.#stop ?? "the search failed";
    await this.#options.study.tell(number, { state: "cancelled", reason }, attempt);
  }

  #launch(trial: AskedTrial<P>): void {
    const limit = this.#options.limits?.next(trial.baseline) ?? {};
    const controller = this.#spare.pop() ?? new AbortController();
    const done = this.#evaluate(trial, limit, controller.signal).then(
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

  async #evaluate(trial: AskedTrial<P>, limit: AttemptLimit, signal: AbortSignal): Promise<void> {
    const { study, evaluator, clock } = this.#options;
    const { number, attempt, where } = trial;
    const tell = (outcome: Outcome): Promise<unknown> => held(clock, () => study.tell(number, outcome, attempt));
    let place: Json = null;
    let began = clock.now();
    const task: BareTask<P> = {
      ...trial,
      study: this.#study,
      signal,
      ...(limit.timeout === undefined ? {} : { timeout: limit.timeout }),
      placed: (where) => {
        place = where;
        began = clock.now();
        if (evaluator.attach !== undefined) void held(clock, () => study.place(number, attempt, where));
      },
      keep: (what) => void held(clock, () => study.place(number, attempt, what, true)),
      report: (step, values, details) =>
        study.report(number, step, values, attempt, details).then((verdict) => this.#reported(number, step, verdict)),
      reportSync: (step, values) => this.#reported(number, step, study.reportSync(number, step, values, attempt)),
    };
    let outcome: Outcome;
    this.#stopping.underWay.begin(number, began);
    try {
      const run = where === undefined ? evaluator.evaluate(task) : evaluator.attach!(task, where);
      outcome = await run.finally(() => this.#stopping.underWay.over(number));
    } catch (error) {
      await tell(failed("lost", `the evaluator is broken: ${messageOf(error)}`));
      throw error;
    }
    const late = outcome.state === "failed" && outcome.failure.kind === "timeout";
    if (limit.cutOff && late && clock.now() - began >= limit.timeout! - 1) outcome = limit.cutOff;
    await tell(withWorker(outcome, place));
  }
}
