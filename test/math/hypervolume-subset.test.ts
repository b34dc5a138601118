import fc from "fast-check";
import { expect, test } from "vitest";
import { hypervolumeSubset } from "../../src/math/hypervolume-subset.ts";
import { hypervolume } from "../../src/math/hypervolume.ts";

const points = (m: number): fc.Arbitrary<number[][]> =>
  fc.array(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: m, maxLength: m }), {
    minLength: 1,
    maxLength: 8,
  });

test.each([2, 3])("with %i losses every step adds as much as any point left could", (m) => {
  fc.assert(
    fc.property(points(m), fc.integer({ min: 1, max: 8 }), (set, count) => {
      const reference = Array.from({ length: m }, () => 1.1);
      const chosen = hypervolumeSubset(set, count, reference);
      expect(chosen).toHaveLength(Math.min(count, set.length));
      expect(new Set(chosen).size).toBe(chosen.length);
      chosen.forEach((_, k) => {
        const volume = (more: number): number =>
          hypervolume(
            [...chosen.slice(0, k), more].map((i) => set[i]!),
            reference,
          );
        const most = Math.max(...set.map((__, i) => volume(i)));
        expect(volume(chosen[k]!)).toBeGreaterThanOrEqual(most - 1e-12);
      });
    }),
  );
});
