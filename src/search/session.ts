import type { AttemptSettings } from "../core/attempt-settings.ts";
import { AttuneError, messageOf } from "../core/errors.ts";
import type { BareTask, Evaluator, Workload } from "../core/evaluator.ts";
import type { StudyEvent } from "../core/event.ts";
import type { Json } from "../core/json.ts";
import type { StopReason, StopRuleFactory } from "../core/stop-rule.ts";
import type { Status, Tracker, TrackerFactory } from "../core/tracker.ts";
import type { FinishedTrial, Values } from "../core/trial.ts";
import type { Rule, Space } from "../space/space.ts";
import { FailureTally } from "../study/failure-tally.ts";
import { Leaders } from "../study/leaders.ts";
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
  readonly timeout: number | undefined;
  /** The planned number of trials. */
  readonly budget: number | undefined;
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
  readonly #leaders: Leaders<P>;
  readonly #failures = new FailureTally<P, Values>();
  #baseline: FinishedTrial<P> | undefined = undefined;
  #ended: StopReason | "error" | undefined = undefined;

  private constructor(opened: Opened<P>) {
    const { study, evaluator, timeout, watch } = opened;
    this.study = study;
    this.#opened = opened;
    this.#leaders = new Leaders(study.definition);
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
    study.follow((trial) => this.#note(trial));
    past = false;
    const status = (): Status => this.status;
    const { objectives, constraints } = study.definition;
    const watched = {
      id: study.id,
      study: study.definition,
      trials: study.trials,
      ...(opened.journal === undefined ? {} : { journal: opened.journal }),
      objectives,
      constraints,
      warn: opened.warn,
      get status() {
        return status();
      },
    };
    this.#following = new Following(opened.trackers, watched, opened.warn);
    const lending = this.#following.lending(evaluator, (number) => study.trials[number]);
    this.loop = new Loop({
      study,
      evaluator: lending,
      rules,
      clock: realClock,
      ...(timeout === undefined ? {} : { timeout }),
    });
    study.listen((event, trial) => {
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
    const { timeout, first = [] } = spec as { timeout?: number; first?: readonly P[] };
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
        settings: {
          sampler: { name: sampler.info.name, version: sampler.info.version, options: sampler.options },
          evaluator: chosen.info.name,
          workers: evaluator.concurrency,
          ...(plan.trials === undefined ? {} : { trials: plan.trials }),
          ...(plan.generations === undefined ? {} : { generations: plan.generations }),
          ...(spec.timeout === undefined ? {} : { timeout: spec.timeout }),
          ...(options.attempts === undefined ? {} : { attempts: options.attempts }),
        },
        retry: chosen.policy.retry,
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
    await attempt(() => this.study.close(this.#ended ?? "error"));
    await attempt(() => this.#opened.evaluator[Symbol.asyncDispose]());
    await attempt(() => this.#following.close());
    if (errors.length > 0 && this.#ended !== "error")
      throw new AttuneError("journal", `The search could not be closed: ${messageOf(errors[0])}`, { cause: errors[0] });
  }

  get status(): Status {
    const { total, counts, first } = this.#failures;
    return {
      trials: this.study.counted,
      running: this.loop.running,
      failed: total,
      failures: Object.fromEntries(counts.map(({ kind, count }) => [kind, count])),
      workers: this.#opened.evaluator.concurrency,
      elapsed: this.loop.elapsed,
      best: this.#leaders.trials as readonly FinishedTrial[],
      ...(this.#opened.budget === undefined ? {} : { budget: this.#opened.budget }),
      ...(this.study.generation === undefined ? {} : { generation: this.study.generation }),
      ...(this.#ended === undefined ? {} : { ended: this.#ended }),
      ...(this.#baseline === undefined ? {} : { baseline: this.#baseline }),
      ...(first === undefined ? {} : { firstFailed: first }),
    };
  }

  #note(trial: FinishedTrial<P>): void {
    this.#leaders.add(trial as unknown as TrialRecord<P>);
    this.#failures.add(trial);
    if (trial.source === "baseline" && trial.state === "complete") this.#baseline = trial;
  }
}
