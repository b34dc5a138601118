import { expectNumber, refuseUnknown } from "../core/errors.ts";
import { definePruner, type PrunerDefinition } from "../core/pruner.ts";
import { signedRankTest } from "../math/signed-rank.ts";

/** Options of {@link wilcoxon}. */
export interface WilcoxonOptions {
  /** Prunes what is worse with a probability of error below this. @default 0.1 */
  readonly p?: number;
  /** How many steps the trial must share with the best one; two at least. @default 2 */
  readonly startup?: number;
}

interface Best {
  readonly loss: number;
  readonly mean: number;
  /** By step; undefined where one is not finite. */
  readonly values: ReadonlyMap<number, number> | undefined;
}

/**
 * Prunes a trial that is worse than the best complete one on the steps that both have: the one-sided signed-rank test of
 * their differences (F. Wilcoxon, Biometrics Bulletin 1, 1945; the rule of Optuna's `WilcoxonPruner`). For objectives that
 * are means over instances, folds or seeds, each reported as a step, in any order: what is clearly worse after a few is not
 * measured on the rest. Never a trial whose mean so far is at least as good as the best one's.
 * @example wilcoxon({ p: 0.05, startup: 4 })
 */
export const wilcoxon: PrunerDefinition<WilcoxonOptions> = definePruner(
  { name: "wilcoxon", summary: "Prunes what is worse than the best trial over the instances that both were run on." },
  (options: WilcoxonOptions) => {
    refuseUnknown("wilcoxon", options, ["p", "startup"]);
    const { p = 0.1, startup = 2 } = options;
    expectNumber("wilcoxon.p", p, { low: 0, high: 1 });
    expectNumber("wilcoxon.startup", startup, { integer: true, low: 0 });
    return () => {
      const running = new Map<number, Map<number, number>>();
      let best: Best | undefined;
      return {
        report: (number, { step, losses }) => {
          let own = running.get(number);
          if (own === undefined) running.set(number, (own = new Map()));
          if (!own.has(step)) own.set(step, losses[0]!);
          if (best?.values === undefined || ![...own.values()].every(Number.isFinite)) return "continue";
          const differences: number[] = [];
          for (const [at, value] of own) {
            const other = best.values.get(at);
            if (other !== undefined) differences.push(value - other);
          }
          if (differences.length < Math.max(2, startup) || meanOf(own) <= best.mean) return "continue";
          return signedRankTest(differences) < p ? "prune" : "continue";
        },
        tell: ({ number, state, losses: [loss], constraints, reports, atLeast }) => {
          running.delete(number);
          if (state !== "complete" || atLeast || constraints.some((excess) => !(excess <= 0))) return;
          if (best !== undefined && loss! >= best.loss) return;
          const values = new Map<number, number>();
          for (const { step, losses } of reports) if (!values.has(step)) values.set(step, losses[0]!);
          const usable = values.size > 0 && [...values.values()].every(Number.isFinite);
          best = { loss: loss!, mean: meanOf(values), values: usable ? values : undefined };
        },
      };
    };
  },
);

function meanOf(values: ReadonlyMap<number, number>): number {
  let sum = 0;
  for (const value of values.values()) sum += value;
  return sum / values.size;
}
