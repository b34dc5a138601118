import type { Json } from "../core/json.ts";
import { createRandom } from "../core/random.ts";
import { counts } from "../core/trial.ts";
import { inline } from "../evaluators/index.ts";
import { hypervolume } from "../math/hypervolume.ts";
import { medianOf } from "../math/median.ts";
import { nonDominated } from "../math/non-dominated.ts";
import type { AnyProblem } from "../problems/problem.ts";
import { failures } from "../study/stop-rules/index.ts";
import * as samplers from "../samplers/index.ts";
import type { SamplerDefinition } from "../core/sampler.ts";
import { pick } from "./registry.ts";
import { Search } from "./search.ts";

/** One search of a problem, to be scored. */
export interface BenchRun {
  readonly sampler: string;
  readonly options: Readonly<Record<string, Json>>;
  readonly trials: number;
  readonly seed: number;
}

/** What a search of a problem came to. */
export interface BenchResult {
  /** After each number of trials in {@link checkpoints}, the score: less is better, `Infinity` where nothing is feasible yet. */
  readonly scores: readonly number[];
  readonly failed: number;
}

/** The fewest and most trials after which a run is scored. */
const POINTS = 100;
/** The same where a score is a hypervolume, which takes a while. */
const VOLUMES = 25;

/** The numbers of trials after which runs are scored, evenly spaced; the last is all. */
export function checkpoints(trials: number, objectives: number): number[] {
  const most = Math.min(trials, objectives > 1 ? VOLUMES : POINTS);
  return Array.from({ length: most }, (_, i) => Math.round(((i + 1) * trials) / most));
}

/**
 * Runs a search of a problem, one trial at a time, and scores it by true losses. Of one objective: the true loss of the feasible
 * trial that was best as far as the search saw. Of several: minus the hypervolume of the true losses of feasible trials, scaled
 * (see {@link scaleOf}).
 */
export async function benchRun(
  problem: AnyProblem,
  { sampler, options, trials, seed }: BenchRun,
): Promise<BenchResult> {
  const search = new Search({
    space: problem.space,
    objectives: Object.fromEntries(problem.objectives.map((name) => [name, "minimize" as const])),
    constraints: problem.constraints,
    objective: (params, trial) => problem.evaluate(params, trial),
    sampler: pick<SamplerDefinition>(samplers, "sampler", sampler)(options),
    evaluator: inline({ workers: 1 }),
    stop: failures(false),
    trials,
    seed,
  });
  const { trials: all } = await search.start();
  const own = all.filter(counts);
  const several = problem.objectives.length > 1;
  const scale = several ? scaleOf(problem) : undefined;
  let best = Infinity;
  let score = Infinity;
  const front: number[][] = [];
  const at = new Set(checkpoints(trials, problem.objectives.length));
  const scores: number[] = [];
  for (let n = 0; n < trials; n++) {
    const trial = own[n];
    if (trial?.state === "complete") {
      const row = problem.space.row(trial.params);
      const seen = trial.values[problem.objectives[0]!]!;
      if (problem.excess(row).every((c) => c <= 0)) {
        if (scale !== undefined) front.push(scale.scaled(problem.losses(row)));
        else if (seen < best) [best, score] = [seen, problem.losses(row)[0]!];
      }
    }
    if (!at.has(n + 1)) continue;
    if (scale !== undefined && front.length > 0) {
      front.splice(0, front.length, ...nonDominated(front));
      score = -hypervolume(front, scale.reference);
    }
    scores.push(score);
  }
  return { scores, failed: own.filter(({ state }) => state === "failed").length };
}

/** Points of the front by which losses are scaled. */
const FRONT = 500;
/** Draws that say what random losses are like, and stand in for a front that is not known. */
const DRAWS = 2000;

/** How losses of several objectives are scaled, and where their hypervolume begins. */
interface Scale {
  scaled(losses: readonly number[]): number[];
  readonly reference: readonly number[];
}

/**
 * The ideal point becomes 0 and the nadir 1: those of the true front, or, where that is not known, of the best of random draws. The
 * reference point is the median of random draws, or 1.1 where that is less: short searches that are far from the front are
 * told apart too. The draws are the same for every run.
 */
export function scaleOf(problem: AnyProblem): Scale {
  const { space } = problem;
  const known = problem.front(FRONT);
  const random = createRandom("scale");
  const drawn = Array.from({ length: DRAWS }, () => space.rowAt(space.cube.draw(() => random.uniform()))).flatMap(
    (row) => {
      const losses = problem.losses(row);
      return losses.some(Number.isNaN) ? [] : [{ losses, feasible: problem.excess(row).every((c) => c <= 0) }];
    },
  );
  const feasible = drawn.flatMap((each) => (each.feasible ? [each.losses] : []));
  const points =
    known.length > 1 ? known : nonDominated(feasible.length > 1 ? feasible : drawn.map(({ losses }) => losses));
  const ends = problem.objectives.map((_, i) => {
    const values = points.map((losses) => losses[i]!);
    const low = Math.min(...values);
    return { low, span: Math.max(...values) - low || 1 };
  });
  const scaled = (losses: readonly number[]): number[] =>
    losses.map((loss, i) => (loss - ends[i]!.low) / ends[i]!.span);
  const all = drawn.map(({ losses }) => scaled(losses));
  const reference = ends.map((_, i) => Math.max(1.1, medianOf(Float64Array.from(all, (each) => each[i]!).sort())));
  return { scaled, reference };
}
