import type { EChartsOption } from "echarts";
import { numberText } from "../formats/quantity.ts";
import type { Fate } from "./report/report-data.ts";
import type { Chart, Chosen } from "./chart.ts";
import { legend, lines, still, textAxis, valueAxis } from "./parts.ts";
import { partsOf } from "./scale.ts";
import type { Trials } from "./trials.ts";

const PARTS = 10;
const SHARES = "shares";

/** What became of the trials, by the value of a parameter. */
export const failures: Chart = {
  name: "failures",
  title: "Failures by parameter",
  missing: (trials) =>
    trials.those("f", "p", "l", "i").length === 0
      ? "Every trial completed within its limits."
      : trials.axes().length === 0
        ? "No parameter varies."
        : undefined,
  selects(trials) {
    const names = trials.axes().map((a) => trials.data.axes[a]!.name);
    const axis = trials.data.axes[axisOf(trials, {})]!;
    return [
      { key: "by", label: "Parameter", values: names, chosen: axis.name },
      { key: "show", label: "Show", values: [SHARES, "counts"], chosen: SHARES },
    ];
  },
  note: () => "How trials ended, for each value of the parameter or part of its range (how many were tried).",
  height: (trials, chosen) => 90 + 26 * (partsOf(trials.data.axes[axisOf(trials, chosen)]!, PARTS).labels.length + 1),
  option(trials, chosen, { theme, width }): EChartsOption {
    const a = axisOf(trials, chosen);
    const parts = partsOf(trials.data.axes[a]!, PARTS);
    const all = Array.from({ length: trials.count }, (_, i) => i);
    const absent = all.some((i) => Number.isNaN(trials.param(a, i)));
    const labels = absent ? [...parts.labels, "absent"] : parts.labels;
    const counted = (of: (i: number) => boolean): number[] => {
      const out = labels.map(() => 0);
      for (const i of all) {
        const part = parts.of(trials.param(a, i));
        if (of(i)) out[part < 0 ? labels.length - 1 : part]!++;
      }
      return out;
    };
    const fated = (name: string, color: string, ...fates: readonly Fate[]) => ({
      name,
      color,
      counts: counted((i) => fates.includes(trials.fate(i))),
    });
    const totals = counted(() => true);
    const shares = (chosen["show"] ?? SHARES) === SHARES;
    const stacks = [
      fated("complete", theme.trial, "c"),
      fated("beyond a limit", theme.infeasible, "i"),
      fated("pruned", theme.pruned, "p", "l"),
      ...trials.data.failures.map(({ kind }, k) => ({
        name: kind,
        color: mixed(theme.failed, k),
        counts: counted((i) => trials.data.trials.failure[i] === k),
      })),
    ].filter(({ counts }) => counts.some((n) => n > 0));
    return {
      ...still,
      legend: { ...legend(theme), type: "scroll", left: 0 },
      tooltip: {
        confine: true,
        backgroundColor: theme.surface,
        borderColor: theme.grid,
        textStyle: { color: theme.ink, fontSize: 12 },
        formatter: (point: unknown) => {
          const { name, seriesName, data } = point as { name: string; seriesName: string; data: { count: number } };
          return lines([name, `${numberText(data.count)} ${seriesName}`]);
        },
      },
      grid: { left: Math.min(150, width * 0.32), right: 20, top: 36, bottom: 40 },
      xAxis: {
        ...valueAxis(theme, { name: shares ? "share of trials" : "trials" }),
        min: 0,
        ...(shares
          ? {
              max: 1,
              axisLabel: { color: theme.muted, fontSize: 11, formatter: (x: number) => `${Math.round(x * 100)} %` },
            }
          : { minInterval: 1 }),
        splitLine: { show: true, lineStyle: { color: theme.grid } },
      },
      yAxis: {
        ...textAxis(
          theme,
          labels.map((label, k) => `${label}  (${numberText(totals[k]!)})`),
        ),
        inverse: true,
        axisLabel: {
          color: theme.ink,
          fontSize: 11,
          interval: 0,
          overflow: "truncate",
          width: Math.min(140, width * 0.3),
        },
      },
      series: stacks.map(({ name, color, counts }) => ({
        name,
        type: "bar",
        stack: "all",
        barMaxWidth: 18,
        itemStyle: { color, borderColor: theme.surface, borderWidth: 0.5 },
        data: counts.map((n, k) => ({ value: shares ? n / (totals[k]! || 1) : n, count: n })),
      })),
    };
  },
};

/** The chosen parameter, else the one whose values go with failures most surely. */
function axisOf(trials: Trials, { by }: Chosen): number {
  const chosen = trials.axisNamed(by);
  if (chosen >= 0) return chosen;
  const cause = trials.axisNamed(trials.data.causes[0]?.name);
  return cause >= 0 ? cause : trials.axes()[0]!;
}

/** The colour of a kind of failure: the same hue, ever lighter. */
function mixed(color: string, k: number): string {
  return k === 0 ? color : `${color}${["c8", "98", "70", "50", "38"][Math.min(k - 1, 4)]}`;
}
