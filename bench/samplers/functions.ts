import { hypervolume } from "attune";
import { bbob, type Problem } from "attune/problems";
import type { Losses, Point, Test } from "./test.ts";

/** The last one first: it ranks. */
const TARGETS = [1e-8, 1e-3, 1e-1];

/** A noiseless BBOB function: the evaluations to each target; those that did not get there count as minus the budget. */
export function blackBox(f: number, d: number, instance: number, budget: number): Test {
  const problem = bbob({ f, d, instance });
  const least = problem.front(1)[0]![0]!;
  return {
    ...continuous(problem),
    family: `bbob, ${d} dimensions`,
    name: `f${f}`,
    budget,
    score: (run) =>
      Object.fromEntries(
        TARGETS.map((target) => {
          const at = run.findIndex((losses) => losses !== "failed" && losses[0]! - least <= target);
          return [`to ${target}`, at < 0 ? -run.length : at + 1];
        }),
      ),
  };
}

/** One with several objectives: the hypervolume of everything evaluated, below 1.1 in losses scaled by the true front. */
export function several(problem: Problem, budget: number): Test {
  const front = problem.front(1000);
  const axis = problem.objectives.map((_, c) => front.map((losses) => losses[c]!));
  const low = axis.map((losses) => Math.min(...losses));
  const high = axis.map((losses) => Math.max(...losses));
  const reference = low.map(() => 1.1);
  return {
    ...continuous(problem),
    family: `${problem.objectives.length} objectives`,
    name: problem.name,
    budget,
    score: (run) => {
      const scaled = run.flatMap((losses) =>
        losses === "failed" ? [] : [losses.map((loss, c) => (loss - low[c]!) / (high[c]! - low[c]!))],
      );
      return { hypervolume: hypervolume(scaled, reference) };
    },
  };
}

/** One objective with a known optimum: the decimal logarithm of what is left after half and after all of the budget. */
export function single(problem: Problem, family: string, budget: number): Test {
  const least = problem.front(1)[0]![0]!;
  const gap = (run: readonly Losses[]): number => {
    const found = run.reduce((low, losses) => (losses === "failed" ? low : Math.min(low, losses[0]!)), Infinity);
    return Math.log10(Math.max(found - least, 1e-10));
  };
  return {
    ...continuous(problem),
    family,
    name: problem.name,
    budget,
    score: (run) => ({ "log gap": gap(run), "log gap/2": gap(run.slice(0, budget / 2)) }),
  };
}

function continuous(problem: Problem): Pick<Test, "params" | "objectives" | "evaluate"> {
  return {
    params: problem.space.axes.map(({ name, low, high }) => ({ name, low, high, ordered: true })),
    objectives: problem.objectives.length,
    evaluate: (point: Point) => problem.losses(point),
  };
}
