import type { EChartsOption } from "echarts";
import { numberText } from "../formats/quantity.ts";
import type { Chart, Chosen } from "./chart.ts";
import { isLog, legend, still, tooltip, valueAxis } from "./parts.ts";
import type { Trials } from "./trials.ts";

/** What trials reported over their steps. */
export const curves: Chart = {
  name: "curves",
  title: "Reports over steps",
  missing: ({ data }) => (data.curves.length === 0 ? "No trial reported intermediate values." : undefined),
  selects({ data }) {
    const names = [...new Set(data.curves.map(({ name }) => name))];
    return names.length < 2 ? [] : [{ key: "name", label: "Value", values: names, chosen: nameOf(data, {}) }];
  },
  note({ data }) {
    const drawn = new Set(data.curves.map(({ trial }) => trial)).size;
    return `A line is a trial${drawn < data.reporting ? `; ${numberText(drawn)} of ${numberText(data.reporting)} are drawn` : ""}.`;
  },
  height: () => 340,
  option(trials, chosen, { theme }): EChartsOption {
    const { data } = trials;
    const name = nameOf(data, chosen);
    const leaders = new Set(data.leaders);
    const own = data.curves.filter((curve) => curve.name === name);
    const log = isLog(own.flatMap(({ values }) => values.map((v) => v ?? NaN)));
    const kind = (trial: number): string =>
      leaders.has(trial)
        ? "best"
        : { c: "complete", i: "complete", l: "pruned", p: "pruned", f: "failed" }[trials.fate(trial)];
    const colors: Readonly<Record<string, string>> = {
      complete: theme.trial,
      pruned: theme.pruned,
      failed: theme.failed,
      best: theme.best,
    };
    const order = Object.keys(colors);
    const sorted = [...own].sort((a, b) => order.indexOf(kind(a.trial)) - order.indexOf(kind(b.trial)));
    return {
      ...still,
      legend: legend(theme),
      tooltip: tooltip(theme, ([step, value, i]) => [
        `step ${Number(step)}: ${name} ${numberText(Number(value))}`,
        ...trials.describe(Number(i)),
      ]),
      grid: { left: 64, right: 16, top: 40, bottom: 46 },
      xAxis: { ...valueAxis(theme, { name: "step" }), minInterval: 1 },
      yAxis: valueAxis(theme, { name, log, vertical: true }),
      series: sorted.map(({ trial, steps, values }) => {
        const best = kind(trial) === "best";
        return {
          name: kind(trial),
          type: "line",
          showSymbol: steps.length === 1,
          symbolSize: 4,
          triggerLineEvent: true,
          lineStyle: { color: colors[kind(trial)]!, width: best ? 2.4 : 1, opacity: best ? 1 : 0.4 },
          itemStyle: { color: colors[kind(trial)]! },
          z: best ? 4 : 2,
          data: steps.map((step, k) => [step, values[k] ?? "-", trial]),
        };
      }),
    };
  },
};

function nameOf({ curves, objectives }: Trials["data"], { name, objective }: Chosen): string {
  const known = new Set(curves.map((curve) => curve.name));
  const wanted = [name, objective, objectives[0]!.name].find((each) => each !== undefined && known.has(each));
  return wanted ?? curves[0]?.name ?? "";
}
