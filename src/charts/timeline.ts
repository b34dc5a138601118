import type { CustomSeriesOption, EChartsOption } from "echarts";
import { durationText } from "../formats/quantity.ts";
import type { Fate } from "./report/report-data.ts";
import type { Chart } from "./chart.ts";
import { legend, still, textAxis, tooltip, valueAxis } from "./parts.ts";
import type { Theme } from "./theme.ts";
import type { Trials } from "./trials.ts";

/** Parts of the whole time that can be told apart. */
const PARTS = 1500;
/** So few are drawn one by one, however short. */
const FEW = 500;
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
    `A row is a worker, or one trial at a time where that is not known${lanes.length > SHOWN ? `; ${SHOWN} of ${lanes.length} rows are drawn` : ""}. Gaps are time in which a worker waited.`,
  height: ({ data: { lanes } }) => 92 + Math.max(3, Math.min(SHOWN, lanes.length)) * ROW,
  option(trials, _, { theme }): EChartsOption {
    const rows = trials.data.lanes.slice(0, SHOWN);
    const bars = barsOf(trials).filter(({ lane }) => lane < rows.length);
    const end = bars.reduce((most, { to }) => Math.max(most, to), 0);
    return {
      ...still,
      legend: legend(theme),
      tooltip: tooltip(theme, ([, from, to, i, count], series) => [
        ...(Number(count) > 1
          ? [`${Number(count)} ${series} from trial ${trials.number(Number(i))} on`]
          : trials.describe(Number(i))),
        `at ${durationText(Number(from))}, for ${durationText(Number(to) - Number(from))}`,
      ]),
      grid: {
        left: Math.min(150, 20 + 6.5 * Math.max(...rows.map(({ length }) => length))),
        right: 20,
        top: 36,
        bottom: 40,
      },
      xAxis: {
        ...valueAxis(theme, {}),
        min: 0,
        max: end || 1,
        axisLabel: { color: theme.muted, fontSize: 11, hideOverlap: true, formatter: durationText },
        splitLine: { show: true, lineStyle: { color: theme.grid } },
      },
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
                data: own.map(({ lane, from, to, first, count, low, high }) => [
                  lane,
                  from,
                  to,
                  first,
                  count,
                  low,
                  high,
                ]),
                renderItem(_params, api) {
                  const [left, middle] = api.coord([api.value(1), api.value(0)]) as [number, number];
                  const [right] = api.coord([api.value(2), api.value(0)]) as [number, number];
                  const height = (api.size!([0, 1]) as number[])[1]! * 0.72;
                  const width = Math.max(1, right - left - (right - left > 4 ? 1 : 0)); // a gap between long ones
                  return {
                    type: "rect",
                    shape: {
                      x: left,
                      y: middle + height * (0.5 - Number(api.value(6))),
                      width,
                      height: height * (Number(api.value(6)) - Number(api.value(5))),
                    },
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
  readonly to: number;
  /** The first trial of it. */
  readonly first: number;
  readonly count: number;
  /** The part of the row's height. */
  readonly low: number;
  readonly high: number;
}

/**
 * A bar per trial. Those too short to be told apart are put together, in each row by parts of the whole time: each fate
 * has the share of the height that it has of these trials.
 */
export function barsOf(trials: Trials): Bar[] {
  const { start, duration, lane } = trials.data.trials;
  const order = Array.from(start.keys()).filter((i) => start[i] !== null);
  const end = order.reduce((most, i) => Math.max(most, start[i]! + (duration[i] ?? 0)), 0);
  const least = end / PARTS;
  const out: Bar[] = [];
  const short = new Map<string, number[]>();
  for (const i of order) {
    const [from, to] = [start[i]!, start[i]! + (duration[i] ?? 0)];
    if (to - from >= least || order.length <= FEW) {
      out.push({ lane: lane[i]!, fate: trials.fate(i), from, to, first: i, count: 1, low: 0, high: 1 });
      continue;
    }
    const key = `${lane[i]} ${Math.floor(from / least)}`;
    const cell = short.get(key);
    if (cell === undefined) short.set(key, [i]);
    else cell.push(i);
  }
  for (const cell of short.values()) {
    const from = Math.floor(start[cell[0]!]! / least) * least;
    let low = 0;
    for (const { fates } of Object.values(looks)) {
      const own = cell.filter((i) => fates.includes(trials.fate(i)));
      if (own.length === 0) continue;
      const [first] = own;
      const high = low + own.length / cell.length;
      out.push({
        lane: lane[first!]!,
        fate: fates[0]!,
        from,
        to: from + least,
        first: first!,
        count: own.length,
        low,
        high,
      });
      low = high;
    }
  }
  return out;
}
