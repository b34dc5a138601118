import { lossesOf } from "../../core/compared.ts";
import { expectNumber, refuseUnknown } from "../../core/errors.ts";
import type { StopRuleFactory } from "../../core/stop-rule.ts";
import { counts } from "../../core/trial.ts";
import { dominates } from "../../math/dominance.ts";
import { hypervolume } from "../../math/hypervolume.ts";

type Losses = readonly number[];

/**
 * Stops after `n` trials in a row that improved neither the best value nor, of several objectives, the Pareto front.
 * With `least` an improvement must be worth it, else a front that gains a hair now and then goes on for ever: the last
 * `n` trials together must have improved the best value by that share of the interquartile range of all values, or the
 * hypervolume of the front, below the worst values measured, by that share of itself. `least: 0.1` and `n = 5` are the
 * defaults of Ax's improvement strategy.
 */
export function stagnation(n: number, options: { readonly least?: number } = {}): StopRuleFactory {
  expectNumber("stagnation", n, { integer: true, low: 1 });
  refuseUnknown("stagnation", options, ["least"]);
  const least = options.least === undefined ? 0 : expectNumber("stagnation.least", options.least, { low: 0 });
  return {
    name: "stagnation",
    create: ({ objectives, feasible }) => {
      const all: Losses[] = [];
      /** The front after each of the last n + 1 trials, the present one last; a trial that adds nothing shares the one before. */
      const fronts: (readonly Losses[])[] = [[]];
      let since = 0;
      /** Whether it stalls, as far as that was asked since the last trial. */
      let stalled: boolean | undefined;
      const stalls = (): boolean => {
        const [before, now] = [fronts[0]!, fronts.at(-1)!];
        if (fronts.length <= n || before.length === 0) return false;
        return gain(before, now, all) < least;
      };
      return {
        tell: (trial) => {
          if (!counts(trial)) return;
          since++;
          stalled = undefined;
          const front = fronts.at(-1)!;
          fronts.push(front);
          if (fronts.length > n + 1) fronts.shift();
          if (trial.state !== "complete" || trial.atLeast || !feasible(trial)) return;
          const losses = lossesOf(objectives, trial.measured);
          if (least > 0) all.push(losses);
          const beaten = front.some((f) => dominates(f, losses) || f.every((v, i) => v === losses[i]));
          if (beaten) return;
          fronts[fronts.length - 1] = [...front.filter((f) => !dominates(losses, f)), losses];
          since = 0;
        },
        check: () => (since >= n || (least > 0 && (stalled ??= stalls())) ? "stagnation" : undefined),
      };
    },
  };
}

/** How much better a front is than an earlier one, as a share. */
function gain(before: readonly Losses[], now: readonly Losses[], all: readonly Losses[]): number {
  if (before === now) return 0;
  if (now[0]!.length > 1) {
    const worst = now[0]!.map((_, i) => all.reduce((most, losses) => Math.max(most, losses[i]!), -Infinity));
    const [was, is] = [hypervolume(before, worst), hypervolume(now, worst)];
    return was === 0 ? (is === 0 ? 0 : Infinity) : is / was - 1;
  }
  const values = all.map(([loss]) => loss!).sort((a, b) => a - b);
  const spread = at(values, 0.75) - at(values, 0.25);
  const improved = before[0]![0]! - now[0]![0]!;
  return spread === 0 ? (improved === 0 ? 0 : Infinity) : improved / spread;
}

/** The quantile of sorted values, between two of them in proportion (type 7 of Hyndman & Fan 1996, as NumPy has it). */
function at(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  return sorted[below]! + (place - below) * (sorted[Math.ceil(place)]! - sorted[below]!);
}
