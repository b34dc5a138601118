import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Pruner } from "attune";

/** What was recorded of one configuration: the losses after each epoch, and the milliseconds that an epoch took. */
export interface RecordedCurve {
  readonly losses: readonly (readonly number[])[];
  readonly ms: number;
}

/** The data sets of test/reference/curves. */
export const DATA = ["digits", "breast-cancer", "wine"] as const;

/** What can be optimised: the logarithm of the cross-entropy, the share of noisy rows that is wrong, that of the number of weights. */
export type Recorded = "loss" | "noisy" | "size";

/** The recorded curves of a data set, for some objectives. */
export function recordedCurves(data: (typeof DATA)[number], objectives: readonly Recorded[]): RecordedCurve[] {
  const file = fileURLToPath(new URL(`../../test/reference/curves/${data}.jsonl`, import.meta.url));
  const [, ...lines] = readFileSync(file, "utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const row = JSON.parse(line) as { loss: number[]; noisy: number[]; size: number; ms: number };
    const values: Readonly<Record<Recorded, (epoch: number) => number>> = {
      loss: (epoch) => Math.log10(Math.max(row.loss[epoch]!, 1e-3)),
      noisy: (epoch) => row.noisy[epoch]!,
      size: () => Math.log10(row.size),
    };
    return { losses: row.loss.map((_, epoch) => objectives.map((name) => values[name](epoch))), ms: row.ms };
  });
}

/** How recorded trials are played. */
export interface Playing {
  readonly trials: number;
  /** How many run at a time, in a shuffled order. */
  readonly workers: number;
  readonly uniform: () => number;
}

/** What playing them came to. */
export interface PlayedCurves {
  /** Of the epochs of all trials, the share that was not run; of their time likewise. */
  readonly saved: number;
  readonly savedTime: number;
  /** The last losses of the trials that were complete, and of all. */
  readonly complete: readonly (readonly number[])[];
  readonly all: readonly (readonly number[])[];
  readonly reports: number;
  /** The curves that were played, by the numbers of their trials. */
  readonly order: readonly RecordedCurve[];
}

/** Runs so many of the curves, drawn without replacement, under a pruner; undefined prunes none. */
export function playCurves(
  curves: readonly RecordedCurve[],
  pruner: Pruner | undefined,
  { trials, workers, uniform }: Playing,
): PlayedCurves {
  const order = curves.map((_, i) => i);
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const chosen = order.slice(0, trials).map((i) => curves[i]!);
  const running: { readonly number: number; readonly curve: RecordedCurve; step: number }[] = [];
  const complete: (readonly number[])[] = [];
  let [reports, time, next] = [0, 0, 0];
  while (next < trials || running.length > 0) {
    if (next < trials && running.length < workers) {
      running.push({ number: next, curve: chosen[next]!, step: 0 });
      next++;
      continue;
    }
    const at = Math.floor(uniform() * running.length);
    const trial = running[at]!;
    const { number, curve } = trial;
    const step = trial.step++;
    const report = (k: number) => ({ step: k, losses: curve.losses[k]!, elapsed: (k + 1) * curve.ms });
    reports++;
    time += curve.ms;
    const last = trial.step === curve.losses.length;
    const verdict = pruner?.report(number, report(step)) ?? "continue";
    if (!last && verdict === "continue") continue;
    running.splice(at, 1);
    if (last) complete.push(curve.losses[step]!);
    pruner?.tell({
      number,
      state: last ? "complete" : "pruned",
      unit: new Float64Array(),
      losses: last ? curve.losses[step]! : [],
      constraints: [],
      cost: 1,
      duration: trial.step * curve.ms,
      reports: Array.from({ length: trial.step }, (_, k) => report(k)),
    });
  }
  const whole = chosen.reduce((sum, { losses }) => sum + losses.length, 0);
  const wholeTime = chosen.reduce((sum, { losses, ms }) => sum + losses.length * ms, 0);
  const all = chosen.map(({ losses }) => losses.at(-1)!);
  return { saved: 1 - reports / whole, savedTime: 1 - time / wholeTime, complete, all, reports, order: chosen };
}

/** The mean, and the 95 % bootstrap interval of it. */
export function meanInterval(
  values: readonly number[],
  uniform: () => number,
): { mean: number; low: number; high: number } {
  const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
  const means = Array.from({ length: 2000 }, () =>
    mean(values.map(() => values[Math.floor(uniform() * values.length)]!)),
  ).sort((a, b) => a - b);
  return { mean: mean(values), low: means[50]!, high: means[1949]! };
}
