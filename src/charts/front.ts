import type { EChartsOption } from "echarts";
import type { Chart, Chosen } from "./chart.ts";
import { cloud, isLog, legend, still, tooltip, valueAxis } from "./parts.ts";
import type { Trials } from "./trials.ts";

const BETWEEN = " / ";
const NEAR = "near the front";

/** Two objectives against each other, and the front. */
export const front: Chart = {
  name: "front",
  title: "Pareto front",
  missing: (trials) =>
    trials.data.objectives.length < 2
      ? "A front needs several objectives."
      : trials.those("c", "i").length === 0
        ? "No trial has all values yet."
        : undefined,
  selects({ data: { objectives } }) {
    const pairs = objectives.flatMap((a, i) => objectives.slice(i + 1).map((b) => `${a.name}${BETWEEN}${b.name}`));
    return [
      ...(pairs.length > 1 ? [{ key: "pair", label: "Objectives", values: pairs, chosen: pairs[0]! }] : []),
      { key: "show", label: "Show", values: ["all trials", NEAR], chosen: "all trials" },
    ];
  },
  note(trials, chosen) {
    const { objectives, leaders } = trials.data;
    const ways = pairOf(trials, chosen).map((name, k) => {
      const { direction } = objectives.find((each) => each.name === name)!;
      return (direction === "minimize" ? ["left", "down"] : ["right", "up"])[k];
    });
    return `No other trial is better in everything than the ${leaders.length} on the front. Better is ${ways.join(" and ")}.`;
  },
  height: (_trials, _chosen, width) => Math.round(Math.min(440, Math.max(320, width * 0.6))),
  option(trials, chosen, { theme }): EChartsOption {
    const [a, b] = pairOf(trials, chosen);
    const { leaders, baseline, objectives } = trials.data;
    const ends = new Set(leaders);
    const at = (i: number): [number, number, number] => [trials.value(a, i), trials.value(b, i), i];
    const near = chosen["show"] === NEAR && leaders.length > 1;
    const kept = near
      ? inside(trials, [a, b], [...leaders, ...(baseline === undefined ? [] : [baseline])])
      : () => true;
    const [others, infeasible] = [
      trials.those("c").filter((i) => !ends.has(i) && kept(i)),
      trials.those("i").filter(kept),
    ];
    const shown = [...others, ...infeasible, ...leaders];
    const sorted = leaders.map(at).sort((p, q) => p[0] - q[0] || p[1] - q[1]);
    const many = others.length > 2000;
    return {
      ...still,
      legend: legend(theme),
      tooltip: tooltip(theme, ([, , i]) => trials.describe(Number(i))),
      grid: { left: 64, right: 20, top: 40, bottom: 48 },
      xAxis: {
        ...valueAxis(theme, { name: a, log: isLog(shown.map((i) => trials.value(a, i))) }),
        splitLine: { show: true, lineStyle: { color: theme.grid } },
      },
      yAxis: valueAxis(theme, { name: b, log: isLog(shown.map((i) => trials.value(b, i))), vertical: true }),
      series: [
        {
          name: "trial",
          type: "scatter",
          symbolSize: many ? 3 : 6,
          itemStyle: { color: theme.trial, opacity: many ? 0.35 : 0.55 },
          ...cloud(others.map(at)),
        },
        ...(infeasible.length > 0
          ? [
              {
                name: "beyond a limit",
                type: "scatter" as const,
                symbolSize: 6,
                itemStyle: { color: `${theme.infeasible}40`, borderColor: theme.infeasible },
                data: infeasible.map(at),
              },
            ]
          : []),
        {
          name: "Pareto front",
          type: "line",
          // between two points of a front nothing is known to be better than its corner
          ...(objectives.length === 2 ? { step: stepOf(trials) } : {}),
          lineStyle: { color: theme.best, width: objectives.length === 2 ? 1.5 : 0 },
          symbol: "circle",
          symbolSize: sorted.length > 100 ? 5 : 8,
          itemStyle: { color: theme.best },
          data: sorted,
        },
        ...(baseline === undefined
          ? []
          : [
              {
                name: "baseline",
                type: "scatter" as const,
                symbol: "diamond",
                symbolSize: 14,
                itemStyle: { color: theme.baseline, borderColor: theme.surface, borderWidth: 1 },
                data: [at(baseline)],
              },
            ]),
      ],
    };
  },
};

function pairOf({ data: { objectives } }: Trials, { pair }: Chosen): [string, string] {
  for (const a of objectives)
    for (const b of objectives) if (a !== b && `${a.name}${BETWEEN}${b.name}` === pair) return [a.name, b.name];
  return [objectives[0]!.name, objectives[1]!.name];
}

/** The corner between two points is worse in both: with the first objective minimised the step comes at its end. */
function stepOf({ data: { objectives } }: Trials): "start" | "end" {
  return objectives[0]!.direction === "minimize" ? "end" : "start";
}

/** Whether a trial lies in the box around some, with a margin of a fifth. */
function inside(trials: Trials, names: readonly string[], some: readonly number[]): (i: number) => boolean {
  const boxes = names.map((name) => {
    const values = some.map((i) => trials.value(name, i));
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const margin = (high - low || Math.abs(high) || 1) / 5;
    return { name, low: low - margin, high: high + margin };
  });
  return (i) => boxes.every(({ name, low, high }) => trials.value(name, i) >= low && trials.value(name, i) <= high);
}
