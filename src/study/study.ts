/// <reference lib="esnext.disposable" preserve="true" />
import { AttuneError, expectNumber, usage } from "../core/errors.ts";
import { JOURNAL_VERSION, type StudyDefinition, type StudyEvent } from "../core/event.ts";
import type { Json } from "../core/json.ts";
import { failed, type Outcome } from "../core/outcome.ts";
import type { Verdict } from "../core/pruner.ts";
import { createRandom, type Random } from "../core/random.ts";
import type { StopReason } from "../core/stop-rule.ts";
import type { FinishedTrial } from "../core/trial.ts";
import type { Space } from "../space/space.ts";
import { asideText, differences, mismatch } from "./definition.ts";
import { Fold } from "./fold.ts";
import { judge } from "./judge.ts";
import { type Hear, Log } from "./log.ts";
import { observe, reportOf } from "./observe.ts";
import { Proposer } from "./proposer.ts";
import type { TrialRecord } from "./record.ts";
import { type AskedTrial, checkOptions, type StudyOptions, type Told } from "./study-options.ts";

/** How often a trial whose worker was lost is run again. */
const RETRIES_OF_LOST = 1;

/** One optimisation: durable state, `ask` and `tell`. */
export class Study<P> implements AsyncDisposable {
  readonly space: Space<P>;
  readonly definition: StudyDefinition;
  readonly #options: StudyOptions<P>;
  readonly #fold: Fold<P>;
  readonly #log: Log<TrialRecord<P> | undefined>;
  readonly #proposer: Proposer<P>;
  readonly #seeds: Random;
  readonly #writer: string;
  readonly #heard: ((trial: FinishedTrial<P>) => void)[] = [];
  #hear: Hear<TrialRecord<P> | undefined> | undefined = undefined;
  /** What happened before anyone listened; forgotten at the first ask. */
  #unheard: Parameters<Hear<TrialRecord<P> | undefined>>[] | undefined = [];
  #asking: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** Use {@link Study.open}. `read` events of the journal are part of the fold already. */
  constructor(options: StudyOptions<P>, fold: Fold<P>, read: number) {
    const { space, definition, host, clock } = options;
    const seed = fold.definition?.seed ?? definition.seed;
    this.space = space;
    this.definition = { ...definition, seed };
    this.#options = options;
    this.#fold = fold;
    const random = createRandom(seed);
    this.#seeds = random.fork("trial");
    this.#writer = `${host.identity.host}-${host.identity.pid}-${clock.now().toString(36)}-${(writers++).toString(36)}`;
    this.#log = new Log(
      options.journal,
      (event, row) => fold.apply(event, row),
      (event, trial) => this.#happened(event, trial),
      read,
    );
    this.#proposer = new Proposer({
      fold,
      log: this.#log,
      definition: this.definition,
      space,
      random,
      writer: this.#writer,
      clock,
      settings: options.settings,
      sampler: options.sampler,
      warn: options.warn ?? (() => {}),
    });
  }

  /** Opens a study: new, or resumed from its journal. */
  static async open<P>(options: StudyOptions<P>): Promise<Study<P>> {
    checkOptions(options);
    const { space, definition, journal } = options;
    const fold = new Fold(space, definition);
    try {
      let read = 0;
      if (journal !== undefined) for await (const event of journal.read()) read += (fold.apply(event), 1);
      const study = new Study(options, fold, read);
      await study.#resume(fold.definition);
      return study;
    } catch (error) {
      await journal?.[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #resume(before: StudyDefinition | undefined): Promise<void> {
    const { baseline, first = [], host, settings, adopt = false } = this.#options;
    await this.#log.catchUp(true);
    const changed = before === undefined ? [] : differences(before, this.definition);
    if (changed.length > 0 && !adopt) throw mismatch(changed, this.#fold.trials);
    const aside = changed.length > 0 ? asideText(this.#fold.trials) : undefined;
    if (aside) this.#options.warn?.(aside);
    const edited = before?.objectiveHash !== this.definition.objectiveHash && before?.objectiveHash !== undefined;
    if (edited)
      this.#options.warn?.(
        "the objective, or the file that it stands in, has changed since the journal was written; earlier results are kept as they are",
      );
    const at = this.#now();
    const opening: StudyEvent[] = [];
    if (before === undefined)
      opening.push({ type: "study-created", at, version: JOURNAL_VERSION, study: this.definition });
    else if (changed.length > 0 || edited) opening.push({ type: "study-adopted", at, study: this.definition });
    opening.push({
      type: "search-started",
      at,
      writer: this.#writer,
      process: host.identity,
      environment: host.environment,
      settings,
    });
    await this.#log.append(opening);
    const rivals = differences(this.#fold.definition ?? this.definition, this.definition);
    if (rivals.length > 0) throw mismatch(rivals, this.#fold.trials);
    await this.refresh();
    if (baseline !== undefined && this.#fold.baselines() === 0) await this.#create(baseline, "baseline");
    for (const params of first) if (!this.#holds(params)) await this.#create(params, "first");
  }

  /** Whether a trial has these parameters, or waits with them. */
  #holds(params: P): boolean {
    if (this.#fold.holder(this.space.row(params)) !== undefined) return true;
    const text = JSON.stringify(params);
    return this.#fold.queue.some((number) => JSON.stringify(this.#fold.trials[number]!.given) === text);
  }

  #gone(writer: string): boolean {
    const known = this.#fold.writers.get(writer);
    return writer !== this.#writer && (known === undefined || known.ended || !this.#options.host.alive(known.process));
  }

  /**
   * Reads what other processes wrote; what a dead one was running waits for a new attempt, and the numbers that it had
   * claimed are used.
   */
  async refresh(): Promise<void> {
    await this.#log.catchUp();
    for (const number of this.#fold.running) {
      const trial = this.#fold.trials[number]!;
      if (this.#gone(trial.writer))
        await this.#settle(trial, failed("lost", "the process that ran this attempt is gone"), 0);
    }
    this.#proposer.adoptClaims((writer) => this.#gone(writer));
  }

  #create(params: P, source: "baseline" | "first" | "enqueued"): Promise<TrialRecord<P> | undefined> {
    const event = {
      type: "trial-created",
      at: this.#now(),
      writer: this.#writer,
      source,
      params: params as Json,
    } as const;
    return this.#log.append([event]);
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
    return this.#proposer.generation;
  }

  /** Why `ask` gives no more trials, once it does. */
  get ended(): "trials" | "generations" | "exhausted" | undefined {
    return this.#proposer.ended;
  }

  /** Calls back with every finished trial of this definition, earlier ones at once, in the journal's order. */
  follow(heard: (trial: FinishedTrial<P>) => void): void {
    for (const trial of this.#proposer.finished) heard(trial as FinishedTrial<P>);
    this.#heard.push(heard);
  }

  /** Calls back with every event, in the journal's order, from the start of this session on. */
  listen(hear: Hear<TrialRecord<P> | undefined>): void {
    this.#hear = hear;
    for (const heard of this.#unheard ?? []) hear(...heard);
    this.#unheard = undefined;
  }

  /**
   * The next trial to evaluate: the baseline, then `first` and enqueued ones, then the sampler's. "wait" until a running
   * trial is told; undefined when there is nothing more to do (`ended` says why).
   */
  ask(): Promise<AskedTrial<P> | "wait" | undefined> {
    if (this.#closed) throw new AttuneError("usage", "The study is closed");
    this.#unheard = undefined;
    const next = this.#asking.then(() => this.#ask());
    this.#asking = next.catch(() => {});
    return next;
  }

  async #ask(): Promise<AskedTrial<P> | "wait" | undefined> {
    const trial = await this.#proposer.next();
    if (trial === "wait" || trial === undefined) return trial;
    const seed = (this.#seeds.fork(trial.number).uniform() * 0x100000000) >>> 0;
    return {
      number: trial.number,
      attempt: trial.attempt,
      params: trial.params,
      baseline: trial.source === "baseline",
      seed,
    };
  }

  /** Adds a configuration to be tried before the sampler speaks again. Counts in the budget. */
  async enqueue(params: P): Promise<number> {
    const wrong = this.space.problem(params);
    if (wrong) throw usage(`Cannot enqueue: ${wrong}`);
    const trial = await this.#create(params, "enqueued");
    return trial!.number;
  }

  /** Intermediate values of a running trial; the verdict is the pruner's. */
  async report(number: number, step: number, values: Readonly<Record<string, number>>): Promise<Verdict> {
    const trial = this.#runningTrial(number);
    expectNumber("step", step, { low: 0 });
    for (const [name, value] of Object.entries(values)) expectNumber(name, value);
    const at = this.#now();
    await this.#log.append([{ type: "trial-reported", at, number, attempt: trial.attempt, step, values }]);
    return (
      this.#options.pruner?.report(number, reportOf(this.definition, { step, values }, at - (trial.startedAt ?? at))) ??
      "continue"
    );
  }

  /** The result of a running trial. Values that break a rule make it a failed one. */
  async tell(number: number, told: Told): Promise<FinishedTrial<P>> {
    const trial = this.#runningTrial(number);
    await this.#settle(trial, judge(told, this.definition), this.#now() - (trial.startedAt ?? 0));
    return trial as FinishedTrial<P>;
  }

  #runningTrial(number: number): TrialRecord<P> {
    const trial = this.#fold.trials[number];
    if (trial?.state === "running") return trial;
    throw usage(`Expected trial ${number} to be running, got ${trial?.state ?? "no such trial"}`);
  }

  async #settle(trial: TrialRecord<P>, outcome: Outcome, duration: number): Promise<void> {
    const { number, attempt } = trial;
    const at = this.#now();
    const retry = outcome.state === "failed" && outcome.failure.kind === "lost" && attempt <= RETRIES_OF_LOST;
    await this.#log.append([
      retry
        ? { type: "trial-requeued", at, number, attempt, failure: outcome.failure }
        : { type: "trial-finished", at, number, attempt, writer: this.#writer, duration, outcome },
    ]);
  }

  /** Ends this session of the study, and closes its journal. */
  async close(reason: StopReason | "error" = "stopped"): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#asking;
    try {
      await this.#log.append([{ type: "search-ended", at: this.#now(), writer: this.#writer, reason }]);
    } finally {
      await this.#options.journal?.[Symbol.asyncDispose]();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #happened(event: StudyEvent, trial: TrialRecord<P> | undefined): void {
    for (const finished of this.#proposer.takeNews()) {
      for (const heard of this.#heard) heard(finished as FinishedTrial<P>);
      if (this.#options.pruner) {
        const observation = observe(this.definition, this.space, finished, false);
        if (observation) this.#options.pruner.tell(observation);
      }
    }
    if (this.#hear) this.#hear(event, trial);
    else this.#unheard?.push([event, trial]);
  }

  #now(): number {
    return this.#options.clock.now();
  }
}

let writers = 0;
