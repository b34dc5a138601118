import type { Space } from "../space/space.ts";

/** A parameter whose best values lie at the end of its range. */
export interface Edge {
  /** The name of the axis. */
  readonly name: string;
  readonly end: "low" | "high";
  readonly value: unknown;
}

/** The share of the leaders that must lie at the same end. */
const MOST = 2 / 3;

/**
 * Ordered parameters for which the leaders lie at the end of the range, so that a wider one may hold better values.
 * Axes with fewer than three values are left out: on them an end means nothing.
 */
export function edges<P>(space: Space<P>, leaders: readonly { readonly params: P }[]): Edge[] {
  const rows = leaders
    .filter(({ params }) => space.parameter.problem(params) === undefined)
    .map(({ params }) => space.row(params));
  return space.axes.flatMap((axis, i): Edge[] => {
    if (!axis.ordered || axis.size < 3) return [];
    const active = rows.map((row) => row[i]!).filter((x) => !Number.isNaN(x));
    if (active.length === 0) return [];
    const slack = axis.size === Infinity ? (axis.high - axis.low) * 1e-3 : 0;
    for (const end of ["low", "high"] as const) {
      const at = active.filter((x) => Math.abs(x - axis[end]) <= slack);
      if (at.length >= MOST * active.length)
        return [{ name: axis.name, end, value: axis.labels?.[axis[end]] ?? axis[end] }];
    }
    return [];
  });
}
