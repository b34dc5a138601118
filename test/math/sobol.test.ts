import fc from "fast-check";
import { expect, test } from "vitest";
import { primes, radicalInverse } from "../../src/math/halton.ts";
import { owenScramble, sobol, SOBOL_DIMENSIONS } from "../../src/math/sobol.ts";

test("the Sobol sequence is that of Joe and Kuo, as scipy 1.17.1 has it: qmc.Sobol(d=128, scramble=False)", () => {
  const points = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => [0, 1, 2, 3, 4, 5].map((j) => sobol(n, j) / 2 ** 32));
  expect(points).toEqual([
    [0, 0, 0, 0, 0, 0],
    [0.5, 0.5, 0.5, 0.5, 0.5, 0.5],
    [0.75, 0.25, 0.25, 0.25, 0.75, 0.75],
    [0.25, 0.75, 0.75, 0.75, 0.25, 0.25],
    [0.375, 0.375, 0.625, 0.875, 0.375, 0.125],
    [0.875, 0.875, 0.125, 0.375, 0.875, 0.625],
    [0.625, 0.125, 0.875, 0.625, 0.625, 0.875],
    [0.125, 0.625, 0.375, 0.125, 0.125, 0.375],
  ]);
  const far = [
    [1000, 63],
    [4095, 127],
    [777, 40],
    [3000, 100],
  ].map(([n, j]) => (sobol(n!, j!) / 2 ** 32) * 4096);
  expect(far).toEqual([1828, 1071, 2956, 1067]);
});

test("every aligned block of 2^k points falls into each of 2^k slices once, scrambled or not", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: SOBOL_DIMENSIONS - 1 }),
      fc.integer({ min: 0, max: 10 }),
      fc.nat(1000),
      fc.option(fc.integer()),
      (dimension, k, block, seed) => {
        const slices = Array.from({ length: 2 ** k }, (_, i) => {
          const x = sobol(block * 2 ** k + i, dimension);
          return Math.floor((seed === null ? x : owenScramble(x, seed)) / 2 ** (32 - k));
        });
        expect(new Set(slices).size).toBe(2 ** k);
      },
    ),
  );
});

test("Owen's scrambling keeps how many leading bits two numbers share, and seeds differ", () => {
  const shared = (a: number, b: number): number => Math.clz32(a ^ b);
  fc.assert(
    fc.property(fc.nat(2 ** 32 - 1), fc.nat(2 ** 32 - 1), fc.integer(), (a, b, seed) => {
      expect(shared(owenScramble(a, seed), owenScramble(b, seed))).toBe(shared(a, b));
    }),
  );
  expect(owenScramble(0, 1)).not.toBe(owenScramble(0, 2));
});

test("the radical inverse is that of scipy 1.17.1: qmc.Halton(d=20, scramble=False), point 1000", () => {
  const point = primes(20).map((base) => radicalInverse(1000, base));
  const theirs = [
    0.0927734375, 0.3475080018289895, 0.00512, 0.9162848812994586, 0.9316303531179565, 0.9904415111515704,
    0.8483614899246896, 0.6706516984983233, 0.5161502424591108, 0.4887449259912255, 0.2591386660400792,
    0.04674945215485756, 0.4045211183819155, 0.2682531097890752, 0.28610230873698506, 0.8743325026699892,
    0.9537489227233554, 0.39774254232733136, 0.9284918690131433, 0.08728426899424717,
  ];
  point.forEach((x, i) => expect(x).toBeCloseTo(theirs[i]!, 14));
});

test("a digit scramble sees every digit, the zeros behind the last one too", () => {
  expect(radicalInverse(0, 3, (digit) => 2 - digit)).toBeCloseTo(1, 12);
  expect(radicalInverse(1, 3, (digit, place) => (place === 0 ? digit : 0))).toBeCloseTo(1 / 3, 15);
});
