import type { AttemptSettings } from "../core/attempt-settings.ts";
import { AttuneError, messageOf, usage } from "../core/errors.ts";
import type { BareTask, Evaluator, Workload } from "../core/evaluator.ts";
import type { StudyEvent } from "../core/event.ts";
import type { Json } from "../core/json.ts";
import type { StopReason, StopRuleFactory } from "../core/stop-rule.ts";
import type { Status, Tracker, TrackerFactory } from "../core/tracker.ts";
import { multipleOf, type Timeout } from "../core/timeout.ts";
import { type FinishedTrial, isFinal } from "../core/trial.ts";
import type { Rule, Space } from "../space/space.ts";
import { AttemptLimits } from "../study/attempt-limits.ts";
import { Loop } from "../study/loop.ts";
import { isFeasible } from "../study/observe.ts";
import type { TrialRecord } from "../study/record.ts";
import { allFailed } from "../study/stop-rules/failures.ts";
import { checkOptions } from "../study/study-options.ts";
import { Study } from "../study/study.ts";
import { realClock } from "../system/clock.ts";
import { randomSeed } from "../system/entropy.ts";
import { thisHost } from "../system/host.ts";
import { Following, trackerOf } from "./following.ts";
import { checkTemplates, openEvaluator } from "./open-evaluator.ts";
import { definitionOf, evaluatorOf, openJournal, locationOf, planOf, samplerOf } from "./parts.ts";
import { resolveSpace } from "./resolve-space.ts";
import { Scoreboard } from "./scoreboard.ts";
import { settingsOf } from "./session-settings.ts";
import { resultOf } from "./result-of.ts";
import type { SearchResult } from "./result.ts";
import type { AnySpec } from "./spec.ts";

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
  /** Told every line that an objective writes to its stdout or stderr in another process. @default dropped */
  readonly log?: (line: string, trial?: number) => void;
}

/** A search that is about to run. */
export interface Opening {
  readonly space: Space;
  readonly sampler: string;
  readonly evaluator: string;
  readonly workers: number;
  /** How many trials of the budget are done already. */
  readonly done: number;
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
  readonly timeout: Timeout | undefined;
  /** The planned number of trials. */
  readonly budget: number | undefined;
  /** The limit of what trials may cost together. */
  readonly cost: number | undefined;
  readonly trackers: readonly (TrackerFactory | Tracker)[];
  /** Where the journal lives, if it outlives this process. */
  readonly journal: string | undefined;
  readonly warn: (message: string) => void;
  readonly watch: (event: StudyEvent, trial: TrialRecord<P> | undefined) => void;
}

/** One start of a search: everything that it opened, and what it knows. */
export class Session<P> {
  readonly study: Study<P>;
  readonly loop: Loop<P>;
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
    const status = (): Status => this.status;
    const { id } = study;
    const { objectives, constraints } = study.definition;
    const watched = {
      id,
      study: study.definition,
      trials: study.trials,
      ...(opened.journal === undefined ? {} : { journal: opened.journal }),
      objectives,
      constraints,
      get status() {
        return status();
      },
    };
    this.#following = new Following(opened.trackers, watched, opened.warn);
    const limits = new AttemptLimits(timeout, objectives, {
      timesBest: () => this.#scoreboard.best[0],
      timesBaseline: () => this.#scoreboard.baseline,
    });
    this.loop = new Loop({ study, evaluator, rules, clock: realClock, limits });
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
    const space = (await resolveSpace(spec.space, [spec.where ?? []].flat() as Rule<never>[])) as Space<P>;
    const chosen = evaluatorOf(spec);
    checkTemplates(spec.objective, space, chosen);
    const sampler = samplerOf(spec);
    const plan = planOf(spec, sampler);
    const baseline = (spec.baseline ?? space.parameter.default?.value) as P | undefined;
    const { timeout, first = [] } = spec as { timeout?: Timeout; first?: readonly P[] };
    if (multipleOf(timeout)?.of === "timesBaseline" && baseline === undefined)
      throw usage("Expected a `baseline`, or a `default` of every parameter, for `timeout.timesBaseline`, got none");
    const given = { first, ...(baseline === undefined ? {} : { baseline }) };
    checkOptions({ space, settings: plan.trials === undefined ? {} : { trials: plan.trials }, ...given });
    const trackers = (spec.trackers ?? []).map(trackerOf);
    const definition = definitionOf(spec, space, spec.seed ?? randomSeed(), options);
    const workload: Workload<P> = {
      objective: spec.objective,
      names: definition.objectives.map(({ name }) => name),
      limited: Object.keys(definition.constraints),
      log: options.log ?? (() => {}),
      ...(options.module === undefined ? {} : { module: options.module }),
      ...(options.workers === undefined ? {} : { workers: options.workers }),
    };
    const evaluator = await openEvaluator(chosen, workload, timeout);
    try {
      const journal = await openJournal(spec.journal, options.fresh ?? false, (path) =>
        warn(`the former journal is kept as ${path}`),
      );
      const study = await Study.open<P>({
        space,
        definition,
        sampler,
        settings: settingsOf(spec, {
          sampler,
          plan,
          evaluator: chosen.info.name,
          workers: evaluator.concurrency,
          attempts: options.attempts,
        }),
        retry: chosen.policy.retry,
        costs: plan.cost !== undefined,
        clock: realClock,
        host: thisHost(),
        warn,
        ...(journal === undefined ? {} : { journal }),
        ...given,
        ...(options.adopt === undefined ? {} : { adopt: options.adopt }),
      });
      const broken =
        spec.stopOnAllFailed === false ? [] : [allFailed(plan.pool ?? Math.max(10, evaluator.concurrency))];
      const rules = [...plan.rules, ...broken];
      options.ready?.({
        space: space,
        sampler: sampler.info.name,
        evaluator: chosen.info.name,
        workers: evaluator.concurrency,
        done: study.counted,
        planned: plan.planned,
        baseline: baseline !== undefined,
        seed: study.definition.seed,
      });
      return new Session<P>({
        study,
        evaluator,
        rules,
        timeout,
        budget: plan.planned,
        cost: plan.cost,
        trackers,
        journal: locationOf(spec.journal),
        warn,
        watch,
      });
    } catch (error) {
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
    await attempt(() => this.study.close(this.#ended ?? "error"));
    this.#abandon();
    await attempt(() => evaluator[Symbol.asyncDispose]());
    await attempt(() => this.#following.close());
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
      ...(this.#opened.budget === undefined ? {} : { budget: this.#opened.budget }),
      ...(this.study.generation === undefined ? {} : { generation: this.study.generation }),
      ...(postponed === 0 ? {} : { postponed }),
      ...(this.#ended === undefined ? {} : { ended: this.#ended }),
    };
  }
}
