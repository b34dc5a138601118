import fc from "fast-check";
import { expect, test } from "vitest";
import { dominates } from "../../src/math/dominance.ts";
import { nonDominated, nonDominatedRanks } from "../../src/math/non-dominated.ts";

/** Peels off front after front by the definition. */
function peel(losses: readonly number[][]): number[] {
  const ranks = losses.map(() => -1);
  for (let rank = 0; ranks.includes(-1); rank++) {
    const left = losses.map((_, i) => i).filter((i) => ranks[i] === -1);
    for (const i of left.filter((i) => !left.some((j) => dominates(losses[j]!, losses[i]!)))) ranks[i] = rank;
  }
  return ranks;
}

const points = fc
  .integer({ min: 1, max: 5 })
  .chain((m) => fc.array(fc.array(fc.integer({ min: 0, max: 6 }), { minLength: m, maxLength: m }), { maxLength: 60 }));

test("ranks are those of peeling off front after front, ties and copies included", () => {
  fc.assert(
    fc.property(points, (losses) => {
      expect([...nonDominatedRanks(losses)]).toEqual(peel(losses));
    }),
  );
});

test("the front keeps the order and every copy of equal points", () => {
  expect(
    nonDominated([
      [2, 1],
      [1, 2],
      [2, 2],
      [2, 1],
    ]),
  ).toEqual([
    [2, 1],
    [1, 2],
    [2, 1],
  ]);
  expect(nonDominated([])).toEqual([]);
});

test("infinite losses are ranked", () => {
  expect([
    ...nonDominatedRanks([
      [Infinity, 0],
      [1, 1],
      [Infinity, Infinity],
    ]),
  ]).toEqual([0, 0, 1]);
});
