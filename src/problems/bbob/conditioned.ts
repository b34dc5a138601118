import type { BbobMaker } from "./instance.ts";
import { place } from "./legacy-random.ts";
import {
  back,
  conditioning,
  from,
  oscillate,
  oscillated,
  outside,
  rank,
  sandwich,
  scale,
  skew,
  squares,
  times,
} from "./transforms.ts";

// Sections 2 and 3 of RR-6829: f6 to f14.

/** f6, the attractive sector: T_osz(Σ (sᵢzᵢ)²)^0.9, sᵢ = 100 where z and x* have the same sign. */
export const attractiveSector: BbobMaker = (instance) => {
  const optimum = instance.optimum();
  const matrix = sandwich(instance.r(), conditioning(10, instance.d), instance.q());
  return {
    optimum,
    loss: (x) => {
      const z = times(matrix, from(x, optimum));
      let sum = 0;
      for (let i = 0; i < z.length; i++) sum += (z[i]! * optimum[i]! > 0 ? 100 * z[i]! : z[i]!) ** 2;
      return oscillated(sum) ** 0.9;
    },
  };
};

/** f7, the step ellipsoid, condition 100: plateaus, from rounding in the rotated space. */
export const stepEllipsoid: BbobMaker = (instance) => {
  const optimum = instance.optimum();
  const [r, q] = [instance.r(), instance.q()];
  const stretch = conditioning(10, instance.d);
  const root = conditioning(100, instance.d);
  return {
    optimum,
    loss: (x) => {
      const z = scale(times(q, from(x, optimum)), stretch);
      const first = Math.abs(z[0]!);
      for (let i = 0; i < z.length; i++) z[i] = Math.abs(z[i]!) > 0.5 ? Math.round(z[i]!) : Math.round(10 * z[i]!) / 10;
      return 0.1 * Math.max(first / 1e4, squares(scale(times(r, z), root))) + outside(x);
    },
  };
};

/** f8, Rosenbrock's function around z = max(1, √d/8)(x − x*) + 1, x* within [−3, 3]. */
export const rosenbrock: BbobMaker = (instance) => {
  const optimum = instance.optimum().map((x) => 0.75 * x);
  const factor = enlargement(instance.d);
  return { optimum, loss: (x) => valley(from(x, optimum).map((z) => factor * z + 1)) };
};

/** f9, the rotated Rosenbrock function: z = max(1, √d/8)·Rx + ½. */
export const rotatedRosenbrock: BbobMaker = (instance) => {
  const q = instance.q();
  const factor = enlargement(instance.d);
  const optimum = back(q, new Float64Array(instance.d).fill(0.5 / factor));
  return { optimum, loss: (x) => valley(times(q, x).map((z) => factor * z + 0.5)) };
};

/** f10, the rotated ellipsoid, condition 10⁶. */
export const rotatedEllipsoid: BbobMaker = (instance) => {
  const optimum = instance.optimum();
  const r = instance.r();
  const root = conditioning(1e6, instance.d);
  return { optimum, loss: (x) => squares(scale(oscillate(times(r, from(x, optimum))), root)) };
};

/** f11, the discus: 10⁶z₁² + Σ zᵢ². */
export const discus: BbobMaker = (instance) => {
  const optimum = instance.optimum();
  const r = instance.r();
  return {
    optimum,
    loss: (x) => {
      const z = oscillate(times(r, from(x, optimum)));
      return 999_999 * z[0]! ** 2 + squares(z);
    },
  };
};

/** f12, the bent cigar: z₁² + 10⁶ Σ zᵢ², z = R T_asy^0.5(R(x − x*)); x* drawn from R's seed. */
export const bentCigar: BbobMaker = (instance) => {
  const optimum = place(instance.d, instance.seed + 1_000_000);
  const r = instance.r();
  return {
    optimum,
    loss: (x) => {
      const z = times(r, skew(times(r, from(x, optimum)), 0.5));
      return z[0]! ** 2 + 1e6 * squares(z.subarray(1));
    },
  };
};

/** f13, the sharp ridge: z₁² + 100 √(Σ zᵢ²), not differentiable on the ridge. */
export const sharpRidge: BbobMaker = (instance) => {
  const optimum = instance.optimum();
  const matrix = sandwich(instance.r(), conditioning(10, instance.d), instance.q());
  return {
    optimum,
    loss: (x) => {
      const z = times(matrix, from(x, optimum));
      return z[0]! ** 2 + 100 * Math.sqrt(squares(z.subarray(1)));
    },
  };
};

/** f14, different powers: √(Σ |zᵢ|^(2 + 4·rank)). */
export const differentPowers: BbobMaker = (instance) => {
  const optimum = instance.optimum();
  const { d } = instance;
  const r = instance.r();
  return {
    optimum,
    loss: (x) =>
      Math.sqrt(times(r, from(x, optimum)).reduce((sum, z, i) => sum + Math.abs(z) ** (2 + 4 * rank(i, d)), 0)),
  };
};

/** How much the Rosenbrock functions are enlarged, so that the local minimum stays in the domain. @internal */
export function enlargement(d: number): number {
  return Math.max(1, Math.sqrt(d) / 8);
}

function valley(z: Float64Array): number {
  let sum = 0;
  for (let i = 0; i + 1 < z.length; i++) sum += 100 * (z[i]! ** 2 - z[i + 1]!) ** 2 + (z[i]! - 1) ** 2;
  return sum;
}
