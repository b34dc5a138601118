import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/core/random.ts";
import { fitKernel, KernelEvidence, type KernelPrior } from "../../src/math/fit-kernel.ts";
import { GaussianProcess, type PointKind } from "../../src/math/gaussian-process.ts";

const X = [0.1, 0.9, 0.35, 0.4, 0.5, 0.55, 0.8, 0.2, 0.95, 0.75];
const Y = [0.3, -1.1, -0.4, 0.9, 1.7];
const NOISE = [0.01, 0.02, 0.01, 0.05, 0.01];
const flat: KernelPrior = { weight: () => [0, 0], scale: () => [0, 0], noise: () => [0, 0] };
const two: PointKind = { width: 2, ordered: 2 };

/** A process over random points, of which the last number names a category. */
function sample(n: number, seed: number): { process: GaussianProcess; points: Float64Array; values: Float64Array } {
  const random = createRandom(seed);
  const points = Float64Array.from({ length: 3 * n }, (_, i) => (i % 3 === 2 ? random.integer(3) : random.uniform()));
  const values = Float64Array.from({ length: n }, () => random.normal());
  const kernel = { weights: Float64Array.of(5, 20, 0.7), scale: 1.5, noise: 0.01 };
  const process = new GaussianProcess({ width: 3, ordered: 2 }, kernel);
  for (let i = 0; i < n; i++) process.add(points, 3 * i, values[i]!, 0.1 * (i % 2));
  return { process, points, values };
}

// reference values: test/reference/gaussian_process.py
describe("scikit-learn 1.9.1's GaussianProcessRegressor", () => {
  test("means and variances", () => {
    const kernel = { weights: Float64Array.of(1 / 0.16, 1 / 0.49), scale: 1.3, noise: 0 };
    const process = new GaussianProcess(two, kernel);
    for (let i = 0; i < Y.length; i++) process.add(X, 2 * i, Y[i]!, NOISE[i]!);
    const [means, variances] = [new Float64Array(3), new Float64Array(3)];
    process.predict(Float64Array.of(0.2, 0.3, 0.6, 0.6, 0.35, 0.4), 3, means, variances);
    [-1.0229570676514292, 0.1779746552428091, -1.058388412394944].forEach((mean, i) =>
      expect(means[i]).toBeCloseTo(mean, 9),
    );
    [0.2027884704592371, 0.06198958180758152, 0.018630492591620532].forEach((variance, i) =>
      expect(variances[i]).toBeCloseTo(variance, 9),
    );
    expect(process.meanAt(1)).toBeCloseTo(means[2]!, 10);
  });

  test("the likelihood and its gradient", () => {
    const evidence = new KernelEvidence(
      { kind: two, points: Float64Array.from(X), values: Float64Array.from(Y), variances: Float64Array.from(NOISE) },
      flat,
    );
    const gradient = new Float64Array(4);
    const logs = Float64Array.of(-2 * Math.log(0.4), -2 * Math.log(0.7), Math.log(1.3), -60);
    const constant = (Y.length / 2) * Math.log(2 * Math.PI);
    expect(-evidence.evaluate(logs, gradient) - constant).toBeCloseTo(-6.668732783395921, 6);
    expect(-gradient[2]!).toBeCloseTo(0.2176150339071074, 6);
    // ln w = −2 ln ℓ
    expect(2 * gradient[0]!).toBeCloseTo(-0.903869235405754, 6);
    expect(2 * gradient[1]!).toBeCloseTo(0.257774109904964, 6);
  });
});

test("the gradient of the evidence is that of differences", () =>
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 2, max: 20 }), (seed, n) => {
      const { points, values } = sample(n, seed);
      const prior: KernelPrior = {
        weight: (log) => [-(log ** 2), -2 * log],
        scale: (log) => [log - Math.exp(log), 1 - Math.exp(log)],
        noise: (log) => [-0.5 * log, -0.5],
      };
      const variances = new Float64Array(n).fill(0.01);
      const evidence = new KernelEvidence({ kind: { width: 3, ordered: 2 }, points, values, variances }, prior);
      const logs = Float64Array.of(1, 0.5, -0.3, 0.2, -3);
      const [gradient, unused] = [new Float64Array(5), new Float64Array(5)];
      evidence.evaluate(logs, gradient);
      for (let k = 0; k < 5; k++) {
        const [up, down] = [1e-5, -1e-5].map((h) => logs.map((x, i) => (i === k ? x + h : x)));
        const slope = (evidence.evaluate(up!, unused) - evidence.evaluate(down!, unused)) / 2e-5;
        expect(gradient[k]).toBeCloseTo(slope, 4);
      }
    }),
  ));

test("gradients of means and variances are those of differences", () =>
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 30 }), (seed, n) => {
      const { process } = sample(n, seed);
      const x = Float64Array.of(0.3, 0.6, 1);
      const [byMean, byVariance] = [new Float64Array(3), new Float64Array(3)];
      const { mean, variance } = process.differentiate(x, byMean, byVariance);
      const [means, variances] = [new Float64Array(5), new Float64Array(5)];
      const near = Float64Array.from([...x, 0.30001, 0.6, 1, 0.29999, 0.6, 1, 0.3, 0.60001, 1, 0.3, 0.59999, 1]);
      process.predict(near, 5, means, variances);
      expect(mean).toBeCloseTo(means[0]!, 9);
      expect(variance).toBeCloseTo(variances[0]!, 9);
      expect(byMean[0]).toBeCloseTo((means[1]! - means[2]!) / 2e-5, 4);
      expect(byMean[1]).toBeCloseTo((means[3]! - means[4]!) / 2e-5, 4);
      expect(byVariance[0]).toBeCloseTo((variances[1]! - variances[2]!) / 2e-5, 4);
      expect(byVariance[1]).toBeCloseTo((variances[3]! - variances[4]!) / 2e-5, 4);
      expect([byMean[2], byVariance[2]]).toEqual([0, 0]);
    }),
  ));

test("means at observations are what is predicted there, and what is taken back leaves no trace", () =>
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 40 }), (seed, n) => {
      const { process, points } = sample(n, seed);
      const predict = (): [Float64Array, Float64Array] => {
        const [means, variances] = [new Float64Array(n), new Float64Array(n)];
        process.predict(points, n, means, variances);
        return [means, variances];
      };
      const before = predict();
      before[0].forEach((mean, i) => expect(process.meanAt(i)).toBeCloseTo(mean, 9));
      process.add([0.5, 0.5, 0], 0, 4, 0);
      expect(predict()[0]).not.toEqual(before[0]);
      process.truncate(n);
      expect(predict()).toEqual(before);
    }),
  ));

test("observations of one point, even without noise, are no obstacle", () => {
  const process = new GaussianProcess(two, { weights: Float64Array.of(1, 1), scale: 1, noise: 0 });
  for (let i = 0; i < 5; i++) process.add([0.5, 0.5], 0, 1, 0);
  const [means, variances] = [new Float64Array(1), new Float64Array(1)];
  process.predict(Float64Array.of(0.5, 0.5), 1, means, variances);
  expect(means[0]).toBeCloseTo(1, 4);
  expect(variances[0]).toBeGreaterThan(0);
});

test("a fit tells what matters from what does not, and noise from none", () => {
  const random = createRandom(5);
  const n = 60;
  const points = Float64Array.from({ length: 2 * n }, () => random.uniform());
  const wave = Float64Array.from({ length: n }, (_, i) => Math.sin(6 * points[2 * i]!));
  const variances = new Float64Array(n);
  const prior: KernelPrior = { ...flat, weight: (log) => [-0.02 * log ** 2, -0.04 * log] };
  const clean = fitKernel({ kind: two, points, values: wave, variances }, prior);
  expect(clean.weights[0]! / clean.weights[1]!).toBeGreaterThan(100);
  expect(clean.noise).toBeLessThan(1e-4);
  const noisy = fitKernel({ kind: two, points, values: wave.map((v) => v + 0.3 * random.normal()), variances }, prior);
  expect(Math.sqrt(noisy.noise)).toBeGreaterThan(0.2);
  expect(Math.sqrt(noisy.noise)).toBeLessThan(0.4);
});
