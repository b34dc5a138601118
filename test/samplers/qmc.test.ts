import { expect, test } from "vitest";
import { createRandom } from "../../src/core/random.ts";
import { qmc, type QmcOptions } from "../../src/samplers/qmc/qmc.ts";
import { random } from "../../src/samplers/random.ts";
import { choice } from "../../src/space/choice.ts";
import { float } from "../../src/space/float.ts";
import { int } from "../../src/space/int.ts";
import { range } from "../../src/space/range.ts";
import { defineSpace } from "../../src/space/space.ts";
import { variant } from "../../src/space/variant.ts";
import { Drive } from "./drive.ts";

const square = defineSpace({ a: float(0, 1), b: float(0, 1), c: float(0, 1) });

function points(factory: ReturnType<typeof qmc>, count: number, seed = 1): Float64Array[] {
  const drive = new Drive(square, factory, { random: createRandom(seed) });
  drive.run(() => [0], count);
  return drive.told.map(({ unit }) => unit);
}

/** The L₂ star discrepancy (Warnock 1972). */
function discrepancy(set: readonly Float64Array[]): number {
  const n = set.length;
  const product = (f: (j: number) => number): number => [0, 1, 2].reduce((all, j) => all * f(j), 1);
  let single = 0;
  let double = 0;
  for (const x of set) {
    single += product((j) => (1 - x[j]! ** 2) / 2);
    for (const y of set) double += product((j) => 1 - Math.max(x[j]!, y[j]!));
  }
  return Math.sqrt(3 ** -3 - (2 / n) * single + double / n ** 2);
}

const kinds = (["sobol", "halton"] as const).flatMap((sequence) =>
  (["owen", "shift", "none"] as const).map((scramble): QmcOptions => ({ sequence, scramble })),
);

test.each(kinds)("%o is more even than random draws, for every one of ten seeds", (options) => {
  for (let seed = 0; seed < 10; seed++)
    expect(discrepancy(points(qmc(options), 128, seed))).toBeLessThan(0.8 * discrepancy(points(random(), 128, seed)));
});

test("Sobol without scrambling begins in the lowest corner; scrambled, seeds differ", () => {
  expect(points(qmc({ scramble: "none" }), 3).map(String)).toEqual(["0,0,0", "0.5,0.5,0.5", "0.75,0.25,0.25"]);
  expect(points(qmc(), 4, 1)).not.toEqual(points(qmc(), 4, 2));
});

test("cells, weights, focus and conditions get their shares: 64 points, one coordinate each", () => {
  const space = defineSpace({
    cells: choice(["a", "b", "c", "d"]),
    k: range(0, 99, { step: 1, prior: [10, 19] }),
    branch: variant({ one: { x: float(0, 1) }, two: { y: int(1, 2) } }),
  });
  const drive = new Drive(space, qmc());
  drive.run(() => [0], 64);
  const params = drive.told.map(({ unit }) => space.read(space.rowAt(unit)));
  for (const cell of ["a", "b", "c", "d"]) expect(params.filter(({ cells }) => cells === cell)).toHaveLength(16);
  const inside = params.filter(({ k }) => k >= 10 && k <= 19).length;
  expect(inside).toBeGreaterThanOrEqual(57);
  expect(inside).toBeLessThanOrEqual(60);
  expect(params.filter(({ branch }) => branch.kind === "one")).toHaveLength(32);
});

test("more axes than the table has are padded, each even in itself and none like another", () => {
  const axes = Array.from({ length: 200 }, (_, i) => [`x${i}`, float(0, 1)] as const);
  const drive = new Drive(defineSpace(Object.fromEntries(axes)), qmc());
  drive.run(() => [0], 32);
  const columns = axes.map((_, j) => drive.told.map(({ unit }) => Math.floor(unit[j]! * 32)));
  for (const column of columns) expect(new Set(column).size).toBe(32);
  expect(new Set(columns.map(String)).size).toBe(200);
});

test("what `where` refuses is stood in for, so that no trial is spent on it", () => {
  const space = defineSpace(square, { where: ({ a, b }) => a + b < 0.5 });
  const drive = new Drive(space, qmc());
  drive.run(({ a, b }) => (a + b < 0.5 ? [0] : "rejected"), 100);
  expect(drive.told.filter(({ state }) => state === "rejected")).toEqual([]);
});

test("wrong options are refused at once", () => {
  expect(() => qmc({ sequence: "faure" } as object)).toThrow(
    'Expected `sequence` to be "sobol" or "halton", got "faure"',
  );
  expect(() => qmc({ scramble: true } as object)).toThrow(
    'Expected `scramble` to be "owen", "shift" or "none", got true',
  );
  expect(() => qmc({ priorShare: 2 })).toThrow("Expected `priorShare` to be a finite number ≥ 0 and ≤ 1, got 2");
  expect(() => qmc({ scrambled: "owen" } as object)).toThrow("Did you mean `scramble`?");
});
