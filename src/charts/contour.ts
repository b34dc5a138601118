import type { EChartsOption } from "echarts";
import { lossOf } from "../core/objective.ts";
import { numberText } from "../formats/quantity.ts";
import { type Chart, type Chosen, objectiveSelect } from "./chart.ts";
import { still, textAxis, tooltip } from "./parts.ts";
import { partsOf } from "./scale.ts";
import type { Trials } from "./trials.ts";

/** The middle value of each cell of two parameters. */
export const contour: Chart = {
  name: "contour",
  title: "Two parameters together",
  missing: (trials) =>
    trials.axes().length < 2
      ? "It takes two parameters."
      : trials.those("c").length === 0
        ? "No trial has a value yet."
        : undefined,
  selects(trials) {
    const names = trials.axes().map((a) => trials.data.axes[a]!.name);
    if (names.length < 2) return objectiveSelect(trials);
    const [x, y] = together(trials);
    return [
      ...objectiveSelect(trials),
      { key: "x", label: "Across", values: names, chosen: trials.data.axes[x]!.name },
      { key: "y", label: "Up", values: names, chosen: trials.data.axes[y]!.name },
    ];
  },
  note: (trials, chosen) =>
    `The median of ${trials.objective(chosen).name} in each cell, coloured by rank. Empty cells were not tried; the ring is the best trial.`,
  height: (_trials, _chosen, width) => Math.round(Math.min(420, Math.max(340, width * 0.62))),
  option(trials, chosen, { theme, width }): EChartsOption {
    const { name, direction } = trials.objective(chosen);
    const [x, y] = pair(trials, chosen);
    const feasible = trials.those("c");
    const losses = trials.losses(name);
    const room = Math.max(4, Math.min(20, Math.round(Math.sqrt(feasible.length / 2))));
    const [across, up] = [partsOf(trials.data.axes[x]!, room), partsOf(trials.data.axes[y]!, room)];
    const cells = new Map<string, { at: [number, number]; losses: number[] }>();
    let best = -1;
    for (const i of feasible) {
      const at: [number, number] = [across.of(trials.param(x, i)), up.of(trials.param(y, i))];
      if (at[0] < 0 || at[1] < 0) continue;
      if (best < 0 || losses[i]! < losses[best]!) best = i;
      const cell = cells.get(at.join()) ?? { at, losses: [] };
      cells.set(at.join(), cell);
      cell.losses.push(losses[i]!);
    }
    const medians = [...cells.values()].map(({ at, losses }) => ({ at, loss: median(losses), count: losses.length }));
    const order = [...new Set(medians.map(({ loss }) => loss))].sort((a, b) => b - a);
    const rank = new Map(order.map((loss, k) => [loss, order.length < 2 ? 1 : k / (order.length - 1)]));
    const text = (loss: number | undefined): string =>
      loss === undefined ? "" : numberText(Number(lossOf(loss, direction).toPrecision(3)));
    return {
      ...still,
      tooltip: tooltip(theme, ([a, b, , loss, count]) =>
        loss === undefined
          ? trials.describe(best)
          : [
              `${trials.data.axes[x]!.name} ${across.labels[Number(a)]}`,
              `${trials.data.axes[y]!.name} ${up.labels[Number(b)]}`,
              `${name} ${text(Number(loss))} in the middle of ${Number(count)}`,
            ],
      ),
      grid: { left: Math.min(120, width * 0.25), right: 16, top: 28, bottom: 84 },
      xAxis: axis(
        textAxis(theme, across.labels, { name: trials.data.axes[x]!.name }),
        90,
        Math.ceil(across.labels.length / Math.max(2, width / 110)) - 1,
      ),
      yAxis: axis(
        textAxis(theme, up.labels, { name: trials.data.axes[y]!.name, vertical: true }),
        Math.min(110, width * 0.22),
        Math.ceil(up.labels.length / 12) - 1,
      ),
      visualMap: {
        type: "continuous",
        seriesIndex: 0,
        dimension: 2,
        min: 0,
        max: 1,
        orient: "horizontal",
        left: "center",
        bottom: 0,
        itemHeight: Math.min(200, width * 0.4),
        itemWidth: 12,
        text: [`best ${text(order.at(-1))}`, text(order[0])],
        textStyle: { color: theme.muted, fontSize: 11 },
        inRange: { color: [...theme.scale] },
        hoverLink: false,
      },
      series: [
        {
          type: "heatmap",
          itemStyle: { borderColor: theme.surface, borderWidth: 1 },
          data: medians.map(({ at, loss, count }) => [...at, rank.get(loss)!, loss, count]),
        },
        {
          type: "scatter",
          symbolSize: 16,
          itemStyle: { color: "transparent", borderColor: theme.best, borderWidth: 3 },
          data: best < 0 ? [] : [[across.of(trials.param(x, best)), up.of(trials.param(y, best))]],
        },
      ],
    };
  },
};

function axis<A extends { axisLabel: object }>(given: A, width: number, interval: number) {
  return {
    ...given,
    splitArea: { show: false },
    axisLabel: { ...given.axisLabel, width, interval, overflow: "truncate" as const },
  };
}

function pair(trials: Trials, { x, y }: Chosen): readonly [number, number] {
  const [a, b] = [trials.axisNamed(x), trials.axisNamed(y)];
  const usual = together(trials);
  return [a < 0 ? usual[0] : a, b < 0 ? usual[1] : b];
}

/** The most important parameter, and the next one that most trials have together with it. */
function together(trials: Trials): readonly [number, number] {
  const axes = trials.axes();
  const feasible = trials.those("c");
  const both = (a: number, b: number): number =>
    feasible.filter((i) => !Number.isNaN(trials.param(a, i)) && !Number.isNaN(trials.param(b, i))).length;
  const first = axes[0]!;
  const next = axes.slice(1).find((a) => both(first, a) > feasible.length / 3);
  return [first, next ?? axes[1] ?? first];
}

function median(values: number[]): number {
  const sorted = values.sort((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1]!;
}
