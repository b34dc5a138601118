import fc from "fast-check";
import { expect, test } from "vitest";
import { fisherExact } from "../../src/math/fisher.ts";
import { incompleteBeta, logGamma, studentCdf, studentQuantile } from "../../src/math/student.ts";
import { meanOf, welch } from "../../src/math/welch.ts";

function near(ours: number, theirs: number, relative = 1e-10): void {
  expect(Math.abs(ours - theirs)).toBeLessThanOrEqual(relative * Math.max(Math.abs(theirs), 1e-3));
}

test("Student's t is scipy 1.17.1's stats.t", () => {
  near(studentCdf(0.5, 1), 0.6475836176504333);
  near(studentCdf(2, 3.7), 0.939091399047383);
  near(studentCdf(-1.3, 10), 0.1113829086034223);
  near(studentCdf(4, 250.5), 0.9999582869739466);
  near(studentCdf(1e-3, 2), 0.500353553302205);
  near(studentQuantile(0.975, 1), 12.706204736174694);
  near(studentQuantile(0.975, 7.3), 2.345066736547703);
  near(studentQuantile(0.9, 100), 1.290074761346516);
  near(studentQuantile(0.001, 4), -7.1731822197823085);
  near(incompleteBeta(0.3, 2.5, 0.5), 0.018927124071945658);
});

test("ln Γ is scipy 1.17.1's special.gammaln", () => {
  for (const [x, value] of [
    [0.5, 0.5723649429247],
    [1, 0],
    [3.3, 0.9870985778947343],
    [25, 54.78472939811232],
    [1e4, 82099.71749644238],
  ] as const)
    near(logGamma(x), value);
});

test("the quantile undoes the distribution function", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.001, max: 0.999, noNaN: true }),
      fc.double({ min: 0.5, max: 300, noNaN: true }),
      (p, df) => near(studentCdf(studentQuantile(p, df), df), p, 1e-9),
    ),
  );
});

test("Welch's test is scipy 1.17.1's stats.ttest_ind(equal_var=False)", () => {
  const test = welch(meanOf([10.1, 9.8, 10.4, 10, 9.9]), meanOf([10.9, 11.4, 10.6, 11]));
  near(test.t, -4.803300492732889);
  near(test.p, 0.004401578756734222);
  near(test.df, 5.195162069410011);
  near(test.low, -1.429782512645411);
  near(test.high, -0.4402174873545902);
});

test("without any spread every difference is sure, and none is none", () => {
  expect(welch({ value: 1, stderr: 0, n: 3 }, { value: 2, stderr: 0, n: 3 })).toMatchObject({
    t: -Infinity,
    p: 0,
    low: -1,
  });
  expect(welch({ value: 1, stderr: 0, n: 3 }, { value: 1, stderr: 0, n: 3 })).toMatchObject({ t: 0, p: 1 });
});

test("Fisher's exact test is scipy 1.17.1's stats.fisher_exact('greater')", () => {
  near(fisherExact(8, 2, 1, 5), 0.024475524475524483);
  near(fisherExact(3, 0, 0, 3), 0.05);
  near(fisherExact(10, 90, 2, 98), 0.016520054662092484);
});
