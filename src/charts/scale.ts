import { fromUnit, toUnit } from "../space/axis.ts";
import type { ReportAxis } from "./report/report-data.ts";
import { axisText } from "./trials.ts";

/** Parts of an axis that has more values. */
const PARTS = 20;
/** A whole axis with so many values is one part each. */
const WHOLE = 24;
/** Parts of an axis with more values may share one. */
const LISTED = 1000;

/** Where the absent stand beside the unit interval. */
export const ABSENT = -0.14;

/** An axis as a part of the space, so that one may go between its values and the unit interval. */
function axisOf(axis: ReportAxis): Parameters<typeof toUnit>[0] {
  return { ...axis, size: axis.size ?? Infinity };
}

/** A value's place from 0, the low end, to 1, the high end: logarithmic where the axis is searched so. */
export function placeOf(axis: ReportAxis, x: number): number {
  if (Number.isNaN(x)) return ABSENT;
  if (axis.low === axis.high) return 0.5;
  return axis.log ? Math.log(x / axis.low) / Math.log(axis.high / axis.low) : (x - axis.low) / (axis.high - axis.low);
}

/** The value at a place, as text; nothing beside the interval, and "absent" at the place of the absent. */
export function textAt(axis: ReportAxis, place: number): string {
  if (Math.abs(place - ABSENT) < 0.03) return "absent";
  if (place < -1e-9 || place > 1 + 1e-9) return "";
  const x = axis.log ? axis.low * (axis.high / axis.low) ** place : axis.low + place * (axis.high - axis.low);
  return axisText(axis, axis.size === null ? x : Math.round(x));
}

/** The parts of an axis: one per value where there are few, else equal parts of the unit interval. */
export interface Parts {
  readonly labels: readonly string[];
  /** The part of a value, −1 for the absent. */
  of(x: number): number;
}

/** Parts of whole numbers, of which a logarithm leaves some without any. */
function partsOfList(reported: ReportAxis, most: number): Parts {
  const axis = axisOf(reported);
  const firsts: number[] = [];
  let before = -1;
  for (let x = axis.low; x <= axis.high; x++) {
    const part = Math.floor(toUnit(axis, x) * most);
    if (part !== before) firsts.push(x);
    before = part;
  }
  const labels = firsts.map((first, k) => {
    const last = (firsts[k + 1] ?? axis.high + 1) - 1;
    return first === last ? axisText(reported, first) : `${axisText(reported, first)} – ${axisText(reported, last)}`;
  });
  return { labels, of: (x) => (Number.isNaN(x) ? -1 : firsts.findLastIndex((first) => first <= x)) };
}

export function partsOf(reported: ReportAxis, most = PARTS): Parts {
  const axis = axisOf(reported);
  const whole = axis.size <= Math.max(most, Math.min(WHOLE, most * 2));
  if (!whole && axis.size <= LISTED) return partsOfList(reported, most);
  const count = whole ? axis.size : most;
  const at = (k: number): number => fromUnit(axis, k / count);
  const value = (k: number): number => axis.low + (k * (axis.high - axis.low)) / Math.max(1, count - 1);
  const labels = Array.from({ length: count }, (_, k) =>
    whole ? axisText(reported, value(k)) : `${axisText(reported, at(k))} – ${axisText(reported, at(k + 1))}`,
  );
  return {
    labels,
    of: (x) => (Number.isNaN(x) ? -1 : Math.min(count - 1, Math.floor(toUnit(axis, x) * count))),
  };
}
