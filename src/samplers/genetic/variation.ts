import type { Random } from "../../core/random.ts";
import { type Axis, drawUnit, fromUnit, toUnit } from "../../space/axis.ts";

/** The distribution indices of wide crossover, near crossover and mutation: the larger, the nearer to the parents. */
export interface Indices {
  readonly wide: number;
  readonly near: number;
  readonly mutation: number;
}

const INDICES: Indices = { wide: 3, near: 30, mutation: 20 };

/** How offspring differ from their parents. Points are raw: NaN where inactive, not yet settled. */
export interface Variation {
  /** Two offspring of two parents. */
  cross(a: ArrayLike<number>, b: ArrayLike<number>, random: Random): [Float64Array, Float64Array];
  /** One offspring of two parents: either of those that `cross` would give. */
  child(a: ArrayLike<number>, b: ArrayLike<number>, random: Random): Float64Array;
  /** A number that is the same for points with the same axes active. */
  branch(unit: ArrayLike<number>): number;
  /** Changes at least one axis in place. */
  mutate(child: Float64Array, random: Random): void;
}

/**
 * Crossover mixes two ways. A share `wide` of the pairs recombines widely: simulated binary crossover (Deb & Agrawal,
 * Complex Systems 9, 1995) with index 3, and every coordinate may change sides. The others stay near their parents:
 * index 30, and only coordinates that were crossed change sides, each with probability ½ (Deb & Jain 2014). Unordered
 * axes change sides with probability ½. An axis that is active in one parent only goes along with the branch that it
 * belongs to; one that is active in neither is drawn.
 *
 * Mutation takes each active axis with probability 1/d, at least one: ordered ones by polynomial mutation with index 20
 * (Deb & Goyal 1996), by at least one cell; unordered ones to another cell drawn from the prior.
 */
export function variation(
  axes: readonly Axis[],
  wide: number,
  priorShare: number,
  indices: Indices = INDICES,
): Variation {
  const heads = new Set(axes.flatMap(({ when }) => (when === undefined ? [] : [when.axis])));
  const cells = new Float64Array(axes.length);
  const active = (i: number): boolean => {
    const when = axes[i]!.when;
    return when === undefined || cells[when.axis] === when.cell;
  };
  const settleHead = (i: number, u: number): void => {
    if (heads.has(i)) cells[i] = Number.isNaN(u) ? NaN : fromUnit(axes[i]!, u) - axes[i]!.low;
  };
  /** Fills in what became active and clears what no longer is; `change` gives the new coordinate of an axis. */
  const walk = (child: Float64Array, random: Random, change: (i: number) => void): void => {
    const uniform = (): number => random.uniform();
    for (let i = 0; i < axes.length; i++) {
      if (!active(i)) child[i] = NaN;
      else if (Number.isNaN(child[i]!)) child[i] = drawUnit(axes[i]!, uniform, priorShare);
      else change(i);
      settleHead(i, child[i]!);
    }
  };
  return {
    branch: (unit) => {
      let key = 0;
      for (let i = 0; i < axes.length; i++) key = (key * 31 + (Number.isNaN(unit[i]!) ? 1 : 0)) | 0;
      return heads.size === 0 ? 0 : key;
    },
    cross: (a, b, random) => {
      const wideNow = random.uniform() < wide;
      const eta = wideNow ? indices.wide : indices.near;
      const one = Float64Array.from(a);
      const two = Float64Array.from(b);
      for (let i = 0; i < axes.length; i++) {
        const x = a[i]!;
        const y = b[i]!;
        if (Number.isNaN(x) || Number.isNaN(y)) {
          one[i] = two[i] = Number.isNaN(x) ? y : x;
          continue;
        }
        const crossed = axes[i]!.ordered && random.uniform() < 0.5;
        if (crossed) blend(x, y, eta, random, one, two, i);
        if ((crossed || wideNow || !axes[i]!.ordered) && random.uniform() < 0.5) [one[i], two[i]] = [two[i]!, one[i]!];
      }
      if (heads.size > 0) for (const child of [one, two]) walk(child, random, () => undefined);
      return [one, two];
    },
    child: (a, b, random) => {
      const wideNow = random.uniform() < wide;
      const eta = wideNow ? indices.wide : indices.near;
      const [mine, other] = random.uniform() < 0.5 ? [a, b] : [b, a];
      const child = Float64Array.from(mine);
      for (let i = 0; i < axes.length; i++) {
        const x = mine[i]!;
        const y = other[i]!;
        if (Number.isNaN(x) || Number.isNaN(y)) {
          child[i] = Number.isNaN(x) ? y : x;
          continue;
        }
        const crossed = axes[i]!.ordered && random.uniform() < 0.5;
        const changes = (crossed || wideNow || !axes[i]!.ordered) && random.uniform() < 0.5;
        if (crossed) child[i] = blendOne(x, y, eta, changes, random);
        else if (changes) child[i] = y;
      }
      if (heads.size > 0) walk(child, random, () => undefined);
      return child;
    },
    mutate: (child, random) => {
      const open: number[] = [];
      for (let i = 0; i < axes.length; i++) if (axes[i]!.size > 1 && !Number.isNaN(child[i]!)) open.push(i);
      if (open.length === 0) return;
      const picked = new Set(open.filter(() => random.uniform() < 1 / open.length));
      if (picked.size === 0) picked.add(open[random.integer(open.length)]!);
      walk(child, random, (i) => {
        if (picked.has(i)) child[i] = perturb(axes[i]!, child[i]!, indices.mutation, random, priorShare);
      });
    },
  };
}

/** Bounded simulated binary crossover on [0, 1] of one coordinate: both offspring, the lower one first. */
function blend(
  x: number,
  y: number,
  eta: number,
  random: Random,
  one: Float64Array,
  two: Float64Array,
  i: number,
): void {
  const low = Math.min(x, y);
  const gap = Math.max(x, y) - low;
  if (gap < 1e-14) return;
  const u = random.uniform();
  one[i] = Math.max(0, low + gap / 2 - (spread(u, low, gap, eta) * gap) / 2);
  two[i] = Math.min(1, low + gap / 2 + (spread(u, 1 - low - gap, gap, eta) * gap) / 2);
}

/** The offspring on the side of `x`, or on the other side. */
function blendOne(x: number, y: number, eta: number, otherSide: boolean, random: Random): number {
  const low = Math.min(x, y);
  const gap = Math.max(x, y) - low;
  if (gap < 1e-14) return x;
  const u = random.uniform();
  return x < y !== otherSide
    ? Math.max(0, low + gap / 2 - (spread(u, low, gap, eta) * gap) / 2)
    : Math.min(1, low + gap / 2 + (spread(u, 1 - low - gap, gap, eta) * gap) / 2);
}

/** How far apart the offspring lie, in gaps between the parents, where there is `room` to the bound (Deb & Agrawal 1995). */
function spread(u: number, room: number, gap: number, eta: number): number {
  const alpha = 2 - (1 + (2 * room) / gap) ** -(eta + 1);
  return (u * alpha <= 1 ? u * alpha : 1 / (2 - u * alpha)) ** (1 / (eta + 1));
}

function perturb(axis: Axis, u: number, eta: number, random: Random, priorShare: number): number {
  if (!axis.ordered) return otherCell(axis, u, random, priorShare);
  const r = random.uniform();
  const power = 1 / (eta + 1);
  const moved =
    r < 0.5
      ? u + (2 * r + (1 - 2 * r) * (1 - u) ** (eta + 1)) ** power - 1
      : u + 1 - (2 * (1 - r) + (2 * r - 1) * u ** (eta + 1)) ** power;
  const clamped = moved < 0 ? 0 : moved > 1 ? 1 : moved;
  if (axis.size === Infinity) return clamped;
  const from = fromUnit(axis, u);
  if (fromUnit(axis, clamped) !== from) return clamped;
  const up = from === axis.low || (from !== axis.high && r >= 0.5);
  return toUnit(axis, up ? from + 1 : from - 1);
}

/** Another cell by the prior; where the prior hardly allows one, the same. */
function otherCell(axis: Axis, u: number, random: Random, priorShare: number): number {
  const from = fromUnit(axis, u);
  for (let tries = 0; tries < 16; tries++) {
    const drawn = drawUnit(axis, () => random.uniform(), priorShare);
    if (fromUnit(axis, drawn) !== from) return drawn;
  }
  return u;
}
