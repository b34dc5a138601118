import { AttuneError } from "../core/errors.ts";
import type { BareTask, Evaluator } from "../core/evaluator.ts";
import type { Failure, FinalOutcome, Measured, Outcome } from "../core/outcome.ts";
import type { Retry } from "../core/attempt-policy.ts";
import { createRandom, type Random } from "../core/random.ts";
import type { TrialReport } from "../core/trial.ts";
import { absoluteOf } from "../core/timeout.ts";
import { durationText } from "../formats/quantity.ts";
import { printable } from "../formats/printable.ts";
import { realClock } from "../system/clock.ts";
import { underEither } from "../system/waiting.ts";
import { openEvaluator } from "./open-evaluator.ts";
import type { Prepared } from "./prepare.ts";

/** Where a configuration that is run for a check comes from. */
export type SubjectSource = "baseline" | "first" | "drawn";

/** The configuration that is run. */
export interface Subject<P> {
  readonly source: SubjectSource;
  readonly params: P;
}

/** One run that was complete. */
export interface RunOnce {
  readonly values: Readonly<Record<string, Measured>>;
  /** What it measured on each instance, where the objective has any. */
  readonly reports: readonly TrialReport[];
  /** Milliseconds, without the start of a worker. */
  readonly duration: number;
}

/** What to call the configuration in a sentence. */
export const CALLED: Readonly<Record<SubjectSource, string>> = {
  baseline: "the baseline",
  first: "the first configuration",
  drawn: "a configuration drawn from the space",
};

/** The error for a configuration that does not run; its cause is the failure. */
export function refusal(source: SubjectSource, { kind, message, stderr = "" }: Failure, during = ""): AttuneError {
  const called = CALLED[source];
  const last = printable(stderr).trimEnd().split("\n").slice(-LAST).join("\n  ");
  const said = last === "" || printable(message).endsWith(last.trim()) ? "" : `\n  ${last}`;
  const text = `${called[0]!.toUpperCase()}${called.slice(1)} failed${during} (${kind}): ${printable(message)}${said}`;
  return new AttuneError("all-failed", text, { cause: { kind, message, ...(stderr === "" ? {} : { stderr }) } });
}

/** What is run: the number that its seed comes from (its own, unless given), and the milliseconds that it may take. */
interface Run<P> {
  readonly params: P;
  readonly baseline: boolean;
  readonly seed?: number;
  readonly within: number;
  readonly patience: number;
}

/** How many lines of stderr are shown. */
const LAST = 5;

function failureOf(outcome: Exclude<FinalOutcome, { state: "complete" }>): Failure {
  if (outcome.state === "failed") return outcome.failure;
  const message = outcome.state === "pruned" ? "it said of itself that it is to be pruned" : outcome.reason;
  return { kind: outcome.state === "pruned" ? "invalid" : "lost", message };
}

/** Aborts the deadline after a time, unless the run is over before. */
async function ring(ms: number, over: AbortSignal, deadline: AbortController): Promise<void> {
  await realClock.sleep(ms, over);
  if (!over.aborted) deadline.abort("not needed any longer");
}

/**
 * Runs one configuration again and again as a search would, by the search's own evaluator, with its limits, retries,
 * leases and scratch directories; but without a study: no run is a trial, and nothing is recorded.
 */
export class RepeatedTrial<P> implements AsyncDisposable {
  readonly subject: Subject<P>;
  /** How many runs may go on at once. */
  readonly concurrency: number;
  readonly #evaluator: Evaluator<P, BareTask<P>>;
  readonly #timeout: number | undefined;
  readonly #retry: Retry;
  readonly #random: Random;
  readonly #log: (line: string) => void;
  #runs = 0;

  private constructor(
    { chosen, timeout, definition }: Prepared<P>,
    subject: Subject<P>,
    evaluator: Evaluator<P, BareTask<P>>,
    log: (line: string) => void,
  ) {
    this.#log = log;
    this.subject = subject;
    this.concurrency = evaluator.concurrency;
    this.#evaluator = evaluator;
    this.#timeout = absoluteOf(timeout);
    this.#retry = chosen.policy.retry;
    this.#random = createRandom(definition.seed).fork("check");
  }

  static async open<P>(prepared: Prepared<P>, subject: Subject<P>): Promise<RepeatedTrial<P>> {
    const { chosen, workload, timeout } = prepared;
    const log = (line: string): void => workload.log(line);
    const raw = chosen.policy.normalize === undefined ? chosen : chosen.with({ normalize: false });
    return new RepeatedTrial(prepared, subject, await openEvaluator(raw, { ...workload, log }, timeout), log);
  }

  /**
   * Runs it once. Throws when it fails, after the retries of the search; resolves with undefined when it did not end
   * `within` so many milliseconds after it began, and was ended; with "later" when it asks to wait for longer than
   * the `patience`, in milliseconds.
   */
  async once(
    signal: AbortSignal,
    {
      within = Infinity,
      patience = Infinity,
      during = "",
    }: { readonly within?: number; readonly patience?: number; readonly during?: string } = {},
  ): Promise<RunOnce | "later" | undefined> {
    const { params, source } = this.subject;
    const run = await this.#run({ params, baseline: source === "baseline", within, patience }, signal);
    if (typeof run === "object" && "failure" in run) throw refusal(source, run.failure, during);
    return run;
  }

  /** Runs another configuration in the same way: what it measured, or why it failed after the retries. The `seed` is that of its number. */
  async instead(
    params: P,
    { baseline, seed }: { readonly baseline: boolean; readonly seed: number },
    signal: AbortSignal,
  ): Promise<RunOnce | { readonly failure: Failure }> {
    const run = await this.#run({ params, baseline, seed, within: Infinity, patience: Infinity }, signal);
    return run as Exclude<typeof run, "later" | undefined>;
  }

  async #run(of: Run<P>, signal: AbortSignal): Promise<RunOnce | { readonly failure: Failure } | "later" | undefined> {
    const number = this.#runs++;
    for (let attempt = 1, failures = 0, waited = 0; ; attempt++) {
      const { outcome, duration, late, reports } = await this.#attempt(
        { seed: number, ...of },
        number,
        attempt,
        signal,
      );
      signal.throwIfAborted();
      if (outcome.state === "complete") return { values: outcome.values, reports, duration };
      if (late) return undefined;
      if (outcome.state === "later") {
        waited += outcome.after;
        if (waited > of.patience) return "later";
        this.#log(`${CALLED[this.subject.source]} asks to be run again in ${durationText(outcome.after)}`);
        await realClock.sleep(outcome.after, signal);
        signal.throwIfAborted();
        continue;
      }
      const failure = failureOf(outcome);
      if (++failures > this.#retry[failure.kind]) return { failure };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#evaluator[Symbol.asyncDispose]();
  }

  async #attempt(
    { params, baseline, seed, within }: Required<Run<P>>,
    number: number,
    attempt: number,
    signal: AbortSignal,
  ): Promise<{ outcome: Outcome; duration: number; late: boolean; reports: readonly TrialReport[] }> {
    const reports: TrialReport[] = [];
    const deadline = new AbortController();
    const over = new AbortController();
    let began = performance.now();
    let placed = false;
    const place = (): void => {
      if (placed) return;
      placed = true;
      began = performance.now();
      if (within < Infinity) void ring(within, over.signal, deadline);
    };
    try {
      const outcome = await underEither([signal, deadline.signal], (either) =>
        this.#evaluator.evaluate({
          number,
          attempt,
          params,
          baseline,
          seed: (this.#random.fork(seed).uniform() * 2 ** 32) >>> 0,
          signal: either,
          ...(this.#timeout === undefined ? {} : { timeout: this.#timeout }),
          placed: place,
          report: (step, values, details) => {
            if (details !== undefined) reports.push({ step, values, ...details });
            return "continue";
          },
          reportSync: () => "continue",
        }),
      );
      return { outcome, duration: performance.now() - began, late: deadline.signal.aborted, reports };
    } finally {
      over.abort();
    }
  }
}
