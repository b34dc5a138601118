import fc from "fast-check";
import { expect, test } from "vitest";
import { nonDominatedBoxes } from "../../src/math/boxes.ts";

const cell = fc.integer({ min: 0, max: 9 }).map((x) => x / 10);
const cases = fc.integer({ min: 1, max: 4 }).chain((m) => {
  const point = fc.tuple(...Array.from({ length: m }, () => cell));
  return fc.record({
    points: fc.array(point, { maxLength: 8 }),
    probes: fc.array(point, { minLength: 30, maxLength: 30 }),
  });
});

test("every point below the reference lies in one box where no point reaches it, and else in none", () =>
  fc.assert(
    fc.property(cases, ({ points, probes }) => {
      const reference = probes[0]!.map(() => 0.75);
      const boxes = nonDominatedBoxes(points, reference);
      for (const probe of probes) {
        // off the corners, where it does not matter to which box a side belongs
        const at = probe.map((x) => x + 0.05);
        const reached = points.some((p) => p.every((x, c) => x <= at[c]!));
        const holding = boxes.filter(({ low, high }) => at.every((x, c) => low[c]! < x && x < high[c]!));
        expect(holding).toHaveLength(!reached && at.every((x) => x < 0.75) ? 1 : 0);
      }
    }),
  ));

test("one loss: everything below the best", () => {
  expect(nonDominatedBoxes([[3], [2]], [4])).toEqual([{ low: [-Infinity], high: [2] }]);
  expect(nonDominatedBoxes([], [4])).toEqual([{ low: [-Infinity], high: [4] }]);
});

test("two losses: a box more than points", () => {
  expect(
    nonDominatedBoxes(
      [
        [1, 5],
        [2, 3],
        [6, 1],
      ],
      [7, 7],
    ),
  ).toHaveLength(4);
});
