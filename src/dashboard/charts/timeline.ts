import type { CustomSeriesOption, EChartsOption } from "echarts";
import { durationText } from "../../formats/quantity.ts";
import type { Fate } from "../report/report-data.ts";
import type { Chart } from "./chart.ts";
import { legend, still, textAxis, tooltip, valueAxis } from "./parts.ts";
import type { Theme } from "./theme.ts";
import type { Trials } from "./trials.ts";

/** Parts of the whole time that can be told apart. */
const PARTS = 1500;
const SHOWN = 64;
const ROW = 18;

const looks: Readonly<Record<string, { readonly fates: readonly Fate[]; color(theme: Theme): string }>> = {
  complete: { fates: ["c"], color: (theme) => theme.trial },
  "beyond a limit": { fates: ["i"], color: (theme) => theme.infeasible },
  pruned: { fates: ["p", "l"], color: (theme) => theme.pruned },
  failed: { fates: ["f"], color: (theme) => theme.failed },
};

/** What ran when. */
export const timeline: Chart = {
  name: "timeline",
  title: "Timeline",
  missing: (trials) =>
    trials.data.trials.start.every((start) => start === null) ? "When trials ran is not recorded." : undefined,
  note: ({ data: { lanes } }) =>
    `A row is one trial at a time, as many as there were workers${lanes.length > SHOWN ? `; ${SHOWN} of ${lanes.length} rows are drawn` : ""}. Gaps are time in which a worker waited.`,
  height: ({ data: { lanes } }) => 92 + Math.max(3, Math.min(SHOWN, lanes.length)) * ROW,
  option(trials, _, { theme }): EChartsOption {
    const rows = trials.data.lanes.slice(0, SHOWN);
    const bars = barsOf(trials).filter(({ lane }) => lane < rows.length);
    const end = bars.reduce((most, { to }) => Math.max(most, to), 0);
    return {
      ...still,
      legend: legend(theme),
      tooltip: tooltip(theme, ([, from, to, i, count]) => [
        ...(Number(count) > 1 ? [`${Number(count)} trials from ${trials.number(Number(i))} on`] : trials.describe(Number(i))),
        `at ${durationText(Number(from))}, for ${durationText(Number(to) - Number(from))}`,
      ]),
      grid: { left: 44, right: 20, top: 36, bottom: 40 },
      xAxis: { ...valueAxis(theme, {}), min: 0, max: end || 1, axisLabel: { color: theme.muted, fontSize: 11, hideOverlap: true, formatter: durationText }, splitLine: { show: true, lineStyle: { color: theme.grid } } },
      yAxis: { ...textAxis(theme, rows), inverse: true },
      series: Object.entries(looks).flatMap(([name, { fates, color }]): CustomSeriesOption[] => {
        const own = bars.filter(({ fate }) => fates.includes(fate));
        return own.length === 0
          ? []
          : [
              {
                name,
                type: "custom",
                clip: true,
                itemStyle: { color: color(theme) },
                encode: { x: [1, 2], y: 0 },
                data: own.map(({ lane, from, to, first, count }) => [lane, from, to, first, count]),
                renderItem(_params, api) {
                  const [left, middle] = api.coord([api.value(1), api.value(0)]) as [number, number];
                  const [right] = api.coord([api.value(2), api.value(0)]) as [number, number];
                  const height = (api.size!([0, 1]) as number[])[1]! * 0.72;
                  const width = Math.max(1, right - left - (right - left > 4 ? 1 : 0));
                  return {
                    type: "rect",
                    shape: { x: left, y: middle - height / 2, width, height },
                    style: { fill: color(theme) },
                  };
                },
              },
            ];
      }),
    };
  },
};

interface Bar {
  readonly lane: number;
  readonly fate: Fate;
  readonly from: number;
  to: number;
  readonly first: number;
  count: number;
}

/** A bar per trial; those too short to be told apart from the one before, in the same row and of the same fate, join it. */
export function barsOf(trials: Trials): Bar[] {
  const { start, duration, lane } = trials.data.trials;
  const order = Array.from(start.keys()).filter((i) => start[i] !== null);
  order.sort((a, b) => start[a]! - start[b]!);
  const end = order.reduce((most, i) => Math.max(most, start[i]! + (duration[i] ?? 0)), 0);
  const least = end / PARTS;
  const out: Bar[] = [];
  const last = new Map<string, Bar>();
  for (const i of order) {
    const [from, to] = [start[i]!, start[i]! + (duration[i] ?? 0)];
    const key = `${lane[i]} ${trials.fate(i)}`;
    const before = last.get(key);
    if (before !== undefined && to - from < least && from - before.to < least) {
      before.to = Math.max(before.to, to);
      before.count++;
      continue;
    }
    const bar = { lane: lane[i]!, fate: trials.fate(i), from, to, first: i, count: 1 };
    last.set(key, bar);
    out.push(bar);
  }
  return out;
}
