import { type AttemptOptions } from "../core/attempt-policy.ts";
import { type Clock, held } from "../core/clock.ts";
import { AttuneError, expectNumber, messageOf, refuseUnknown, show, usage } from "../core/errors.ts";
import { defineEvaluator, type Evaluator, type EvaluatorFactory, type Task, type Workload } from "../core/evaluator.ts";
import type { Json } from "../core/json.ts";
import { failed, type Outcome } from "../core/outcome.ts";
import type { JobHandle, RunnerJobState, Runner, RunnerFactory, RunnerJob } from "../core/runner.ts";
import { cancelled, CLOSED, reasonOf } from "../evaluators/supervision.ts";
import { whenAborted } from "../evaluators/when-aborted.ts";
import { realClock } from "../system/clock.ts";
import { type Ending, FollowedJob } from "./followed-job.ts";
import { Rhythm, type RhythmOptions } from "./rhythm.ts";

/** Options of {@link jobs}. */
export interface JobsOptions extends RhythmOptions {
  /** How many jobs there are at a time, waiting ones included; a function is asked before each submission. @default 1 */
  readonly capacity?: number | (() => number);
  /** How many of them may wait to be run. @default all */
  readonly pending?: number;
  /** Milliseconds for which the runner may not know a job, or not answer, before the job is `lost`. @default 60 000 */
  readonly grace?: number;
}

const OPTIONS: readonly (keyof JobsOptions)[] = ["capacity", "pending", "grace", "every", "factor", "longest"];

/**
 * An evaluator that submits each attempt as a job of a runner, and polls: the sooner the more happens. A job whose trial
 * is pruned, takes too long, or belongs to a search that is stopped is cancelled, and the runner told why. What the runner
 * does not know is at first an observation; only after `grace` is the job `lost`. Where jobs survive this process, a
 * resumed search attaches to them.
 */
export function jobs(factory: RunnerFactory, options: JobsOptions & AttemptOptions = {}): EvaluatorFactory {
  if (typeof factory !== "object" || factory === null || !("open" in factory))
    throw usage(`Expected jobs() to be given a configured runner, such as synthetic(), got ${show(factory)}`);
  const { name, summary, closures } = factory.info;
  return defineEvaluator<JobsOptions>(
    {
      name: `jobs(${name})`,
      summary: `Jobs of a runner: ${summary}`,
      closures,
      isolates: closures ? "nothing" : "processes",
      limits: ["workers", "timeout"],
    },
    (given) => {
      refuseUnknown("jobs", given, OPTIONS);
      const { capacity = 1, pending = Infinity, grace = 60_000, ...rhythm } = given;
      if (typeof capacity !== "function") expectNumber("capacity", capacity, { integer: true, low: 1 });
      if (pending !== Infinity) expectNumber("pending", pending, { integer: true, low: 1 });
      expectNumber("grace", grace, { low: 0 });
      Rhythm.check(rhythm);
      return async (workload) => {
        const { workers } = workload;
        const most = workers ?? capacity;
        return new Jobs(await factory.open(workload), {
          name,
          capacity: typeof most === "function" ? most : () => most,
          pending,
          grace,
          rhythm,
          attaches: factory.info.survives,
          log: (line, trial) => workload.log(line, trial),
        });
      };
    },
  )(options);
}

interface Parts {
  readonly name: string;
  readonly capacity: () => number;
  readonly pending: number;
  readonly grace: number;
  readonly rhythm: RhythmOptions;
  readonly attaches: boolean;
  readonly log: Workload["log"];
}

class Jobs<P> implements Evaluator<P> {
  readonly clock: Clock;
  readonly attach?: NonNullable<Evaluator<P>["attach"]>;
  readonly #runner: Runner<P>;
  readonly #parts: Parts;
  readonly #followed = new Map<JobHandle, FollowedJob<P>>();
  readonly #rhythm: Rhythm;
  readonly #changed: (() => void)[] = [];
  readonly #cancelling = new Set<Promise<void>>();
  /** How many jobs were submitted: an attempt may be several, with repeats or instances. */
  #submitted = 0;
  #polling = false;
  #closed = false;

  constructor(runner: Runner<P>, parts: Parts) {
    this.clock = runner.clock ?? realClock;
    this.#runner = runner;
    this.#parts = parts;
    this.#rhythm = new Rhythm(this.clock, parts.rhythm);
    if (parts.attaches) this.attach = (task, where) => this.#attach(task, where);
  }

  /** At least 1: when nothing is free, or too many wait, the next one joins those that wait. */
  get concurrency(): number {
    const { capacity, pending } = this.#parts;
    const running = [...this.#followed.values()].filter((job) => job.running).length;
    return Math.max(1, Math.min(expectNumber("capacity", capacity(), { low: 0 }), running + pending));
  }

  watch(changed: () => void): void {
    this.#changed.push(changed);
  }

  async evaluate(task: Task<P>): Promise<Outcome> {
    if (this.#closed) throw new AttuneError("evaluator", `Cannot run trial ${task.number}: the evaluator is closed`);
    if (task.signal.aborted) return cancelled(task.signal.reason);
    let handle: JobHandle;
    try {
      handle = await held(this.clock, () => this.#runner.submit(jobOf(task, this.#submitted++)));
    } catch (error) {
      return failed("lost", `the job of trial ${task.number} could not be submitted: ${messageOf(error)}`);
    }
    task.placed({ runner: this.#parts.name, job: handle });
    return this.#follow(task, handle);
  }

  async #attach(task: Task<P>, where: Json): Promise<Outcome> {
    const { runner, job } = (where ?? {}) as { readonly runner?: Json; readonly job?: Json };
    if (runner !== this.#parts.name || typeof job !== "string")
      return failed("lost", `expected a job of ${this.#parts.name}, got ${show(where)}`);
    return this.#follow(task, job);
  }

  #follow(task: Task<P>, handle: JobHandle): Promise<Outcome> {
    return new Promise((resolve) => {
      const { name, grace } = this.#parts;
      const end = ({ outcome, cancel }: Ending): void => {
        ignore();
        if (cancel === undefined) this.#forget(handle);
        resolve(cancel === undefined ? outcome : this.#cancel(handle, cancel).then(() => outcome));
      };
      const job = new FollowedJob<P>({ task, handle, runner: name, clock: this.clock, grace, end });
      const stop = (outcome: Outcome): void => job.end({ outcome, cancel: reasonOf(outcome) });
      const ignore = whenAborted(task.signal, () => stop(cancelled(task.signal.reason)));
      this.#followed.set(handle, job);
      this.#rhythm.hurry();
      void this.#poll();
      if (this.#closed) stop(CLOSED);
      else if (task.signal.aborted) stop(cancelled(task.signal.reason));
    });
  }

  #forget(handle: JobHandle): void {
    this.#followed.delete(handle);
    this.#rhythm.hurry();
    this.#tell();
  }

  /** The trial is over when nothing of its job runs any more. */
  #cancel(handle: JobHandle, reason: string): Promise<void> {
    const cancelling = held(this.clock, () => this.#runner.cancel(handle, reason))
      .catch((error: unknown) => this.#parts.log(`cannot cancel job ${handle}: ${messageOf(error)}`))
      .finally(() => {
        this.#forget(handle);
        this.#cancelling.delete(cancelling);
      });
    this.#cancelling.add(cancelling);
    return cancelling;
  }

  /** Polls as long as there are jobs. */
  async #poll(): Promise<void> {
    if (this.#polling) return;
    this.#polling = true;
    while (this.#followed.size > 0 && !this.#closed) {
      await this.#rhythm.beat();
      if (this.#followed.size > 0 && !this.#closed && (await held(this.clock, () => this.#look())))
        this.#rhythm.hurry();
    }
    this.#polling = false;
  }

  /** One poll of everything. Resolves with whether something has changed. */
  async #look(): Promise<boolean> {
    const states = await this.#states([...this.#followed.keys()]);
    const news = await Promise.all(
      [...this.#followed].map(([handle, job]) => {
        const unasked: RunnerJobState = { state: "unknown", reason: "it says nothing about it" };
        return job.note(states.get(handle) ?? unasked);
      }),
    );
    const changed = news.includes(true);
    if (changed) this.#tell();
    return changed;
  }

  /** Where a poll fails, each job is asked for alone, so that one of them does not make all unknown. */
  async #states(handles: readonly JobHandle[]): Promise<ReadonlyMap<JobHandle, RunnerJobState>> {
    try {
      return await this.#runner.poll(handles);
    } catch (error) {
      if (handles.length > 1) {
        const each = await Promise.all(handles.map((handle) => this.#states([handle])));
        return new Map(each.flatMap((states) => [...states]));
      }
      return new Map(handles.map((handle) => [handle, { state: "unknown", reason: messageOf(error) }]));
    }
  }

  #tell(): void {
    for (const changed of this.#changed) changed();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const job of this.#followed.values()) job.end({ outcome: CLOSED, cancel: reasonOf(CLOSED) });
    this.#rhythm.stop();
    await Promise.all(this.#cancelling);
  }
}

/** The job of an attempt, or of one run of it. */
function jobOf<P>(task: Task<P>, run: number): RunnerJob<P> {
  const { number, attempt, params, baseline, seed, instance, timeout, dir, leases, environment } = task;
  return {
    name: `attune-${task.study ?? "alone"}-${number}.${attempt}-${run}`,
    number,
    attempt,
    params,
    baseline,
    seed,
    dir,
    leases,
    ...(instance === undefined ? {} : { instance }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(environment === undefined ? {} : { environment }),
  };
}
