/** Which way is better. */
export type Direction = "minimize" | "maximize";

/** A named objective and its direction. */
export interface Objective {
  readonly name: string;
  readonly direction: Direction;
}

/** A limit on a measured name, both ends inclusive. */
export interface Limit {
  readonly min?: number;
  readonly max?: number;
}

/** Limits by measured name: `{ p99: { max: 50 } }`. */
export type Limits = Readonly<Record<string, Limit>>;

/** The loss of a value: the same number, minimised. */
export function lossOf(value: number, direction: Direction): number {
  return direction === "minimize" ? value : -value;
}

/** How far measured values are beyond each limit, in order; ≤ 0 is feasible, NaN is unknown. */
export function excess(limits: Limits, value: (name: string) => number | undefined): number[] {
  const out: number[] = [];
  for (const [name, { min, max }] of Object.entries(limits)) {
    const v = value(name) ?? NaN;
    if (max !== undefined) out.push(v - max);
    if (min !== undefined) out.push(min - v);
  }
  return out;
}
