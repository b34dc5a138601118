import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/core/random.ts";
import { predict, regressionForest } from "../../src/math/forest.ts";

function sample(n: number, d: number): { columns: Float64Array[]; random: ReturnType<typeof createRandom> } {
  const random = createRandom(3);
  return { random, columns: Array.from({ length: d }, () => Float64Array.from({ length: n }, () => random.uniform())) };
}

describe("a regression forest", () => {
  it("learns a step exactly, and splits on nothing else", () => {
    const { columns, random } = sample(200, 3);
    const y = columns[1]!.map((x) => (x < 0.4 ? 1 : 5));
    const forest = regressionForest(columns, y, { trees: 5, uniform: () => random.uniform() });
    for (const tree of forest) {
      expect([...tree.axis].filter((axis) => axis >= 0)).toEqual([1]);
      expect(tree.threshold[0]).toBeCloseTo(0.4, 1);
      expect(predict(tree, () => 0.1)).toBe(1);
      expect(predict(tree, () => 0.9)).toBe(5);
    }
  });

  it("gives each sample of its own back where leaves may hold a single one", () => {
    const { columns, random } = sample(300, 2);
    const y = columns[0]!.map((x, i) => Math.sin(9 * x) + columns[1]![i]!);
    const [tree] = regressionForest(columns, y, { trees: 1, uniform: () => random.uniform() });
    const right = y.filter((value, i) => Math.abs(predict(tree!, (c) => columns[c]![i]!) - value) < 1e-12).length;
    expect(right).toBeGreaterThan(0.55 * 300); // those that the bootstrap drew: 63 %
  });

  it("keeps as many samples in a leaf as it is told", () => {
    const { columns, random } = sample(100, 1);
    const [tree] = regressionForest(columns, columns[0]!, { trees: 1, leaf: 20, uniform: () => random.uniform() });
    expect([...tree!.axis].filter((axis) => axis < 0).length).toBeLessThanOrEqual(5);
  });

  it("makes one leaf of responses that are all alike, and of columns that are", () => {
    const column = new Float64Array(50).fill(2);
    const one = { trees: 1, uniform: createRandom(1).uniform.bind(createRandom(1)) };
    expect(
      regressionForest(
        [column],
        Float64Array.from({ length: 50 }, (_, i) => i),
        one,
      )[0]!.axis,
    ).toHaveLength(1);
    expect(regressionForest([Float64Array.from({ length: 50 }, (_, i) => i)], column, one)[0]!.value[0]).toBe(2);
  });
});
