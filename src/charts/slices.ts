import type { EChartsOption } from "echarts";
import { numberText } from "../formats/quantity.ts";
import { type Chart, type Chosen, objectiveSelect } from "./chart.ts";
import { still, tick, tooltip, valueAxis } from "./parts.ts";
import { ABSENT, placeOf, textAt } from "./scale.ts";
import { thinned, type Trials } from "./trials.ts";

const FIRST = 6;
const POINTS = 18_000;
const ROW = 210;

/** An objective over each parameter. */
export const slices: Chart = {
  name: "slices",
  title: "Slices",
  missing: (trials) =>
    trials.those("c", "i").length === 0
      ? "No trial has a value yet."
      : trials.axes().length === 0
        ? "No parameter varies."
        : undefined,
  selects(trials) {
    const all = trials.axes().length;
    const few = `${FIRST} most important`;
    return [
      ...objectiveSelect(trials),
      ...(all > FIRST ? [{ key: "which", label: "Parameters", values: [few, `all ${all}`], chosen: few }] : []),
    ];
  },
  note(trials, chosen) {
    const { all, drawn } = points(trials, axesOf(trials, chosen).length);
    const { beyond } = trials.range(trials.objective(chosen).name);
    return `The value over each parameter; the best tenth stands out.${beyond > 0 ? ` The ${numberText(beyond)} worst lie outside.` : ""}${drawn.length < all.length ? ` ${numberText(drawn.length)} of ${numberText(all.length)} trials are drawn.` : ""}`;
  },
  height: (trials, chosen, width) => ROW * Math.ceil(axesOf(trials, chosen).length / columnsOf(width)) + 8,
  option(trials, chosen, { theme, width }): EChartsOption {
    const { name } = trials.objective(chosen);
    const axes = axesOf(trials, chosen);
    const columns = columnsOf(width);
    const good = trials.goodness(name);
    const { drawn } = points(trials, axes.length);
    const { log, ends } = trials.range(name);
    const cell = width / columns;
    const size = drawn.length > 2000 ? 2.5 : drawn.length > 300 ? 4 : 6;
    const infeasible = drawn.filter((i) => trials.fate(i) === "i");
    const worse = drawn.filter((i) => good[i]! < 0.9);
    const best = drawn.filter((i) => good[i]! >= 0.9);
    return {
      ...still,
      tooltip: tooltip(theme, ([, , i]) => trials.describe(Number(i))),
      grid: axes.map((_, k) => ({
        left: (k % columns) * cell + 54,
        top: Math.floor(k / columns) * ROW + 30,
        width: cell - 74,
        height: ROW - 82,
      })),
      xAxis: axes.map((a, k) => {
        const axis = trials.data.axes[a]!;
        const gaps = drawn.some((i) => Number.isNaN(trials.param(a, i)));
        const few = axis.size !== null && axis.size <= 6;
        const inner =
          few && !axis.log ? Array.from({ length: axis.size }, (_, v) => v / Math.max(1, axis.size! - 1)) : [0, 0.5, 1];
        return {
          ...valueAxis(theme, { name: `${axis.name}${axis.log ? " (log)" : ""}` }),
          gridIndex: k,
          nameGap: 24,
          nameTruncate: { maxWidth: cell - 60 },
          min: gaps ? ABSENT - 0.06 : -0.06,
          max: 1.06,
          axisLabel: {
            color: theme.muted,
            fontSize: 10.5,
            hideOverlap: true,
            customValues: gaps ? [ABSENT, ...inner] : inner,
            formatter: (place: number) => short(textAt(axis, place)),
          },
        };
      }),
      yAxis: axes.map((_, k) => ({
        ...valueAxis(theme, { log, vertical: true, name: k % columns === 0 ? name : "" }),
        ...ends,
        gridIndex: k,
        splitNumber: 3,
        axisLabel: { color: theme.muted, fontSize: 10.5, hideOverlap: true, formatter: tick },
      })),
      series: axes.flatMap((a, k) => {
        const axis = trials.data.axes[a]!;
        const jitter = axis.size === null || axis.size > 12 ? 0 : 0.35 / axis.size;
        const dots = (some: readonly number[], color: string, opacity: number) => ({
          type: "scatter" as const,
          xAxisIndex: k,
          yAxisIndex: k,
          symbolSize: size,
          itemStyle: { color, opacity },
          data: some.map((i): [number, number, number] => [
            placeOf(axis, trials.param(a, i)) + jitter * (((i * 0.618034) % 1) - 0.5) * 2,
            trials.value(name, i),
            i,
          ]),
        });
        return [
          dots(worse, theme.trial, drawn.length > 2000 ? 0.3 : 0.5),
          ...(infeasible.length > 0 ? [dots(infeasible, theme.infeasible, 0.5)] : []),
          dots(best, theme.best, 0.8),
        ];
      }),
    };
  },
};

function axesOf(trials: Trials, chosen: Chosen): readonly number[] {
  const all = trials.axes({ objective: trials.objective(chosen).name });
  return chosen["which"]?.startsWith("all") ? all : all.slice(0, FIRST);
}

function points(trials: Trials, axes: number): { all: readonly number[]; drawn: readonly number[] } {
  const all = trials.those("c", "i");
  return { all, drawn: thinned(all, Math.floor(POINTS / axes), new Set(trials.data.leaders.slice(0, 100))) };
}

function columnsOf(width: number): number {
  return Math.max(1, Math.min(3, Math.floor(width / 280)));
}

function short(text: string): string {
  return text.length <= 12 ? text : `${text.slice(0, 11)}…`;
}
