import type { TrialRecord } from "../../study/record.ts";
import { gap } from "./gap.ts";
import type { ReportCurve } from "./report-data.ts";

/** How many trials' curves a report holds, and how many steps of each. */
const CURVES = 300;
const STEPS = 200;

/** What trials reported over their steps: of the leaders, and of others evenly by number. */
export function curvesOf(
  trials: readonly TrialRecord<unknown>[],
  leaders: readonly number[],
): { curves: ReportCurve[]; reporting: number } {
  const all = trials.flatMap(({ reports }, i) => (reports.length > 0 ? [i] : []));
  const stride = Math.max(1, all.length / CURVES);
  const chosen = new Set(leaders.filter((i) => trials[i]!.reports.length > 0).slice(0, CURVES));
  for (let k = 0; k < all.length; k += stride) chosen.add(all[Math.floor(k)]!);
  const curves = [...chosen].flatMap((trial) => {
    const reports = [...trials[trial]!.reports].sort((a, b) => a.step - b.step);
    const names = [...new Set(reports.flatMap(({ values }) => Object.keys(values)))];
    return names.map((name) => {
      const own = thinned(reports.filter(({ values }) => name in values));
      return { trial, name, steps: own.map(({ step }) => step), values: own.map(({ values }) => gap(values[name])) };
    });
  });
  return { curves, reporting: all.length };
}

/** Evenly fewer, the last one kept. */
function thinned<T>(all: readonly T[]): readonly T[] {
  if (all.length <= STEPS) return all;
  return Array.from({ length: STEPS }, (_, i) => all[Math.round((i * (all.length - 1)) / (STEPS - 1))]!);
}
