import { expectNumber, refuseUnknown } from "../core/errors.ts";
import { definePruner, type PrunerDefinition } from "../core/pruner.ts";
import { Curves } from "./curves.ts";
import { Field } from "./field.ts";
import { Pace, PACE, type PaceOptions } from "./pace.ts";
import { Standings } from "./standings.ts";

/** Options of {@link dominance}. */
export interface DominanceOptions extends PaceOptions {
  /** The share of the others, in percent, behind which a trial is pruned. @default 67 */
  readonly percentile?: number;
  /** How many trials must be complete before any is pruned; one at least. @default 10 */
  readonly startup?: number;
  /** No trial is judged before this step; by time, before so many milliseconds. @default 1; by time 0 */
  readonly warmup?: number;
}

/**
 * Prunes trials of several objectives. How many others dominate a trial at the same step is its rank, which needs no weights
 * (C. M. Fonseca and P. J. Fleming, "Genetic algorithms for multiobjective optimization", ICGA 1993); one is pruned whose
 * rank is worse than that of `percentile` % of the others, complete and pruned ones. It is judged by its best values so far,
 * objective by objective, and as if each improved once more as much as in the latter half of its steps: so what is late, but
 * still coming, stays. A trial that nobody dominates always goes on.
 * @example dominance({ warmup: 5 })
 */
export const dominance: PrunerDefinition<DominanceOptions> = definePruner(
  {
    name: "dominance",
    summary: "Prunes what more trials dominate at the same step than most of them.",
    multiObjective: true,
  },
  (options: DominanceOptions) => {
    refuseUnknown("dominance", options, ["percentile", "startup", ...PACE]);
    const { percentile = 67, startup = 10, warmup = options.by === "time" ? 0 : 1 } = options;
    expectNumber("dominance.percentile", percentile, { low: 0, high: 100 });
    expectNumber("dominance.startup", startup, { integer: true, low: 0 });
    const pace = new Pace("dominance", { ...options, warmup });
    return () => {
      const curves = new Curves();
      const pasts = new Map<number, Past>();
      const field = new Field(pace, () => new Standings());
      let complete = 0;
      return {
        report: (number, report) => {
          let past = pasts.get(number);
          if (past === undefined) pasts.set(number, (past = new Past()));
          past.add(pace.by === "step" ? report.step : report.elapsed, report.losses);
          const at = pace.due(curves.add(number, report));
          if (complete < Math.max(1, startup) || at === undefined) return "continue";
          const hope = past.hope;
          if (hope === undefined || hope.some(Number.isNaN)) return "continue";
          return field.at(at)?.beats(hope, percentile / 100) ? "prune" : "continue";
        },
        tell: ({ number, state, reports }) => {
          curves.end(number);
          pasts.delete(number);
          if (state === "complete") complete++;
          if (state === "complete" || state === "pruned") field.add(reports);
        },
      };
    };
  },
);

/** The best losses of a running trial over its steps or its time. */
class Past {
  readonly #bests: { readonly at: number; readonly best: readonly number[] }[] = [];

  add(at: number, losses: readonly number[]): void {
    const last = this.#bests.at(-1);
    const best = losses.map((loss, k) => least(last?.best[k] ?? NaN, loss));
    this.#bests.push({ at: Math.max(at, last?.at ?? at), best });
  }

  /** Where it would be if it improved once more as much as in the latter half of its life; undefined at its beginning. */
  get hope(): readonly number[] | undefined {
    const last = this.#bests.at(-1)!;
    let [low, high] = [0, this.#bests.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#bests[middle]!.at <= last.at / 2) low = middle + 1;
      else high = middle;
    }
    const half = this.#bests[low - 1];
    return half === undefined || half === last ? undefined : last.best.map((loss, k) => loss - (half.best[k]! - loss));
  }
}

/** The smaller of two numbers, whichever of them is one. */
function least(a: number, b: number): number {
  return Number.isNaN(a) || b < a ? b : a;
}
