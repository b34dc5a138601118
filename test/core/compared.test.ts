import { expect, it } from "vitest";
import { besideBaseline } from "../../src/core/compared.ts";
import { normalize } from "../../src/core/normalize.ts";

it.each([4, -4])(
  "a normalised value is moved to where the baseline was %d, with its error on that scale",
  (baseline) => {
    for (const value of [-6, -4, 1, 4, 9]) {
      const measured = { value: 77, stderr: 5, normalized: { value: normalize(value, baseline), stderr: 0.5 } };
      const moved = besideBaseline(measured, { value: baseline });
      expect(moved.value).toBeCloseTo(value, 12);
      expect(moved.stderr).toBe(2);
    }
    expect(besideBaseline({ value: 3, stderr: 0.1 }, { value: baseline })).toEqual({ value: 3, stderr: 0.1 });
  },
);
