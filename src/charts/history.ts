import type { EChartsOption } from "echarts";
import { numberText } from "../formats/quantity.ts";
import { type Chart, objectiveSelect } from "./chart.ts";
import { cloud, legend, still, tooltip, valueAxis } from "./parts.ts";
import type { Trials } from "./trials.ts";

/** Every value in the order of the trials, and the best so far. */
export const history: Chart = {
  name: "history",
  title: "Optimisation history",
  missing: (trials) => (trials.those("c", "i").length === 0 ? "No trial has a value yet." : undefined),
  selects: objectiveSelect,
  note(trials, chosen) {
    const { beyond } = trials.range(trials.objective(chosen).name);
    return `Each dot is a trial${trials.data.baseline === undefined ? "" : "; the dashed line is the baseline"}.${beyond > 0 ? ` The ${numberText(beyond)} worst lie outside.` : ""}${trials.those("p", "l", "f").length > 0 ? " Below: trials without a value." : ""}`;
  },
  height: () => 340,
  option(trials, chosen, { theme, width }): EChartsOption {
    const { name } = trials.objective(chosen);
    const at = (i: number): [number, number, number] => [trials.number(i), trials.value(name, i), i];
    const [feasible, infeasible] = [trials.those("c"), trials.those("i")];
    const [pruned, failed] = [trials.those("p", "l"), trials.those("f")];
    const { log, ends } = trials.range(name);
    const rug = [failed, pruned].flatMap((some, k) => (some.length > 0 ? [["failed", "pruned"][k]!] : []));
    const bottom = 46 + (rug.length > 0 ? 12 + 16 * rug.length : 0);
    const last = trials.count === 0 ? 1 : Math.max(1, trials.number(trials.count - 1));
    const base = data(trials)?.value(name);
    const dots = (label: string, some: readonly number[], color: string, hollow = false) => ({
      name: label,
      type: "scatter" as const,
      symbolSize: some.length > 2000 ? 3 : some.length > 300 ? 5 : 7,
      itemStyle: hollow
        ? { color: `${color}40`, borderColor: color }
        : { color, opacity: some.length > 2000 ? 0.5 : 0.75 },
      ...cloud(some.map(at)),
    });
    const marks = (label: string, some: readonly number[], color: string) => ({
      name: label,
      type: "scatter" as const,
      xAxisIndex: 1,
      yAxisIndex: 1,
      symbol: "rect",
      symbolSize: [some.length > 300 ? 1 : 2, 10],
      itemStyle: { color },
      ...cloud(some.map((i) => [trials.number(i), rug.indexOf(label), i])),
    });
    const x = { ...valueAxis(theme, { name: "trial" }), min: 0, max: last, minInterval: 1 };
    return {
      ...still,
      legend: legend(theme),
      tooltip: tooltip(theme, ([, , i]) => (typeof i === "number" ? trials.describe(i) : [])),
      grid: [
        { left: 64, right: 16, top: 40, bottom },
        { left: 64, right: 16, height: 16 * rug.length, bottom: 42, show: false },
      ],
      xAxis: [
        { ...x, ...(rug.length > 0 ? { name: "", axisLabel: { show: false } } : {}) },
        { ...x, gridIndex: 1, show: rug.length > 0, axisLine: { show: false } },
      ],
      yAxis: [
        { ...valueAxis(theme, { name, log, vertical: true }), ...ends },
        {
          type: "category",
          gridIndex: 1,
          data: rug,
          show: rug.length > 0,
          axisLine: { show: false },
          axisTick: { show: false },
          axisLabel: { color: theme.muted, fontSize: 11 },
        },
      ],
      series: [
        dots("trial", feasible, theme.trial),
        ...(infeasible.length > 0 ? [dots("beyond a limit", infeasible, theme.infeasible, true)] : []),
        {
          name: "best so far",
          type: "line",
          step: "end",
          symbol: "none",
          lineStyle: { color: theme.best, width: 2 },
          itemStyle: { color: theme.best },
          data: bestLine(trials, name, last),
          ...(base === undefined
            ? {}
            : {
                markLine: {
                  silent: true,
                  symbol: "none",
                  lineStyle: { color: theme.baseline, type: "dashed" },
                  label: {
                    formatter: `baseline ${numberText(base)}`,
                    color: theme.ink,
                    backgroundColor: theme.surface,
                    padding: [1, 4],
                    borderRadius: 3,
                    opacity: 0.85,
                    position: "insideEndTop",
                    fontSize: width < 500 ? 11 : 12,
                  },
                  data: [{ yAxis: base }],
                },
              }),
        },
        ...(failed.length > 0 ? [marks("failed", failed, theme.failed)] : []),
        ...(pruned.length > 0 ? [marks("pruned", pruned, theme.pruned)] : []),
      ],
    };
  },
};

function data(trials: Trials): { value(name: string): number } | undefined {
  const { baseline } = trials.data;
  return baseline === undefined ? undefined : { value: (name) => trials.value(name, baseline) };
}

/** The points at which the best changes, and the end. */
export function bestLine(trials: Trials, name: string, last: number): [number, number, number][] {
  const losses = trials.losses(name);
  const out: [number, number, number][] = [];
  let best = Infinity;
  for (const i of trials.those("c")) {
    if (losses[i]! >= best) continue;
    best = losses[i]!;
    out.push([trials.number(i), trials.value(name, i), i]);
  }
  const end = out.at(-1);
  return end === undefined ? [] : [...out, [last, end[1], end[2]]];
}
