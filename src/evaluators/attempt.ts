import { AttemptFailed, isAttemptFailed } from "../core/attempt-failed.ts";
import { messageOf, show } from "../core/errors.ts";
import type { Environment, Leases, ObjectiveFunction, TrialContext, Workload } from "../core/evaluator.ts";
import type { Instance } from "../core/instance.ts";
import type { Awaitable, Json } from "../core/json.ts";
import { judged, tooManyNames } from "../core/measure.ts";
import { failed, type Outcome } from "../core/outcome.ts";
import { isPruned, TrialPruned } from "../core/pruned.ts";
import type { Verdict } from "../core/pruner.ts";
import { isRetryLater } from "../core/retry-later.ts";
import { cacheDirectory } from "../system/cache-directory.ts";
import { makeDirectory } from "../system/directory.ts";

/** What an attempt is made from: a task, or a `run` message in a worker. */
export interface AttemptSource {
  readonly number: number;
  readonly attempt: number;
  readonly baseline: boolean;
  readonly seed: number;
  readonly instance?: Instance | undefined;
  readonly worker: number;
  readonly dir: string;
  readonly leases: Leases;
  readonly environment?: Environment | undefined;
  report(step: number, values: Readonly<Record<string, number>>): Awaitable<Verdict>;
  reportSync(step: number, values: Readonly<Record<string, number>>): Verdict;
  log(line: string): void;
}

const NONE: Environment = {};

/**
 * One execution of an objective function in this process, and the `trial` that the function is handed. What the function
 * does, a throw included, becomes an outcome. A verdict to prune is remembered, so that a report that nobody awaited
 * prunes all the same.
 */
export class Attempt implements TrialContext {
  readonly number: number;
  readonly attempt: number;
  readonly baseline: boolean;
  readonly seed: number;
  readonly instance: Json | undefined;
  readonly names: readonly string[];
  readonly worker: number;
  readonly leases: Leases;
  readonly environment: Environment;
  /** Properties and not methods, so that objectives may take them out of the trial: `(params, { report }) => …`. */
  readonly report: TrialContext["report"];
  readonly reportSync: TrialContext["reportSync"];
  readonly log: TrialContext["log"];
  readonly exclusive: TrialContext["exclusive"];
  readonly #source: AttemptSource;
  readonly #limited: readonly string[] | undefined;
  #controller: AbortController | undefined = undefined;
  #aborted: Error | undefined = undefined;
  /** What a report has settled already, whatever the objective returns. */
  #settled: Outcome | undefined = undefined;
  #reports: Set<Promise<void>> | undefined = undefined;
  #dirMade = false;

  /** A bare number is reported under the first of the names. */
  constructor(source: AttemptSource, { names, limited }: Pick<Workload, "names" | "limited">) {
    this.number = source.number;
    this.attempt = source.attempt;
    this.baseline = source.baseline;
    this.seed = source.seed;
    this.instance = source.instance?.value;
    this.#source = source;
    this.names = names;
    this.#limited = limited;
    this.worker = source.worker;
    this.leases = source.leases;
    this.environment = source.environment ?? NONE;
    this.report = (step, values) => this.#watch(this.#report(step, values));
    this.reportSync = (step, given) => {
      const values = this.#named(step, given);
      if (source.reportSync(step, values) === "prune") throw this.#prune();
    };
    this.log = (text) => {
      const given = typeof text === "string" ? text : show(text);
      for (const line of given.replace(/\r?\n$/, "").split(/\r?\n/)) source.log(line);
    };
    this.exclusive = async (phase, work) => {
      if (typeof phase !== "string" || phase === "")
        throw new TypeError(`Expected the phase of exclusive() to be a text, got ${show(phase)}`);
      const { holdPhase } = await import("../system/host-lock.ts"); // few objectives need it, and all would load it
      return holdPhase(phase, this.signal, work);
    };
  }

  /** Made when it is first asked for. */
  get dir(): string {
    const { dir } = this.#source;
    if (!this.#dirMade) makeDirectory(dir);
    this.#dirMade = true;
    return dir;
  }

  /** Made when it is first asked for. */
  get cache(): string {
    const cache = cacheDirectory();
    makeDirectory(cache);
    return cache;
  }

  /** Made when it is first asked for: most objectives never look. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#aborted) this.#controller.abort(this.#aborted);
    return this.#controller.signal;
  }

  /** Aborts {@link signal}. The first reason counts. */
  abort(reason: Error): void {
    if (this.#aborted) return;
    this.#aborted = reason;
    this.#controller?.abort(reason);
  }

  /** Calls the objective, once. The outcome comes at once when it is synchronous. Never throws, never rejects. */
  run<P>(objective: ObjectiveFunction<P>, params: P): Awaitable<Outcome> {
    let returned: unknown;
    try {
      returned = objective(params, this);
    } catch (error) {
      return this.#settled ?? thrown(error);
    }
    if (!isThenable(returned) && !this.#reports?.size) return this.#judge(returned);
    return this.#finish(returned);
  }

  async #finish(returned: unknown): Promise<Outcome> {
    try {
      const value = await returned;
      if (this.#reports?.size) await Promise.allSettled(this.#reports);
      return this.#judge(value);
    } catch (error) {
      return this.#settled ?? thrown(error);
    }
  }

  #judge(returned: unknown): Outcome {
    if (this.#settled) return this.#settled;
    try {
      return judged(returned, this.names, this.#limited);
    } catch (error) {
      return thrown(error); // a getter or proxy in what was returned
    }
  }

  async #report(step: number, given: number | Readonly<Record<string, number>>): Promise<void> {
    const answer = this.#source.report(step, this.#named(step, given));
    if ((typeof answer === "string" ? answer : await answer) === "prune") throw this.#prune();
  }

  /** The values of a report by name. */
  #named(step: number, given: number | Readonly<Record<string, number>>): Readonly<Record<string, number>> {
    const values = typeof given === "number" ? { [this.names[0] ?? "value"]: given } : given;
    const wrong = problem(step, values);
    if (wrong === undefined) return values;
    const invalid = new AttemptFailed({ kind: "invalid", message: wrong });
    this.#settle(failed("invalid", wrong), invalid);
    throw invalid;
  }

  #prune(): Error {
    const pruned = new TrialPruned();
    this.#settle({ state: "pruned" }, pruned);
    return pruned;
  }

  #settle(outcome: Outcome, reason: Error): void {
    this.#settled ??= outcome;
    this.abort(reason);
  }

  /** Whoever forgets to await a report must not end the process by an unhandled rejection. */
  #watch(report: Promise<void>): Promise<void> {
    const reports = (this.#reports ??= new Set());
    reports.add(report);
    const over = (): void => {
      reports.delete(report);
    };
    report.then(over, over);
    return report;
  }
}

function problem(step: number, values: unknown): string | undefined {
  if (typeof step !== "number" || !Number.isFinite(step) || step < 0)
    return `Expected the step of a report to be a finite number ≥ 0, got ${show(step)}`;
  if (typeof values !== "object" || values === null)
    return `Expected the values of a report to be a number or an object of numbers, got ${show(values)}`;
  const many = tooManyNames(values);
  if (many !== undefined) return `Expected a report to hold ${many}`;
  for (const [name, value] of Object.entries(values))
    if (typeof value !== "number" || !Number.isFinite(value))
      return `Expected the report of \`${name}\` to be a finite number, got ${show(value)}`;
  return undefined;
}

function isThenable(value: unknown): boolean {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** What something thrown by an objective means. */
export function thrown(error: unknown): Outcome {
  if (isPruned(error)) return { state: "pruned" };
  if (isRetryLater(error)) return { state: "later", after: error["attune.later"], reason: error.message };
  if (isAttemptFailed(error)) return { state: "failed", failure: error["attune.failure"] };
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
  const message = messageOf(error);
  const stack = error instanceof Error && error.stack ? { stack: error.stack } : {};
  return failed("error", code === undefined || message.includes(code) ? message : `${message} (${code})`, stack);
}
