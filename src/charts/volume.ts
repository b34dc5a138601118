import type { EChartsOption } from "echarts";
import { numberText } from "../formats/quantity.ts";
import type { Chart } from "./chart.ts";
import { still, tooltip, valueAxis } from "./parts.ts";

/** How much the front dominates, over the trials. */
export const volume: Chart = {
  name: "hypervolume",
  title: "Hypervolume",
  missing: ({ data }) =>
    data.objectives.length < 2
      ? "A hypervolume needs several objectives."
      : data.volume.length === 0
        ? "No trial has all values yet."
        : undefined,
  note: () => "How much of the space of values the front dominates: once it is flat, little is gained any more.",
  height: () => 260,
  option(trials, _, { theme }): EChartsOption {
    const points = trials.data.volume.map(([i, v]): [number, number] => [trials.number(i), v]);
    return {
      ...still,
      grid: { left: 64, right: 16, top: 36, bottom: 46 },
      tooltip: tooltip(theme, ([x, y]) => [`trial ${Number(x)}`, `hypervolume ${numberText(Number(y))}`]),
      xAxis: { ...valueAxis(theme, { name: "trial" }), min: 0, minInterval: 1 },
      yAxis: valueAxis(theme, { name: "hypervolume", vertical: true }),
      series: [
        {
          type: "line",
          step: "end",
          symbolSize: 5,
          showSymbol: points.length < 60,
          lineStyle: { color: theme.best, width: 2 },
          itemStyle: { color: theme.best },
          data: points,
        },
      ],
    };
  },
};
