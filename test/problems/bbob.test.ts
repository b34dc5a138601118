import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { bbob } from "../../src/problems/index.ts";

interface Reference {
  readonly points: Readonly<Record<string, readonly (readonly number[])[]>>;
  readonly values: readonly {
    readonly f: number;
    readonly d: number;
    readonly instance: number;
    readonly fopt: number;
    readonly optimum: readonly number[] | null;
    readonly losses: readonly number[];
  }[];
}

/** Values of COCO's C code; test/reference/bbob.py says how they were made. */
const reference = JSON.parse(readFileSync("test/golden/problems/bbob.json", "utf8")) as Reference;
const off = (got: number, wanted: number): number => Math.abs(got - wanted) / Math.abs(wanted);

describe.each(Array.from({ length: 24 }, (_, i) => i + 1))("f%i", (f) => {
  const those = reference.values.filter((value) => value.f === f);

  test("equals COCO's within 1e-9 in 2, 5 and 20 dimensions, three instances, inside and outside of the domain", () => {
    expect(those.map(({ d, instance }) => `${d}.${instance}`).sort()).toEqual(
      [2, 5, 20].flatMap((d) => [1, 2, 3].map((instance) => `${d}.${instance}`)).sort(),
    );
    for (const { d, instance, losses } of those) {
      const problem = bbob({ f, d, instance });
      reference.points[d]!.forEach((x, i) => expect(off(problem.losses(x)[0]!, losses[i]!)).toBeLessThan(1e-9));
    }
  });

  test("has COCO's fopt, attained at its optimum, which lies in the domain", () => {
    for (const { d, instance, fopt, optimum } of those) {
      const problem = bbob({ f, d, instance });
      expect(problem.least).toBeCloseTo(fopt, 9);
      expect(problem.losses(problem.optimum!)[0]).toBeCloseTo(fopt, 9);
      expect(problem.optimum!.every((x) => Math.abs(x) <= 5)).toBe(true);
      optimum?.forEach((x, i) => expect(problem.optimum![i]).toBeCloseTo(x, 8));
    }
  });
});

test("what is outside of the suite is refused", () => {
  expect(() => bbob({ f: 25 })).toThrow("Expected `f` to be an integer ≥ 1 and ≤ 24, got 25");
  expect(() => bbob({ d: 1 })).toThrow("Expected `d` to be an integer ≥ 2 and ≤ 40, got 1");
  expect(() => bbob({ instance: 0 })).toThrow("Expected `instance` to be an integer ≥ 1, got 0");
  expect(() => bbob({ dimension: 5 } as never)).toThrow("Unknown option `dimension` of bbob");
});

test("a problem knows what it was made with", () => {
  expect(bbob({ f: 3, d: 2 })).toMatchObject({ name: "bbob", options: { f: 3, d: 2, instance: 1 } });
});
