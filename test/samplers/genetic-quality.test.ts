import { expect, test } from "vitest";
import { createRandom } from "../../src/core/random.ts";
import type { Setting } from "../../src/core/sampler.ts";
import { hypervolume } from "../../src/math/hypervolume.ts";
import { igd } from "../../src/math/igd.ts";
import { dtlz2, type Problem, zdt1 } from "../../src/problems/index.ts";
import { Evolution } from "../../src/samplers/genetic/evolution.ts";

/** The losses of the last population. */
function evolve(problem: Problem, pool: number, generations: number, seed: number): (readonly number[])[] {
  const { space, objectives } = problem;
  const setting: Setting = {
    cube: space.cube,
    objectives: objectives.length,
    constraints: 0,
    generations,
    random: createRandom(seed),
    warn: (message) => expect.fail(message),
  };
  const evolution = new Evolution(setting, { pool });
  const rest = { state: "complete", constraints: [], cost: 1, duration: 1, reports: [] } as const;
  for (let number = 0; number < pool * generations; number++) {
    const answer = evolution.ask({ running: [] });
    if (typeof answer === "string") throw new Error(answer);
    const unit = space.cube.settle(answer.unit)!;
    evolution.tell({ ...rest, number, unit, losses: problem.losses(space.rowAt(unit)), memo: answer.memo! });
  }
  expect(evolution.ask({ running: [] })).toBe("exhausted");
  return evolution.population.map(({ losses }) => losses);
}

test("DTLZ2, 3 losses, 250 generations of 92: the median targeted IGD is within twice pymoo's 1.25e-3", () => {
  const problem = dtlz2();
  const front = problem.front(91);
  const reached = [1, 2, 3].map((seed) => igd(front, evolve(problem, 92, 250, seed))).sort((a, b) => a - b);
  // The seeds are fixed, so it fails only after a change. Over fresh seeds single runs spread from 0.7e-3 to 1.5e-3
  // (55 of 55 below the bound), so a sound change fails less than once in 1,000 times.
  expect(reached[1]!).toBeLessThan(2.5e-3);
});

test("ZDT1, 100 generations of 100: the hypervolume is at least that of pymoo's NSGA-II", () => {
  const reached = [1, 2, 3]
    .map((seed) => hypervolume(evolve(zdt1(), 100, 100, seed), [1.1, 1.1]))
    .sort((a, b) => a - b);
  // pymoo 0.6.2: median .8475, quartiles .8452 and .8487; ours .853, so .84 leaves room for a change of draws.
  expect(reached[1]!).toBeGreaterThan(0.84);
});
