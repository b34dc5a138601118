import type { Axis } from "../../space/axis.ts";

/** Axes that are always active together, so that they can be modelled jointly. */
export interface Group {
  /** Indices of axes. */
  readonly axes: readonly number[];
  /** Where the group is active; always without. */
  readonly when?: { readonly axis: number; readonly cell: number };
}

/**
 * Partitions axes by the condition under which they are active, parents first: the maximal sets that always occur
 * together (the decomposition of Optuna's `group`). An axis with a single value needs no model.
 */
export function groupsOf(axes: readonly Axis[]): Group[] {
  const groups = new Map<string, { axes: number[]; when?: { readonly axis: number; readonly cell: number } }>();
  axes.forEach(({ when, size }, i) => {
    const key = when === undefined ? "" : `${when.axis} ${when.cell}`;
    const group = groups.get(key) ?? { axes: [], ...(when === undefined ? {} : { when }) };
    if (size > 1) group.axes.push(i);
    groups.set(key, group);
  });
  return [...groups.values()].filter((group) => group.axes.length > 0);
}
