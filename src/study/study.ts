/// <reference lib="esnext.disposable" preserve="true" />
import { RETRY } from "../core/attempt-policy.ts";
import { AttuneError, usage } from "../core/errors.ts";
import type { StudyDefinition, StudyEvent } from "../core/event.ts";
import type { Json } from "../core/json.ts";
import type { Verdict } from "../core/pruner.ts";
import { createRandom, type Random } from "../core/random.ts";
import type { StopReason } from "../core/stop-rule.ts";
import type { FinishedTrial, ReportDetails, Trial, Values } from "../core/trial.ts";
import type { Space } from "../space/space.ts";
import { askedOf } from "./asked.ts";
import { Audience } from "./audience.ts";
import { Attempts } from "./attempts.ts";
import { Fold } from "./fold.ts";
import { type Internals, internalsOf } from "./internals.ts";
import { type Hear, Log } from "./log.ts";
import { Presence } from "./presence.ts";
import { begin, recall, writerName } from "./opening.ts";
import { Orphans } from "./orphans.ts";
import type { Postponed } from "./postponed.ts";
import { Proposer } from "./proposer.ts";
import { Pruning } from "./pruning.ts";
import type { TrialRecord } from "./record.ts";
import { Reservation } from "./reservation.ts";
import { type AskedTrial, checkOptions, type StudyOptions, type Told } from "./study-options.ts";

const DROP_LIMIT = 100;

/** One optimisation: durable state, `ask` and `tell`. */
export class Study<P> implements AsyncDisposable {
  readonly space: Space<P>;
  readonly definition: StudyDefinition;
  /** What other processes know of this session, and it of them. */
  readonly presence: Presence<P>;
  readonly #options: StudyOptions<P>;
  readonly #fold: Fold<P>;
  readonly #log: Log<TrialRecord<P> | undefined>;
  readonly #proposer: Proposer<P>;
  readonly #attempts: Attempts<P>;
  readonly #orphans: Orphans<P>;
  readonly #seeds: Random;
  /** Names this session in the events that it writes. */ readonly writer: string;
  readonly #audience = new Audience<P>();
  #asking: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** Use {@link Study.open}. `read` events of the journal are part of the fold already, and the pruner has heard them. */
  constructor(options: StudyOptions<P>, fold: Fold<P>, pruning: Pruning<P> | undefined, read: number) {
    const { space, definition, host, clock } = options;
    const seed = fold.definition?.seed ?? definition.seed;
    this.space = space;
    this.definition = { ...definition, seed };
    this.#options = options;
    this.#fold = fold;
    const random = createRandom(seed);
    this.#seeds = random.fork("trial");
    this.writer = writerName(host, options.real ?? clock);
    this.#log = new Log(
      options.journal,
      (event, row) => {
        const trial = fold.apply(event, row);
        pruning?.heard(event, trial);
        return trial;
      },
      (event, trial) => this.#happened(event, trial),
      read,
    );
    const parts = {
      fold,
      log: this.#log,
      definition: this.definition,
      writer: this.writer,
      clock,
      warn: options.warn ?? (() => {}),
    };
    const { settings, sampler, dropLimit = DROP_LIMIT, retry = RETRY, costs = false } = options;
    const bracket = pruning?.bracket;
    this.#proposer = new Proposer({ ...parts, space, random, settings, sampler, bracket, dropLimit });
    this.#attempts = new Attempts({ ...parts, pruning, retry, costs });
    this.presence = new Presence(options, fold, this.#log, this.writer);
    const { attaches = false } = options;
    this.#orphans = new Orphans({ ...parts, attempts: this.#attempts, liveness: this.presence.liveness, attaches });
  }

  /** Opens a study: new, or resumed from its journal. */
  static async open<P>(options: StudyOptions<P>): Promise<Study<P>> {
    checkOptions(options);
    const { space, definition, journal } = options;
    const fold = new Fold(space, definition);
    try {
      const { pruning, read } = await recall(options, fold);
      const study = new Study(options, fold, pruning, read);
      await study.#begin();
      return study;
    } catch (error) {
      await journal?.[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #begin(): Promise<void> {
    const { baseline, first = [] } = this.#options;
    const { definition } = this;
    await begin({ fold: this.#fold, log: this.#log, options: this.#options, definition, writer: this.writer });
    await this.refresh();
    if (baseline !== undefined && this.#fold.baselines() === 0) await this.#proposer.create(baseline, "baseline");
    for (const params of first) if (!this.#proposer.holds(params)) await this.#proposer.create(params, "first");
  }

  /**
   * Reads what other processes wrote; what a dead one was running waits for a new attempt, and the numbers that it had
   * claimed are used. To those on other hosts it shows that this one lives: where any may work on the study, call it
   * every {@link refreshAfter} milliseconds while nothing is asked for.
   */
  async refresh(): Promise<void> {
    const { liveness } = this.presence;
    await this.#log.catchUp();
    await this.#orphans.settle();
    this.#proposer.adoptClaims((writer) => liveness.gone(writer));
    await this.presence.renew();
  }

  /** How long a busy process may leave the journal alone, in milliseconds; Infinity without a journal. */
  get refreshAfter(): number {
    return this.#options.journal === undefined ? Infinity : this.presence.liveness.lookAfter;
  }

  /** Names this study, and is the same whenever it is resumed. */
  get id(): string {
    return this.#fold.id;
  }

  /** Every trial so far, by number; trials set aside by an adopted definition included (`aside` says why). */
  get trials(): readonly TrialRecord<P>[] {
    return this.#fold.trials;
  }

  /** How many trials count in the budget: complete, pruned or failed ones. */
  get counted(): number {
    return this.#fold.counted;
  }

  /** How many trials are running, in all processes. */
  get running(): number {
    return this.#fold.running.size;
  }

  /** The generation that a generational sampler is in. */
  get generation(): number | undefined {
    return this.#proposer.suggester.generation;
  }

  /** Why `ask` gives no more trials, once it does. */
  get ended(): "trials" | "generations" | "exhausted" | "dropped" | undefined {
    return this.#proposer.ended;
  }

  /** How many trials wait for another attempt, for their first, or to be attached to. */
  get queued(): number {
    return this.#fold.queue.length + this.#orphans.size;
  }

  /** The trials among them that asked to be run again later, while their time has not come. */
  get postponed(): Postponed<P> {
    return this.#proposer.postponed;
  }

  /** How many reservations of this session were dropped. */
  get dropped(): number {
    return this.#proposer.reserved.dropped;
  }

  /** Calls back with every finished trial of this definition, earlier ones at once, in the journal's order. */
  follow(heard: (trial: FinishedTrial<P>) => void): void {
    this.#audience.follow(heard, this.#proposer.suggester.finished);
  }

  /** Calls back with every event, in the journal's order, from the start of this session on. */
  listen(hear: Hear<TrialRecord<P> | undefined>): void {
    this.#audience.listen(hear);
  }

  /**
   * The next trial to evaluate: the baseline, then `first` and enqueued ones, then the sampler's. "wait" until a running
   * trial is told, or the time of a postponed one comes; undefined when there is nothing more to do (`ended` says why).
   */
  ask(): Promise<AskedTrial<P> | "wait" | undefined> {
    return this.#inTurn(async () => {
      const trial = this.#orphans.next() ?? (await this.#proposer.ask());
      return typeof trial === "object" ? askedOf(trial, this.#seeds) : trial;
    });
  }

  /**
   * The same, to be validated before it becomes a trial: commit it or drop it, whatever other reservations are
   * outstanding. "wait" until one is dropped, or a running trial told. After `dropLimit` drops in a row without a trial
   * that was started there are no more.
   */
  reserve(): Promise<Reservation<P> | "wait" | undefined> {
    return this.#inTurn(async () => {
      const proposal = await this.#proposer.reserve();
      if (typeof proposal !== "object") return proposal;
      return new Reservation<P>(proposal, this.space.read(proposal.row), {
        fold: this.#fold,
        proposer: this.#proposer,
        expectOpen: () => this.#expectOpen(),
        asked: (trial) => askedOf(trial, this.#seeds),
      });
    });
  }

  #expectOpen(): void {
    if (this.#closed) throw new AttuneError("usage", "The study is closed");
  }

  /** Does one thing after the other. */
  #inTurn<R>(work: () => Promise<R>): Promise<R> {
    this.#expectOpen();
    this.#audience.forget();
    const next = this.#asking.then(work);
    this.#asking = next.catch(() => {});
    return next;
  }

  /** Adds a configuration to be tried before the sampler speaks again. Counts in the budget. */
  async enqueue(params: P): Promise<number> {
    const wrong = this.space.problem(params);
    if (wrong) throw usage(`Cannot enqueue: ${wrong}`);
    return this.#proposer.create(params, "enqueued");
  }

  /**
   * Intermediate values of a running trial; the verdict is the pruner's. Name the `attempt` where it may be superseded:
   * one that is no longer running is told to "prune".
   */
  report(number: number, step: number, values: Values, attempt?: number, more?: ReportDetails): Promise<Verdict> {
    return this.#attempts.report(number, step, values, attempt, more);
  }

  /** The same at once. The values are in the journal before the trial's result is; if they cannot be, `tell` rejects. */
  reportSync(number: number, step: number, values: Values, attempt?: number): Verdict {
    return this.#attempts.reportSync(number, step, values, attempt);
  }

  /** The attempt runs there, where another process can attach to it. */
  place(number: number, attempt: number, where: Json, kept?: true): Promise<void> {
    return this.#attempts.place(number, attempt, where, kept);
  }

  /** Intermediate values of every objective of a running trial, at the step after its last one; the first is 1. */
  update(number: number, values: Values): Promise<Verdict> {
    return this.#attempts.update(number, values);
  }

  /**
   * The result of a running trial, also of one that another process asked for. Values that break a rule make it a failed
   * one; what the retry policy gives another chance is then `queued`. With an `attempt`, what comes too late for it is
   * dropped with a warning. Resolves with the trial as it is then.
   */
  tell(number: number, told: Told, attempt?: number): Promise<Trial<P>> {
    return this.#attempts.tell(number, told, attempt);
  }

  /**
   * How the sampler sees a trial: the axes, its coordinates in the unit cube, and the memo if this sampler wrote it. Null
   * for samplers that merely enumerate, and for trials without parameters of this space.
   */
  internals(number: number): Internals | null {
    return internalsOf(this.#fold.trials, number, {
      space: this.space,
      sampler: this.#options.sampler,
      proposer: this.#proposer,
    });
  }

  /** Ends this session of the study, and closes its journal. */
  async close(reason: StopReason | "error" = "stopped"): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#asking;
    try {
      await this.#log.append([{ type: "search-ended", at: this.#options.clock.now(), writer: this.writer, reason }]);
    } finally {
      await this.#options.journal?.[Symbol.asyncDispose]();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #happened(event: StudyEvent, trial: TrialRecord<P> | undefined): void {
    for (const finished of this.#proposer.suggester.takeNews()) this.#audience.finished(finished);
    if ("writer" in event) this.presence.liveness.heard(event.writer);
    if (event.type === "search-started" && this.#fold.writers.get(event.writer)!.renewals > 0) return;
    this.#audience.happened(event, trial);
  }
}
