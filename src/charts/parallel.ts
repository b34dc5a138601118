import type { EChartsOption } from "echarts";
import { lossOf } from "../core/objective.ts";
import { numberText } from "../formats/quantity.ts";
import { type Chart, objectiveSelect } from "./chart.ts";
import { lines, still } from "./parts.ts";
import { ABSENT, placeOf, textAt } from "./scale.ts";
import { thinned, type Trials } from "./trials.ts";

const LINES = 800;
/** How many of the best stand out. */
const BEST = 20;
const NARROW = 640;
const OPACITY = [0.35, 0.4, 0.45, 0.5, 0.9];

/** One line per trial across the most important parameters and the objectives. */
export const parallel: Chart = {
  name: "parallel",
  title: "Parallel coordinates",
  missing: (trials) => (trials.those("c").length === 0 ? "No trial has a value yet." : undefined),
  selects: objectiveSelect,
  note(trials) {
    const drawn = Math.min(LINES, trials.those("c").length);
    const some = drawn < trials.those("c").length ? ` ${numberText(drawn)} of the trials are drawn.` : "";
    return `A line is a trial; the better, the stronger its colour. Drag along an axis to pick out a range.${some}`;
  },
  height: (trials, chosen, width) => (width < NARROW ? 64 + 54 * dimensions(trials, chosen, width).length : 380),
  option(trials, chosen, { theme, width }): EChartsOption {
    const upright = width < NARROW;
    const { name } = trials.objective(chosen);
    const good = trials.goodness(name);
    const axes = dimensions(trials, chosen, width);
    const best = trials.those("c").sort((a, b) => good[b]! - good[a]!);
    const keep = new Set(best.slice(0, BEST));
    const drawn = [...thinned(trials.those("c"), LINES, keep)].sort((a, b) => good[a]! - good[b]!);
    const label = {
      color: theme.ink,
      fontSize: 11,
      hideOverlap: true,
      textBorderColor: theme.surface,
      textBorderWidth: 3,
    };
    const series = bands(drawn, theme.scale.length).map((band, k) => ({
      type: "parallel" as const,
      smooth: false,
      lineStyle: {
        color: theme.scale[k]!,
        width: k === theme.scale.length - 1 ? 1.6 : 1,
        opacity: OPACITY[k]! * Math.min(1, 0.35 + 20 / band.length),
      },
      inactiveOpacity: 0.02,
      progressive: 0,
      data: band.map((i) => axes.map((axis) => axis.place(i))),
    }));
    return {
      ...still,
      tooltip: { show: false, formatter: () => lines([]) },
      parallel: {
        layout: upright ? "vertical" : "horizontal",
        left: upright ? 24 : 56,
        right: upright ? 24 : 72,
        top: upright ? 34 : 44,
        bottom: upright ? 30 : 26,
        parallelAxisDefault: {
          type: "value",
          min: ABSENT,
          max: 1,
          nameGap: 14,
          nameLocation: "end",
          nameTextStyle: { color: theme.ink, fontSize: 11 },
          axisLine: { lineStyle: { color: theme.muted } },
          axisTick: { show: false },
          splitLine: { show: false },
          areaSelectStyle: { color: theme.best, opacity: 0.25, borderColor: theme.best },
        },
      },
      parallelAxis: axes.map(({ title, text, ticks, gaps }, dim) => ({
        dim,
        name: short(title, upright ? 30 : Math.max(8, Math.floor(width / axes.length / 6.5))),
        ...(upright
          ? {
              nameLocation: "start" as const,
              nameGap: 0,
              nameTextStyle: {
                color: theme.ink,
                fontSize: 11,
                align: "left" as const,
                verticalAlign: "bottom" as const,
                padding: [0, 0, 5, 0],
              },
            }
          : {}),
        min: gaps ? ABSENT : 0,
        axisLabel: { ...label, customValues: ticks, formatter: (place: number) => short(text(place), 14) },
      })),
      series,
    };
  },
};

interface Dimension {
  readonly title: string;
  place(i: number): number;
  text(place: number): string;
  readonly ticks: number[];
  readonly gaps: boolean;
}

/** The most important parameters, as many as there is room for, and the objectives, the better the higher. */
function dimensions(trials: Trials, chosen: { readonly [key: string]: string }, width: number): Dimension[] {
  const { axes, objectives } = trials.data;
  const room = width < NARROW ? 12 : Math.max(3, Math.floor(width / 90) - objectives.length);
  const params = trials
    .axes(chosen)
    .slice(0, room)
    .map((a): Dimension => {
      const axis = axes[a]!;
      const gaps = trials.data.trials.params[a]!.includes(null);
      const few = axis.size !== null && axis.size <= 8;
      const inner = few
        ? Array.from({ length: axis.size }, (_, k) => k / Math.max(1, axis.size! - 1))
        : [0, 0.25, 0.5, 0.75, 1];
      const ticks = axis.log && few ? [0, 0.5, 1] : inner;
      return {
        title: axis.name,
        place: (i) => placeOf(axis, trials.param(a, i)),
        text: (place) => textAt(axis, place),
        ticks: gaps ? [ABSENT, ...ticks] : ticks,
        gaps,
      };
    });
  const values = objectives.map(({ name, direction }): Dimension => {
    const losses = trials.those("c").map((i) => trials.losses(name)[i]!);
    const low = losses.reduce((a, b) => Math.min(a, b), Infinity);
    const high = losses.reduce((a, b) => Math.max(a, b), -Infinity);
    const log = low > 0 && high / low > 50;
    const f = log ? Math.log : (x: number) => x;
    const span = f(high) - f(low) || 1;
    return {
      title: `${name} ${direction === "minimize" ? "↓" : "↑"}`,
      place: (i) => 1 - (f(trials.losses(name)[i]!) - f(low)) / span,
      text(place) {
        const at = f(low) + (1 - place) * span;
        return numberText(Number(lossOf(log ? Math.exp(at) : at, direction).toPrecision(3)));
      },
      ticks: [0, 0.25, 0.5, 0.75, 1],
      gaps: false,
    };
  });
  return [...params, ...values];
}

/** Trials in order of goodness, cut into bands: the best tenth, at most so many as stand out, and equal ones. */
function bands(order: readonly number[], count: number): (readonly number[])[] {
  const best = Math.min(BEST, Math.ceil(order.length / 10));
  const others = order.length - best;
  const bound = (k: number): number => (k === count ? order.length : Math.round((others * k) / (count - 1)));
  return Array.from({ length: count }, (_, k) => order.slice(bound(k), bound(k + 1)));
}

function short(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
