import { AttemptFailed, isAttemptFailed } from "../core/attempt-failed.ts";
import { cannotKeep, type Evaluator, type EvaluatorFactory, type Task, type TrialContext } from "../core/evaluator.ts";
import { messageOf } from "../core/errors.ts";
import { isRecord } from "../core/json.ts";
import { failed, type FinalOutcome, type Outcome } from "../core/outcome.ts";
import type { Verdict } from "../core/pruner.ts";
import type { TrialReport } from "../core/trial.ts";
import { thrown } from "../evaluators/attempt.ts";
import type { AnySpec } from "../search/spec.ts";
import { realClock } from "../system/clock.ts";
import { underEither } from "../system/waiting.ts";
import { JobCache } from "./cache.ts";
import type { Desk } from "./desk.ts";
import { fateOf } from "./fate.ts";
import type { Job, JobRequest } from "./job.ts";
import { metricOf, type Over, withReported } from "./metric.ts";

interface Parts<P> {
  readonly desk: Desk<P>;
  /** How objectives are read from reports. */
  readonly over: ReadonlyMap<string, Over>;
  /** No job is needed any more. */
  readonly enough: () => void;
}

/** Marks what an evaluator is handed instead of parameters. */
const MARK = "attune.job";

/** The objective of jobs: launches the one that it is handed, or makes the job of parameters where no evaluator of jobs did. */
export function jobObjective<P>({ desk, over }: Pick<Parts<P>, "desk" | "over">) {
  return async (given: unknown, trial: TrialContext): Promise<unknown> => {
    const { number, attempt } = trial;
    const request = isRecord(given) && MARK in given ? (given[MARK] as JobRequest<P>) : undefined;
    const job =
      request === undefined ? await desk.create({ number, attempt, params: given as P }) : runningHere(desk, request);
    if (job === undefined) throw new AttemptFailed({ kind: "invalid", message: "`createJob` gave no job" });
    const reports: TrialReport[] = [];
    const { names } = trial;
    try {
      return withReported(await job.launch(listening(trial, reports)), reports, { names, over });
    } catch (error) {
      const silent =
        isAttemptFailed(error) && error["attune.failure"].kind === "invalid" && job.plan.values === undefined;
      if (!silent || !names.every((name) => metricOf(name, reports))) throw error;
      return withReported({}, reports, { names, over }); // a command that says all by its reports
    }
  };
}

/** The job of a request: the one that runs in this process, or, in a worker, one made for it. */
function runningHere<P>(desk: Desk<P>, request: JobRequest<P>): Job<P> {
  const job = desk.jobs.get(request.id);
  return job !== undefined && desk.running.has(job) ? job : desk.revive(request);
}

const BASE = Symbol("attune.jobs.base");

/** The evaluator that runs the jobs of one that {@link jobEvaluator} made; any other is itself. */
export function baseOf(evaluator: NonNullable<AnySpec["evaluator"]>): NonNullable<AnySpec["evaluator"]> {
  return typeof evaluator === "object" && BASE in evaluator ? (evaluator[BASE] as EvaluatorFactory) : evaluator;
}

/** An evaluator whose attempts are jobs, run by another one. */
export function jobEvaluator<P>(
  base: EvaluatorFactory,
  parts: Parts<P>,
): EvaluatorFactory & { readonly [BASE]: EvaluatorFactory } {
  const { jobTime } = parts.desk.spec;
  return {
    [BASE]: base,
    info: base.info,
    policy: base.policy,
    with: (options) => jobEvaluator(base.with(options), parts),
    open: async (workload) => {
      if (jobTime !== undefined && !base.info.limits.includes("timeout")) throw cannotKeep(base.info, "timeout");
      const inner = await base.open<unknown>(workload as never);
      return new JobEvaluator<P>(inner, { names: workload.names, maxSteps: base.policy.maxSteps }, parts) as never;
    },
  };
}

class JobEvaluator<P> implements Evaluator<P> {
  readonly #inner: Evaluator;
  readonly #names: readonly string[];
  readonly #maxSteps: number;
  readonly #parts: Parts<P>;
  readonly #cache: JobCache | undefined;

  constructor(
    inner: Evaluator,
    { names, maxSteps = Infinity }: { readonly names: readonly string[]; readonly maxSteps: number | undefined },
    parts: Parts<P>,
  ) {
    const { cache = false } = parts.desk.spec;
    this.#inner = inner;
    this.#names = names;
    this.#maxSteps = maxSteps;
    this.#parts = parts;
    this.#cache = cache === false ? undefined : new JobCache(cache);
  }

  get concurrency(): number {
    return this.#inner.concurrency;
  }

  async evaluate(task: Task<P>): Promise<Outcome> {
    const { desk, enough } = this.#parts;
    try {
      const job = await desk.create(task);
      if (job !== undefined) return await this.#run(job, task);
    } catch (error) {
      return thrown(error);
    }
    enough();
    return { state: "cancelled", reason: "`createJob` gave no job" };
  }

  watch(changed: () => void): void {
    this.#inner.watch?.(changed);
  }

  over(...args: Parameters<NonNullable<Evaluator["over"]>>): void {
    this.#inner.over?.(...args);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#inner[Symbol.asyncDispose]() as Promise<void>;
  }

  async #run(job: Job<P>, task: Task<P>): Promise<Outcome> {
    const fate = fateOf(job);
    const found = await this.#cache?.find(job, this.#names);
    if (found !== undefined) fate.cached = found.id;
    task.keep?.(this.#parts.desk.recordOf(job));
    if (found === undefined) return this.#launch(job, task);
    task.placed(null);
    for (const { step, values } of found.reports) await task.report(step, values);
    return { state: "complete", values: found.values };
  }

  async #launch(job: Job<P>, task: Task<P>): Promise<Outcome> {
    const fate = fateOf(job);
    const reports: TrialReport[] = [];
    const { jobTime = Infinity } = this.#parts.desk.spec;
    const ending = new AbortController();
    let ended: FinalOutcome | undefined;
    const end = (outcome: FinalOutcome): void => ending.abort((ended ??= outcome));
    const complete = (): FinalOutcome | undefined => this.#outcomeOf(longer(reports, fate.trial?.reports));
    const reported = (step: number, values: TrialReport["values"], verdict: Verdict): Verdict => {
      reports.push({ step, values });
      if (verdict === "prune" && step >= this.#maxSteps) end(complete() ?? unreported(this.#names, step));
      return ended === undefined ? verdict : "prune"; // unwinds it; `ended` is what counts
    };
    fate.end = end;
    this.#parts.desk.running.add(job);
    fate.conclude = (reason) => end(complete() ?? { state: "cancelled", reason });
    const timeout = Math.min(task.timeout ?? Infinity, jobTime);
    try {
      const outcome = await underEither([task.signal, ending.signal], (signal) =>
        this.#inner.evaluate({
          ...task,
          params: { [MARK]: job.toJSON() },
          signal,
          ...(timeout === Infinity ? {} : { timeout }),
          placed: (where) => {
            fate.began = realClock.now();
            task.placed(where);
          },
          report: async (step, values, details) =>
            ended === undefined ? reported(step, values, await task.report(step, values, details)) : "prune",
          reportSync: (step, values) =>
            ended === undefined ? reported(step, values, task.reportSync(step, values)) : "prune",
        }),
      );
      if (ended !== undefined) return ended;
      const late = outcome.state === "failed" && outcome.failure.kind === "timeout" && jobTime <= timeout;
      if (late) return complete() ?? outcome;
      await this.#cache?.keep(job, outcome, reports).catch((error: unknown) => {
        this.#parts.desk.watched?.warn(`the result of job ${job.id} could not be cached: ${messageOf(error)}`);
      });
      return outcome;
    } finally {
      this.#parts.desk.running.delete(job);
      delete fate.end;
      delete fate.conclude;
    }
  }

  /** What was reported, as an outcome; undefined where an objective was not. */
  #outcomeOf(reports: readonly TrialReport[]): FinalOutcome | undefined {
    const names = new Set(reports.flatMap(({ values }) => Object.keys(values)));
    if (!this.#names.every((name) => names.has(name))) return undefined;
    const { over } = this.#parts;
    const values = [...names].map(
      (name) => [name, { value: metricOf(name, reports)![over.get(name) ?? "last"] }] as const,
    );
    return { state: "complete", values: Object.fromEntries(values) };
  }
}

/** The journal knows of some reports first, this evaluator of others. */
function longer(a: readonly TrialReport[], b: readonly TrialReport[] = []): readonly TrialReport[] {
  return a.length >= b.length ? a : b;
}

function unreported(names: readonly string[], step: number): FinalOutcome {
  const wanted = names.map((name) => `\`${name}\``).join(", ");
  return failed("invalid", `Expected the job to report ${wanted} up to its last step, ${step}`);
}

/** The trial of an objective, of which the reports are noted. */
function listening(trial: TrialContext, reports: TrialReport[]): TrialContext {
  const note = (step: number, given: number | TrialReport["values"]): void => {
    const values = typeof given === "number" ? { [trial.names[0] ?? "value"]: given } : given;
    reports.push({ step, values });
  };
  return Object.create(trial, {
    signal: { get: () => trial.signal },
    dir: { get: () => trial.dir },
    cache: { get: () => trial.cache },
    report: {
      value: (...[step, values]: Parameters<TrialContext["report"]>) => {
        note(step, values);
        return trial.report(step, values);
      },
    },
    reportSync: {
      value: (...[step, values]: Parameters<TrialContext["reportSync"]>) => {
        note(step, values);
        trial.reportSync(step, values);
      },
    },
  }) as TrialContext;
}
