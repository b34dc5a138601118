import type { AttemptSettings } from "../core/attempt-settings.ts";
import type { BareTask, Evaluator } from "../core/evaluator.ts";
import { AttuneError, messageOf } from "../core/errors.ts";
import type { SearchSettings, StudyEvent } from "../core/event.ts";
import type { Json } from "../core/json.ts";
import type { StopReason, StopRuleFactory } from "../core/stop-rule.ts";
import type { Status, Tracker, TrackerFactory } from "../core/tracker.ts";
import type { Space } from "../space/space.ts";
import type { Timeout } from "../core/timeout.ts";
import { type FinishedTrial, isFinal } from "../core/trial.ts";
import { AttemptLimits } from "../study/attempt-limits.ts";
import { Loop } from "../study/loop.ts";
import { isFeasible } from "../study/observe.ts";
import type { TrialRecord } from "../study/record.ts";
import { allFailed } from "../study/stop-rules/failures.ts";
import { Study } from "../study/study.ts";
import { realClock } from "../system/clock.ts";
import { thisHost } from "../system/host.ts";
import { Following, trackerOf } from "./following.ts";
import { openEvaluator } from "./open-evaluator.ts";
import { locationOf, openJournal } from "./parts.ts";
import { prepare } from "./prepare.ts";
import { baselineOf, expectAlike } from "./normalizing.ts";
import { Scoreboard } from "./scoreboard.ts";
import { settingsOf } from "./session-settings.ts";
import { resultOf } from "./result-of.ts";
import type { SearchResult } from "./result.ts";
import { usualDuration } from "./usual-duration.ts";
import type { AnySpec } from "./spec.ts";
import { type Steered, Steering } from "./steering.ts";
import { watchedOf } from "./watched.ts";

/** How a search is started. */
export interface StartOptions {
  /** Start over: an existing journal file is kept under another name. @default false */
  readonly fresh?: boolean;
  /** Take over the trials of a journal of another space or objective, as far as they fit. @default false */
  readonly adopt?: boolean;
  /** The module whose default export this search is, as a path: what process evaluators load. */
  readonly module?: string;
  /** Where the search came from; recorded, so that `attune resume` finds it. */
  readonly source?: Json;
  /** A hash of the text that the objective comes from; a change warns. @default the hash of the function's text */
  readonly objectiveHash?: string;
  /** The number of workers, over what the evaluator's options say. */
  readonly workers?: number;
  /** What was set about attempts over what the program says; the evaluator knows it, here it is recorded for `attune resume`. */
  readonly attempts?: AttemptSettings;
  /** Told what is about to run, before the first trial. */
  readonly ready?: (opening: Opening) => void;
  /** Told what the user should know. @default console.warn */
  readonly warn?: (message: string) => void;
  /** Told what another process tells this search: `attune stop`, `pause` and `continue`. It is obeyed in any case. */
  readonly steered?: (told: Steered) => void;
  /** Told every line that an objective writes to its stdout or stderr in another process. @default dropped */
  readonly log?: (line: string, trial?: number) => void;
}

/** A search that is about to run. */
export interface Opening {
  readonly space: Space;
  readonly sampler: string;
  readonly pruner: string | undefined;
  readonly evaluator: string;
  readonly workers: number;
  /** How many trials of the budget are done already. */
  readonly done: number;
  /** The median of the milliseconds that these took; undefined if none is complete. */
  readonly duration: number | undefined;
  /** The planned number of trials, done ones included; refills of a generation come on top. */
  readonly planned: number | undefined;
  readonly baseline: boolean;
  /** The seed of the study: a resumed one keeps its own. */
  readonly seed: number;
}

/** What a session has opened. */
interface Opened<P> {
  readonly study: Study<P>;
  readonly evaluator: Evaluator<P, BareTask<P>>;
  readonly rules: readonly StopRuleFactory[];
  readonly timeLimit: number | undefined;
  readonly timeout: Timeout | undefined;
  /** The planned number of trials. */
  readonly budget: number | undefined;
  /** The limit of what trials may cost together. */
  readonly cost: number | undefined;
  readonly trackers: readonly (TrackerFactory | Tracker)[];
  readonly settings: SearchSettings;
  /** Where the journal lives, if it outlives this process. */
  readonly journal: string | undefined;
  readonly warn: (message: string) => void;
  readonly steered: (told: Steered) => void;
  readonly watch: (event: StudyEvent, trial: TrialRecord<P> | undefined) => void;
}

/** One start of a search: everything that it opened, and what it knows. */
export class Session<P> {
  readonly study: Study<P>;
  readonly loop: Loop<P>;
  readonly steering: Steering<P>;
  readonly #opened: Opened<P>;
  readonly #following: Following;
  readonly #scoreboard: Scoreboard<P>;
  #ended: StopReason | "error" | undefined = undefined;

  private constructor(opened: Opened<P>) {
    const { study, evaluator, timeout, watch } = opened;
    this.study = study;
    this.#opened = opened;
    this.#scoreboard = new Scoreboard(study.definition, opened.cost);
    const feasible = (trial: FinishedTrial): boolean =>
      trial.state === "complete" && isFeasible(study.definition, trial.measured);
    let past = true;
    const rules = opened.rules.map((factory) => {
      const rule = factory.create({ objectives: study.definition.objectives, feasible });
      study.follow((trial) => {
        if (!past || !factory.fresh) rule.tell(trial);
      });
      return rule;
    });
    study.follow((trial) => this.#scoreboard.add(trial));
    past = false;
    const { id } = study;
    const { objectives } = study.definition;
    const watched = watchedOf(study, { ...opened, status: () => this.status });
    this.#following = new Following(opened.trackers, watched, study.writer);
    const lending = this.#following.lending(evaluator, (number) => study.trials[number]);
    const limits = new AttemptLimits(timeout, objectives, {
      timesBest: () => this.#scoreboard.best[0],
      timesBaseline: () => this.#scoreboard.baseline,
    });
    const looked = (): void => this.steering.look();
    const { timeLimit: limit } = opened;
    const { clock = realClock } = evaluator;
    this.loop = new Loop({ study, evaluator: lending, rules, clock, real: realClock, limit, limits, looked });
    const { journal, warn, steered } = opened;
    this.steering = new Steering({ loop: this.loop, presence: study.presence, journal, warn, steered });
    for (const trial of study.trials) if (isFinal(trial.state)) evaluator.over?.(trial, id);
    study.listen((event, trial) => {
      if (trial !== undefined && isFinal(trial.state)) evaluator.over?.(trial, id);
      this.#following.track(event, trial);
      watch(event, trial);
    });
  }

  /** Opens everything that a spec names; when something fails, nothing stays open. */
  static async open<P>(spec: AnySpec, options: StartOptions, watch: Opened<P>["watch"]): Promise<Session<P>> {
    const warn = options.warn ?? ((message: string) => console.warn(`attune: ${message}`));
    const { space, chosen, sampler, pruner, plan, timeout, definition, workload, ...given } = await prepare<P>(
      spec,
      options,
    );
    const trackers = (spec.trackers ?? []).map(trackerOf);
    let study: Study<P> | undefined;
    const { baseline } = given;
    const reference =
      baseline === undefined ? undefined : (): P => (study && baselineOf(study.trials)?.params) ?? baseline;
    const evaluator = await openEvaluator(chosen, workload, timeout, reference);
    try {
      const journal = await openJournal(spec.journal, options.fresh ?? false, (path) =>
        warn(`the former journal is kept as ${path}`),
      );
      const settings = settingsOf(spec, {
        sampler,
        pruner,
        plan,
        evaluator: chosen.info.name,
        workers: evaluator.concurrency,
        attempts: options.attempts,
      });
      study = await Study.open<P>({
        space,
        definition,
        sampler,
        ...(pruner === undefined ? {} : { pruner }),
        ...(chosen.policy.maxSteps === undefined ? {} : { maxSteps: chosen.policy.maxSteps }),
        settings,
        retry: chosen.policy.retry,
        attaches: evaluator.attach !== undefined,
        costs: plan.cost !== undefined,
        clock: evaluator.clock ?? realClock,
        real: realClock,
        host: thisHost(),
        warn,
        ...(journal === undefined ? {} : { journal }),
        ...given,
        ...(options.adopt === undefined ? {} : { adopt: options.adopt }),
      });
      expectAlike(study.trials, chosen.policy.normalize !== undefined);
      const tolerant = plan.rules.some(({ tolerates }) => tolerates);
      const rules = [...plan.rules, ...(tolerant ? [] : [allFailed(plan.pool ?? Math.max(10, evaluator.concurrency))])];
      options.ready?.({
        space: space,
        sampler: sampler.info.name,
        pruner: pruner?.info.name,
        evaluator: chosen.info.name,
        workers: evaluator.concurrency,
        done: study.counted,
        duration: usualDuration(study.trials),
        planned: plan.planned,
        baseline: given.baseline !== undefined,
        seed: study.definition.seed,
      });
      return new Session<P>({
        study,
        evaluator,
        rules,
        timeLimit: plan.timeLimit,
        timeout,
        budget: plan.planned,
        cost: plan.cost,
        trackers,
        settings,
        journal: locationOf(spec.journal),
        warn,
        steered: options.steered ?? (() => {}),
        watch,
      });
    } catch (error) {
      await study?.close("error");
      await evaluator[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Runs until the search ends; whatever happens, nothing is left running and the trackers hear the end. */
  async run(): Promise<SearchResult<P>> {
    let reason: StopReason | undefined;
    try {
      reason = await this.loop.run();
      this.#ended = reason;
    } catch (error) {
      this.#ended = "error";
      throw error;
    } finally {
      await this.#close();
    }
    return resultOf(this.study.trials, this.study.definition, reason);
  }

  async #close(): Promise<void> {
    const errors: unknown[] = [];
    const attempt = async (work: () => PromiseLike<void>): Promise<void> => {
      await Promise.resolve(work()).catch((error: unknown) => errors.push(error));
    };
    const { evaluator } = this.#opened;
    await attempt(() => this.steering.close());
    await attempt(() => this.study.close(this.#ended ?? "error"));
    this.#abandon();
    await attempt(() => evaluator[Symbol.asyncDispose]());
    await attempt(() => this.#following.close(this.#ended ?? "error"));
    this.steering.tidy();
    if (errors.length > 0 && this.#ended !== "error")
      throw new AttuneError("journal", `The search could not be closed: ${messageOf(errors[0])}`, { cause: errors[0] });
  }

  /** What waits for another attempt never gets it where no journal knows of it. */
  #abandon(): void {
    const { evaluator, journal } = this.#opened;
    if (journal !== undefined) return;
    for (const trial of this.study.trials) if (!isFinal(trial.state)) evaluator.over?.(trial, this.study.id);
  }

  get status(): Status {
    const postponed = this.study.postponed.size;
    return {
      trials: this.study.counted,
      running: this.loop.running,
      ...this.#scoreboard.score,
      workers: this.#opened.evaluator.concurrency,
      elapsed: this.loop.elapsed,
      ...(this.loop.timeLimit === Infinity ? {} : { timeLimit: this.loop.timeLimit }),
      ...(this.loop.paused && this.#ended === undefined ? { paused: true as const } : {}),
      ...(this.#opened.budget === undefined ? {} : { budget: this.#opened.budget }),
      ...(this.study.generation === undefined ? {} : { generation: this.study.generation }),
      ...(postponed === 0 ? {} : { postponed }),
      ...(this.#ended === undefined ? {} : { ended: this.#ended }),
    };
  }
}
