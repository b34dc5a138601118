import fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom } from "../../src/core/random.ts";
import { permutation } from "../../src/samplers/grid/permutation.ts";
import { grid, type GridOptions } from "../../src/samplers/grid/grid.ts";
import { choice, ordinal } from "../../src/space/choice.ts";
import { float } from "../../src/space/float.ts";
import { int } from "../../src/space/int.ts";
import { optional } from "../../src/space/optional.ts";
import { defineSpace, type Space } from "../../src/space/space.ts";
import { variant } from "../../src/space/variant.ts";
import { Drive } from "./drive.ts";

/** Everything that a grid tries, in its order, run to its end. */
function all<P>(space: Space<P>, options?: GridOptions, seed: number = 1): P[] {
  const drive = new Drive(space, grid(options), { random: createRandom(seed) });
  const tried: P[] = [];
  const end = drive.run((params) => (tried.push(params), [0]), 10_000);
  expect(end).toBe("exhausted");
  return tried;
}
const sorted = (list: readonly unknown[]): string[] => list.map((value) => JSON.stringify(value)).sort();

test("tries every combination once, shuffled by the study's randomness", () => {
  const space = defineSpace({ a: int(1, 3), b: choice(["x", "y"]), c: ordinal([1, 10]) });
  const tried = all(space);
  expect(tried).toHaveLength(12);
  expect(new Set(sorted(tried)).size).toBe(12);
  expect(all(space)).toEqual(tried);
  expect(all(space, {}, 2)).not.toEqual(tried);
  expect(sorted(all(space, {}, 2))).toEqual(sorted(tried));
});

test("floats are even with both ends, in the logarithm on a log axis", () => {
  const space = defineSpace({ x: float(-1, 1), rate: float(1e-4, 1, { log: true }) });
  const tried = all(space, { bins: { x: 3, rate: 5 } });
  expect([...new Set(tried.map(({ x }) => x))].sort((a, b) => a - b)).toEqual([-1, 0, 1]);
  const rates = [...new Set(tried.map(({ rate }) => rate))].sort((a, b) => a - b);
  rates.forEach((rate, k) => expect(rate).toBeCloseTo(10 ** (k - 4), 12));
  expect(tried).toHaveLength(15);
  expect(all(space, { bins: 2 })).toHaveLength(4);
  expect(all(space, { bins: 1 }).map(({ x }) => x)).toEqual([0]);
});

test("integers with bins are rounded down and each taken once", () => {
  const tried = all(defineSpace({ n: int(0, 9), m: int(1, 3), c: choice(["a", "b", "c"]) }), {
    bins: { n: 4, m: 9, c: 2 },
  });
  expect([...new Set(tried.map(({ n }) => n))].sort((a, b) => a - b)).toEqual([0, 3, 6, 9]);
  expect(new Set(tried.map(({ m }) => m)).size).toBe(3);
  expect(new Set(tried.map(({ c }) => c))).toEqual(new Set(["a", "c"]));
  const log = all(defineSpace({ n: int(1, 1000, { log: true }) }), { bins: { n: 4 } });
  expect(log.map(({ n }) => n).sort((a, b) => a - b)).toEqual([1, 10, 100, 1000]);
});

test("a continuous axis without bins, unknown names and impossible sizes are refused", () => {
  const space = defineSpace({ x: float(0, 1), rate: float(0, 1) });
  expect(() => all(space)).toThrow("the continuous axis `x`");
  expect(() => all(space, { bins: { x: 3 } })).toThrow("the continuous axis `rate`");
  expect(() => all(space, { bins: { x: 3, raet: 3 } })).toThrow(
    "Unknown axis `raet` in `bins` of grid. Did you mean `rate`?",
  );
  expect(() => grid({ bins: 0 })).toThrow("Expected `bins` to be an integer ≥ 1, got 0");
  expect(() => grid({ bins: { x: 1.5 } })).toThrow("Expected `bins.x` to be an integer ≥ 1, got 1.5");
  expect(() => grid({ bin: 3 } as object)).toThrow("Did you mean `bins`?");
  const wide = defineSpace(Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`x${i}`, float(0, 1)])));
  expect(() => all(wide, { bins: 10 })).toThrow("at most 2^53 configurations, got 1.0e+40");
});

test("conditional axes give each distinct configuration once", () => {
  const space = defineSpace({
    schedule: variant({
      static: {},
      dynamic: { chunk: int(1, 3), steal: optional(choice(["a", "b"])) },
      guided: { min: int(1, 2) },
    }),
    flag: optional("-O3"),
  });
  const tried = all(space);
  expect(sorted(tried)).toEqual(sorted(space.cube.points(1000)!.map((unit) => space.read(space.rowAt(unit)))));
  expect(tried).toHaveLength((1 + 3 * 3 + 2) * 2);
});

test("leaves out what `where` refuses, what is told, running or taken, and answers without a tell alike", () => {
  const space = defineSpace({ a: int(1, 4), b: int(1, 4) }, { where: (p) => p.a !== p.b });
  const drive = new Drive(space, grid());
  const first = drive.peek();
  expect(drive.peek(9)).toEqual(first);
  const running = drive.start()!;
  expect(drive.peek()).not.toEqual(first);
  const enqueued = { number: 99, unit: space.unit(space.row({ a: 2, b: 3 })) };
  drive.finish(enqueued, () => [0]);
  drive.run(() => "failed", 100);
  expect(drive.peek()).toBe("exhausted");
  drive.finish(running, () => [0]);
  expect(drive.told).toHaveLength(12);
  expect(new Set(drive.told.map(({ unit }) => String(unit))).size).toBe(12);
});

test("a trial that was cancelled is offered again", () => {
  const drive = new Drive(defineSpace({ a: int(1, 2) }), grid());
  const cancelled = drive.start()!;
  drive.run(() => [0]);
  expect(drive.peek()).toBe("exhausted");
  drive.running.length = 0;
  expect(drive.peek()).toEqual({ unit: cancelled.unit });
  expect(cancelled).toBeDefined();
});

test("replaying what was told continues in the same place", () => {
  const space = defineSpace({ a: int(1, 30), b: int(1, 30) });
  const drive = new Drive(space, grid());
  drive.run(() => [0], 200);
  const resumed = new Drive(space, grid());
  for (const observation of drive.told) resumed.sampler.tell(observation);
  expect(resumed.peek()).toEqual(drive.peek());
});

test("a huge grid costs nothing to begin", () => {
  const space = defineSpace(Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`x${i}`, float(0, 1)])));
  const drive = new Drive(space, grid({ bins: 10 }));
  expect(drive.run(() => [0], 100)).toBeUndefined();
  expect(new Set(drive.told.map(({ unit }) => String(unit))).size).toBe(100);
});

test("the order is a permutation of any size", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer(), (n, seed) => {
      const place = permutation(n, createRandom(seed));
      const places = Array.from({ length: n }, (_, i) => place(i)).sort((a, b) => a - b);
      expect(places).toEqual(Array.from({ length: n }, (_, i) => i));
    }),
  );
  const last = 2 ** 53 - 2;
  expect(permutation(2 ** 53 - 1, createRandom(1))(last)).toBeLessThanOrEqual(last);
});
