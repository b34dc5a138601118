import { enlargement } from "./conditioned.ts";
import type { BbobMaker } from "./instance.ts";
import {
  back,
  conditioning,
  from,
  oscillate,
  outside,
  sandwich,
  scale,
  skew,
  squares,
  times,
  waves,
} from "./transforms.ts";

// Section 4 of RR-6829: f15 to f19.

/** f15, the rotated Rastrigin function: z = R Λ¹⁰ Q T_asy^0.2(T_osz(R(x − x*))). */
export const rotatedRastrigin: BbobMaker = (instance) => {
  const optimum = instance.optimum();
  const r = instance.r();
  const matrix = sandwich(r, conditioning(10, instance.d), instance.q());
  return {
    optimum,
    loss: (x) => {
      const z = times(matrix, skew(oscillate(times(r, from(x, optimum))), 0.2));
      return waves(z) + squares(z);
    },
  };
};

const DEPTH = Array.from({ length: 12 }, (_, k) => [0.5 ** k, 3 ** k] as const);
const DEEPEST = DEPTH.reduce((sum, [a, b]) => sum + a * Math.cos(Math.PI * b), 0);

/** f16, the Weierstrass function: continuous, nowhere differentiable but for its 12 terms; many equal optima. */
export const weierstrass: BbobMaker = (instance) => {
  const optimum = instance.optimum();
  const r = instance.r();
  const matrix = sandwich(r, conditioning(0.01, instance.d), instance.q());
  return {
    optimum,
    loss: (x) => {
      const z = times(matrix, oscillate(times(r, from(x, optimum))));
      let sum = 0;
      for (const zi of z) for (const [a, b] of DEPTH) sum += a * Math.cos(2 * Math.PI * b * (zi + 0.5));
      return 10 * (sum / z.length - DEEPEST) ** 3 + (10 / z.length) * outside(x);
    },
  };
};

/** f17 and f18, Schaffer's F7, condition 10 and 1000; both draw from f17's seed. */
export const schaffer =
  (condition: number): BbobMaker =>
  (instance) => {
    const optimum = instance.optimum();
    const [r, q] = [instance.r(), instance.q()];
    const stretch = conditioning(condition, instance.d);
    return {
      optimum,
      loss: (x) => {
        const z = scale(times(q, skew(times(r, from(x, optimum)), 0.5)), stretch);
        let sum = 0;
        for (let i = 0; i + 1 < z.length; i++) {
          const s = z[i]! ** 2 + z[i + 1]! ** 2;
          sum += s ** 0.25 * (1 + Math.sin(50 * s ** 0.1) ** 2);
        }
        return (sum / (z.length - 1)) ** 2 + 10 * outside(x);
      },
    };
  };

/** f19, Griewank of Rosenbrock (F8F2): 10 + 10·mean(s/4000 − cos s) over Rosenbrock's terms s. */
export const griewankRosenbrock: BbobMaker = (instance) => {
  const q = instance.q();
  const factor = enlargement(instance.d);
  const optimum = back(q, new Float64Array(instance.d).fill(0.5 / factor));
  return {
    optimum,
    loss: (x) => {
      const z = times(q, x).map((zi) => factor * zi + 0.5);
      let sum = 0;
      for (let i = 0; i + 1 < z.length; i++) {
        const s = 100 * (z[i]! ** 2 - z[i + 1]!) ** 2 + (z[i]! - 1) ** 2;
        sum += s / 4000 - Math.cos(s);
      }
      return 10 + (10 * sum) / (z.length - 1);
    },
  };
};
