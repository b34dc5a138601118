import { describe, expect, it } from "vitest";
import { crc32 } from "../../src/math/crc32.ts";
import { signedRankTest } from "../../src/math/signed-rank.ts";

describe("the signed-rank test", () => {
  // scipy.stats.wilcoxon(d, alternative="greater", zero_method="zsplit").pvalue, SciPy 1.17.1
  it.each([
    ["exact", [1, 2, 3, -4, 5], 0.21875],
    ["ties and a zero", [1, 1, -2, 0, 3], 0.25],
    ["zeros alone", [0, 0, 0], 1],
    ["twelve", [0.5, -0.25, 0.75, 1.5, 2.25, -1, 3, 4, 5.5, -6, 7.25, 8], 0.031982421875],
    [
      "many with ties: the normal approximation",
      [1, -1, 2, 2, 3, 0, 4, 4, -5, 6, 7, 7, 8, 9, -10, 1],
      0.023124127056551168,
    ],
    ["more than fifty", Array.from({ length: 60 }, (_, i) => (i + 1) * (i % 3 === 0 ? -1 : 1)), 0.008366535803851717],
  ])("agrees with SciPy: %s", (_, differences, p) => {
    expect(signedRankTest(differences)).toBeCloseTo(p, 6);
  });

  it("knows nothing without differences", () => expect(signedRankTest([])).toBeNaN());
});

it("crc32 is zlib's", () => {
  // binascii.crc32 of Python 3.11
  expect([crc32("study_7"), crc32("é"), crc32("")]).toEqual([2341987007, 235179326, 0]);
});
