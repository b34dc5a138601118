import type { BbobMaker } from "./instance.ts";
import { conditioning, from, oscillate, outside, scale, skew, squares, waves } from "./transforms.ts";

// Section 1 of RR-6829: f1 to f5.

/** f1, the sphere: ‖x − x*‖². */
export const sphere: BbobMaker = (instance) => {
  const optimum = instance.optimum();
  return { optimum, loss: (x) => squares(from(x, optimum)) };
};

/** f2, the separable ellipsoid, condition 10⁶: Σ 10^(6·rank) T_osz(x − x*)². */
export const ellipsoid: BbobMaker = (instance) => {
  const optimum = instance.optimum();
  const root = conditioning(1e6, instance.d);
  return { optimum, loss: (x) => squares(scale(oscillate(from(x, optimum)), root)) };
};

/** f3, the separable Rastrigin function: z = Λ¹⁰ T_asy^0.2(T_osz(x − x*)). */
export const rastrigin: BbobMaker = (instance) => {
  const optimum = instance.optimum();
  const stretch = conditioning(10, instance.d);
  return {
    optimum,
    loss: (x) => {
      const z = scale(skew(oscillate(from(x, optimum)), 0.2), stretch);
      return waves(z) + squares(z);
    },
  };
};

/** f4, Büche & Rastrigin: every other coordinate is ten times as steep on its positive side. Optimum drawn as f3's. */
export const buecheRastrigin: BbobMaker = (instance) => {
  const optimum = instance.optimum().map((x, i) => (i % 2 === 0 ? Math.abs(x) : x));
  const stretch = conditioning(10, instance.d);
  return {
    optimum,
    loss: (x) => {
      const z = scale(oscillate(from(x, optimum)), stretch);
      for (let i = 0; i < z.length; i += 2) if (z[i]! > 0) z[i] = 10 * z[i]!;
      return waves(z) + squares(z) + 100 * outside(x);
    },
  };
};

/** f5, the linear slope: down to a corner of the domain, 10^rank steep; flat beyond. */
export const linearSlope: BbobMaker = (instance) => {
  const { d } = instance;
  const optimum = instance.optimum().map((x) => (x < 0 ? -5 : 5));
  const slope = conditioning(100, d);
  return {
    optimum,
    loss: (x) => {
      let sum = 0;
      for (let i = 0; i < d; i++) sum += slope[i]! * Math.max(0, 5 - Math.sign(optimum[i]!) * x[i]!);
      return sum;
    },
  };
};
