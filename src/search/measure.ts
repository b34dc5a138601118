import { type Estimate, FEWEST, untilPrecise } from "../analysis/until-precise.ts";
import { AttemptFailed } from "../core/attempt-failed.ts";
import { expectNumber, refuseUnknown, show, usage } from "../core/errors.ts";
import type { TrialContext } from "../core/evaluator.ts";
import { type CommandObjective, isCommand } from "../evaluators/command.ts";
import { realClock } from "../system/clock.ts";
import { timerStep } from "../system/stopwatch.ts";
import { commandRuns } from "./measure-command.ts";
import { callsPerSample, timeCalls } from "./timed-calls.ts";

/** How {@link measure} goes about it. */
export interface MeasureOptions {
  /** When it is precise enough: half the width of the interval as a share of the value. @default 0.01 */
  readonly precision?: number;
  /** The most samples, at least 6. @default 1000 */
  readonly maxRepeats?: number;
  /** The time that it may take in milliseconds, warm-up included; six samples are taken in any case. @default 10 000 */
  readonly maxTime?: number;
  /** The runs that come first and are not counted. @default as many as fit into 100 ms, or a tenth of `maxTime`; at least one */
  readonly warmup?: number;
  /** Ends it: it rejects with the signal's reason. @default the trial's signal, if there is a trial */
  readonly signal?: AbortSignal;
  /**
   * What a sample is. Of a function: the milliseconds that a call takes ("time"), or the number that it returns or resolves
   * with ("returned"). Of a command: the name of a value that it gives, `wall` being the milliseconds that it runs for.
   * @default "time"; of a command "wall"
   */
  readonly of?: string;
  /** What the placeholders of a command stand for. @default {} */
  readonly params?: object;
  /** The trial that measures, for a command's `{dir}`, `{seed}` and `{lease.gpu}`. @default a stand-in without leases */
  readonly trial?: TrialContext;
}

/** What {@link measure} found; an objective may return it as it is, or as one of its values. */
export interface MeasureResult extends Estimate {
  /** How many calls of a fast function one sample is the mean of; else 1. */
  readonly batch: number;
}

/** Milliseconds without giving timers and signals their turn. */
const TURN = 20;
/** How long the warm-up is, in milliseconds, and as a share of `maxTime`. */
const [WARM, WARM_SHARE] = [100, 0.1];

/**
 * Measures a function or a {@link command} again and again, until the 95 % confidence interval of the median is narrower
 * than ± `precision`, or `maxRepeats` or `maxTime` is reached (`settled` says which). The median and its interval take no
 * notice of how far outliers are out and assume no distribution; the interval widens when runs depend on those before. A
 * drift of the machine that is slower than the measurement is in no interval. Calls that are short beside the clock's step are timed
 * in batches. Rejects with what the target throws, with its failure if it is a command, with the signal's reason.
 * @example objective: async (p) => measure(() => encode(data, p.level))
 */
export async function measure(
  target: CommandObjective | (() => unknown),
  options: MeasureOptions = {},
): Promise<MeasureResult> {
  const { precision, maxRepeats, maxTime, warmup, of, signal } = check(target, options);
  const began = performance.now();
  const elapsed = (): number => performance.now() - began;
  let turned = began;
  /** Lets signals and timers be heard, also by targets that never wait. */
  const turn = async (): Promise<void> => {
    if (performance.now() - turned > TURN) {
      await realClock.sleep(0);
      turned = performance.now();
    }
    signal?.throwIfAborted();
  };
  await using runs = isCommand(target) ? commandRuns(target, of ?? "wall", { ...options, signal }) : undefined;
  const isTimed = runs === undefined && of !== "returned";
  const call = target as () => unknown;
  const sample = (batch: number): Promise<number> =>
    runs !== undefined ? runs.sample() : isTimed ? timeCalls(call, batch) : returnedBy(call);
  const warm = Math.min(WARM, maxTime * WARM_SHARE);
  for (let done = 0; warmup === undefined ? done === 0 || elapsed() < warm : done < warmup; done++) {
    await turn();
    await sample(1);
  }
  const batch = isTimed ? await callsPerSample(sample, timerStep(), turn) : 1;
  const next = async (): Promise<number> => {
    await turn();
    return sample(batch);
  };
  const found = await untilPrecise(next, { precision, maxRepeats, isOver: () => elapsed() >= maxTime });
  signal?.throwIfAborted();
  return { ...found, batch };
}

async function returnedBy(target: () => unknown): Promise<number> {
  const value = await target();
  if (typeof value === "number" && Number.isFinite(value)) return value;
  const message = `Expected the measured function to return a finite number, got ${show(value)}`;
  throw new AttemptFailed({ kind: "invalid", message });
}

const OPTIONS = ["precision", "maxRepeats", "maxTime", "warmup", "signal", "of", "params", "trial"] as const;

function check(target: unknown, options: MeasureOptions) {
  if (typeof target !== "function")
    throw usage(`Expected measure() to be given a function or a command(), got ${show(target)}`);
  refuseUnknown("measure()", options, OPTIONS);
  const { precision = 0.01, maxRepeats = 1000, maxTime = 10_000, warmup, of, signal = options.trial?.signal } = options;
  expectNumber("precision", precision, { above: 0 });
  expectNumber("maxRepeats", maxRepeats, { integer: true, low: FEWEST });
  expectNumber("maxTime", maxTime, { above: 0 });
  if (warmup !== undefined) expectNumber("warmup", warmup, { integer: true, low: 0 });
  if (!isCommand(target)) {
    if (of !== undefined && of !== "time" && of !== "returned")
      throw usage(`Expected \`of\` to be "time" or "returned" for a function, got ${show(of)}`);
    for (const name of ["params", "trial"] as const)
      if (options[name] !== undefined) throw usage(`\`${name}\` is for commands: a function has its own`);
  } else if (of !== undefined && (typeof of !== "string" || of === ""))
    throw usage(`Expected \`of\` to name a value of the command, got ${show(of)}`);
  return { precision, maxRepeats, maxTime, warmup, of, signal };
}
