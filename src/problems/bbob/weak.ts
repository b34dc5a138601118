import type { BbobMaker, Instance } from "./instance.ts";
import { normals, permutation, uniforms } from "./legacy-random.ts";
import { conditioning, from, oscillated, outside, rank, sandwich, squares, times, waves } from "./transforms.ts";

// Section 5 of RR-6829: f20 to f24.

/** f20, Schwefel's x sin √|x|: the best basin lies near a corner, far from the second best. */
export const schwefel: BbobMaker = (instance) => {
  const { d } = instance;
  const corner = 4.2096874637;
  const optimum = uniforms(d, instance.seed).map((u) => (u < 0.5 ? -corner / 2 : corner / 2));
  const stretch = conditioning(10, d);
  return {
    optimum,
    loss: (x) => {
      const hat = Float64Array.from(optimum, (o, i) => 2 * Math.sign(o) * x[i]!);
      let sum = 0;
      let beyond = 0;
      for (let i = 0; i < d; i++) {
        const z = i === 0 ? hat[0]! : hat[i]! + 0.25 * (hat[i - 1]! - corner);
        const y = 100 * (stretch[i]! * (z - corner) + corner);
        sum += y * Math.sin(Math.sqrt(Math.abs(y)));
        beyond += Math.max(0, Math.abs(y) - 500) ** 2;
      }
      return 0.01 * (beyond + 418.9828872724339 - sum / d);
    },
  };
};

/** f21 and f22, Gallagher's peaks: 101 or 21 Gaussian ones at random places, heights 1.1 to 9.1 and one of 10. */
export const gallagher =
  (peaks: 21 | 101): BbobMaker =>
  (instance) => {
    const { d, seed } = instance;
    const q = instance.q();
    const width = peaks === 101 ? 10 : 9.8;
    const drawn = uniforms(d * peaks, seed).map((u) => width * u - width / 2);
    const optimum = drawn.slice(0, d).map((x) => 0.8 * x);
    const order = permutation(peaks - 1, seed);
    const all = Array.from({ length: peaks }, (_, i) => ({
      centre: times(q, i === 0 ? optimum : drawn.subarray(i * d, (i + 1) * d)),
      height: i === 0 ? 10 : 1.1 + (8 * (i - 1)) / (peaks - 2),
      scales: sharpness(
        instance,
        i,
        i === 0 ? (peaks === 101 ? Math.sqrt(1000) : 1000) : 1000 ** (order[i - 1]! / (peaks - 2)),
      ),
    }));
    return {
      optimum,
      loss: (x) => {
        const z = times(q, x);
        let highest = 0;
        for (const { centre, height, scales } of all) {
          let sum = 0;
          for (let j = 0; j < d; j++) sum += scales[j]! * (z[j]! - centre[j]!) ** 2;
          highest = Math.max(highest, height * Math.exp((-0.5 / d) * sum));
        }
        return oscillated(10 - highest) ** 2 + outside(x);
      },
    };
  };

/** The inverse variances of peak `i`: α^(rank − ½) in an order of its own. */
function sharpness({ d, seed }: Instance, i: number, alpha: number): Float64Array {
  return Float64Array.from(permutation(d, seed + 1000 * i), (place) => alpha ** (rank(place, d) - 0.5));
}

const POWERS = Array.from({ length: 32 }, (_, k) => 2 ** (k + 1));

/** f23, Katsuura's function: rugged on 32 scales, with more than 10^d optima. */
export const katsuura: BbobMaker = (instance) => {
  const { d } = instance;
  const optimum = instance.optimum();
  const matrix = sandwich(instance.r(), conditioning(100, d), instance.q());
  return {
    optimum,
    loss: (x) => {
      const z = times(matrix, from(x, optimum));
      let product = 1;
      for (let i = 0; i < d; i++) {
        let sum = 0;
        for (const power of POWERS) sum += Math.abs(power * z[i]! - Math.round(power * z[i]!)) / power;
        product *= (1 + (i + 1) * sum) ** (10 / d ** 1.2);
      }
      return (10 / d / d) * (product - 1) + outside(x);
    },
  };
};

/** f24, Lunacek's bi-Rastrigin function: two funnels, the wider one leading astray. */
export const lunacek: BbobMaker = (instance) => {
  const { d } = instance;
  const mu0 = 2.5;
  const s = 1 - 0.5 / (Math.sqrt(d + 20) - 4.1);
  const mu1 = -Math.sqrt((mu0 ** 2 - 1) / s);
  const optimum = normals(d, instance.seed).map((n) => (n < 0 ? -mu0 / 2 : mu0 / 2));
  const matrix = sandwich(instance.r(), conditioning(100, d), instance.q());
  return {
    optimum,
    loss: (x) => {
      const hat = optimum.map((o, i) => 2 * Math.sign(o) * x[i]!);
      const narrow = hat.map((h) => h - mu0);
      const wide = hat.map((h) => h - mu1);
      return Math.min(squares(narrow), d + s * squares(wide)) + waves(times(matrix, narrow)) + 1e4 * outside(x);
    },
  };
};
