import type { EChartsOption } from "echarts";
import type { Chart, Chosen } from "./chart.ts";
import { legend, lines, still, textAxis, valueAxis } from "./parts.ts";
import type { Trials } from "./trials.ts";

const MOST = 15;
const TOGETHER = "all together";

/** How much each parameter decides between good and bad trials. */
export const importance: Chart = {
  name: "importance",
  title: "Importance of parameters",
  missing: ({ data }) =>
    Object.keys(data.importance).length === 0 ? "It takes 4 complete trials to tell the importance." : undefined,
  selects: ({ data: { objectives, importance } }) =>
    objectives.length < 2 || Object.keys(importance).length === 0
      ? []
      : [
          {
            key: "of",
            label: "Objective",
            values: [TOGETHER, ...objectives.map(({ name }) => name)],
            chosen: TOGETHER,
          },
        ],
  note: (trials, chosen) =>
    `What sets the best tenth of the trials apart (PED-ANOVA); shares sum to 100 %.${shares(trials, chosen).length > MOST ? ` The ${MOST} most important of ${shares(trials, chosen).length}.` : ""}`,
  height: (trials, chosen) => 56 + 24 * Math.max(2, Math.min(MOST, shares(trials, chosen).length)),
  option(trials, chosen, { theme, width }): EChartsOption {
    const shown = shares(trials, chosen).slice(0, MOST).toReversed();
    const names = shown.map(([axis]) => trials.data.axes[axis]!.name);
    return {
      ...still,
      legend: { ...legend(theme), show: false },
      tooltip: {
        confine: true,
        backgroundColor: theme.surface,
        borderColor: theme.grid,
        textStyle: { color: theme.ink, fontSize: 12 },
        formatter: (point: unknown) => {
          const { name, value } = point as { name: string; value: number };
          return lines([name, percent(value)]);
        },
      },
      grid: { left: Math.min(180, width * 0.36), right: 56, top: 8, bottom: 34 },
      xAxis: {
        ...valueAxis(theme, {}),
        axisLabel: { color: theme.muted, fontSize: 11, formatter: percent },
        min: 0,
        splitLine: { show: true, lineStyle: { color: theme.grid } },
      },
      yAxis: {
        ...textAxis(theme, names),
        axisLabel: { color: theme.ink, fontSize: 12, overflow: "truncate", width: Math.min(170, width * 0.33) },
      },
      series: [
        {
          type: "bar",
          barMaxWidth: 16,
          itemStyle: { color: theme.trial, borderRadius: [0, 3, 3, 0] },
          label: { show: true, position: "right", color: theme.ink, formatter: ({ value }) => percent(Number(value)) },
          data: shown.map(([, share]) => share),
        },
      ],
    };
  },
};

function shares({ data }: Trials, { of, objective }: Chosen): readonly (readonly [number, number])[] {
  const all = data.importance;
  const name = of === TOGETHER ? "" : (of ?? objective ?? "");
  return all[name] ?? all[""] ?? Object.values(all)[0] ?? [];
}

function percent(share: number): string {
  return `${share > 0 && share < 0.01 ? (share * 100).toFixed(1) : Math.round(share * 100)} %`;
}
