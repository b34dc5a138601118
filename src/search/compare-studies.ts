import { compareSamples, type Comparison } from "../analysis/compare.ts";
import { referenceOf } from "../analysis/history.ts";
import { show, usage } from "../core/errors.ts";
import type { Direction } from "../core/objective.ts";
import { counts, type FinishedTrial } from "../core/trial.ts";
import { hypervolume } from "../math/hypervolume.ts";
import type { SearchResult } from "./result.ts";

/** How two ways of searching compare, each of which was run once or several times. */
export interface StudyComparison {
  /** What is compared: the best value of one objective, the hypervolume of the front of several. */
  readonly name: string;
  readonly direction: Direction;
  /** The number of trials after which they are compared: that of the shortest. */
  readonly trials: number;
  /** One number per run; NaN where nothing had succeeded. */
  readonly a: readonly number[];
  readonly b: readonly number[];
  /** Undefined with fewer than two runs of either: how far one run would vary is not known then. */
  readonly comparison?: Comparison;
}

/** The fewest runs of each. */
const RUNS = 2;

/**
 * Compares two ways of searching by what their runs had found after equally many trials: the best value, or the hypervolume of
 * the front below a point that is a tenth of the range worse than the worst of all. The runs of one are its samples, which is
 * what its chance varies: with one of each there is nothing to say. Limits are kept. Throws a usage error where the
 * objectives differ or a run found nothing within the limits.
 */
export function compareStudies(
  a: readonly SearchResult[],
  b: readonly SearchResult[],
  { confidence = 0.95 }: { readonly confidence?: number } = {},
): StudyComparison {
  const all = [...a, ...b];
  const [first] = all;
  if (first === undefined || a.length === 0 || b.length === 0)
    throw usage(`Expected a run of each, got ${a.length} and ${b.length}`);
  for (const { objectives } of all)
    if (show(objectives) !== show(first.objectives))
      throw usage(`Expected studies with equal objectives, got ${show(first.objectives)} and ${show(objectives)}`);
  const trials = Math.min(...all.map((result) => result.trials.filter(counts).length));
  const known = all.map((result) => lossesWithin(result, trials));
  const several = first.objectives.length > 1;
  const reference = several ? referenceOf(known.flat()) : [];
  const numbers = known.map((losses) => {
    if (losses.length === 0) return NaN;
    if (several) return hypervolume(losses, reference);
    const best = losses.reduce((least, [loss]) => Math.min(least, loss!), Infinity);
    return first.objectives[0]!.direction === "maximize" ? -best : best;
  });
  const empty = numbers.findIndex(Number.isNaN);
  if (empty >= 0)
    throw usage(
      `Nothing to compare: run ${empty + 1} of ${all.length} has no feasible trial among its first ${trials}`,
    );
  const [of, against] = [numbers.slice(0, a.length), numbers.slice(a.length)];
  const direction = several ? "maximize" : first.objectives[0]!.direction;
  return {
    name: several ? "hypervolume" : first.objectives[0]!.name,
    direction,
    trials,
    a: of,
    b: against,
    ...(of.length < RUNS || against.length < RUNS
      ? {}
      : { comparison: compareSamples(of, against, { direction, confidence }) }),
  };
}

/** The losses of the feasible ones of the first trials that count. */
function lossesWithin(result: SearchResult, trials: number): number[][] {
  const last = result.trials.filter(counts)[trials - 1]?.number ?? -1;
  const within = ({ number, source }: FinishedTrial): boolean => number <= last && source !== "baseline";
  return result.feasible.filter(within).map((trial) => result.losses(trial).map((loss) => loss));
}
