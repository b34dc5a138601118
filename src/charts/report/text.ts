import { bars, scatter } from "../../formats/text-plot.ts";
import { numberText } from "../../formats/quantity.ts";
import { printable } from "../../formats/printable.ts";
import type { Chosen } from "../chart.ts";
import type { Trials } from "../trials.ts";

/** A chart for a terminal; empty where there is nothing to draw. */
export type TextChart = (trials: Trials, chosen: Chosen) => string;

const BARS = 15;
const SLICES = 4;

const history: TextChart = (trials, chosen) => {
  const { name } = trials.objective(chosen);
  const all = trials.those("c", "i");
  if (all.length === 0) return "";
  const losses = trials.losses(name);
  let least = Infinity;
  const best = trials.those("c").filter((i) => losses[i]! < least && ((least = losses[i]!), true));
  const at = (i: number): [number, number] => [trials.number(i), trials.value(name, i)];
  const { baseline } = trials.data;
  return `${scatter([{ points: all.map(at) }], {
    x: "trial",
    y: name,
    marks: [...best.map((i) => ({ at: at(i), sign: "●" })), ...marked(baseline, at)],
  })}\n  ● best so far${baseline === undefined ? "" : "   B baseline"}   dots: trials`;
};

const front: TextChart = (trials) => {
  const [a, b] = trials.data.objectives;
  const all = trials.those("c");
  if (b === undefined || all.length === 0) return "";
  const at = (i: number): [number, number] => [trials.value(a!.name, i), trials.value(b.name, i)];
  const { baseline, leaders, objectives } = trials.data;
  const more = objectives.length > 2 ? `   (${objectives.length - 2} more not drawn)` : "";
  return `${scatter([{ points: all.map(at) }], {
    x: a!.name,
    y: b.name,
    marks: [...leaders.map((i) => ({ at: at(i), sign: "●" })), ...marked(baseline, at)],
  })}\n  ● Pareto front${baseline === undefined ? "" : "   B baseline"}   dots: trials${more}`;
};

const hypervolume: TextChart = ({ data }) => {
  if (data.volume.length === 0) return "";
  const marks = data.volume.map(([i, v]) => ({ at: [data.trials.number[i]!, v] as const, sign: "●" }));
  return scatter([], { x: "trial", y: "hypervolume", height: 10, marks });
};

const importance: TextChart = ({ data }, { objective = "" }) => {
  const all = data.importance;
  const shares = all[objective] ?? all[""] ?? Object.values(all)[0] ?? [];
  if (shares.length === 0) return "";
  const rows = shares.slice(0, BARS).map(([axis, share]) => ({
    name: data.axes[axis]!.name,
    size: share,
    text: `${(share * 100).toFixed(share < 0.01 ? 1 : 0)} %`,
  }));
  const more = shares.length > BARS ? `\n  and ${shares.length - BARS} more` : "";
  return `  importance (PED-ANOVA)\n${bars(rows)}${more}`;
};

const failures: TextChart = ({ data }) => {
  if (data.failures.length === 0) return "";
  const rows = data.failures.map(({ label, count }) => ({ name: label, size: count, text: numberText(count) }));
  const causes = data.causes.map(
    ({ name, label, kind, failed, of, otherFailed, otherOf }) =>
      `  ${name} = ${label}: ${failed} of ${of} failed${kind === "any" ? "" : ` (${kind})`}, elsewhere ${otherFailed} of ${otherOf}`,
  );
  return [
    `  failures`,
    bars(rows),
    ...(causes.length > 0 ? ["", "  more often than chance explains:", ...causes] : []),
  ].join("\n");
};

const slices: TextChart = (trials, chosen) => {
  const { name } = trials.objective(chosen);
  const all = trials.those("c", "i");
  if (all.length === 0) return "";
  return trials
    .axes({ objective: name })
    .slice(0, SLICES)
    .map((axis) => {
      const { labels, name: title } = trials.data.axes[axis]!;
      const points = all.flatMap((i): [number, number][] =>
        Number.isNaN(trials.param(axis, i)) ? [] : [[trials.param(axis, i), trials.value(name, i)]],
      );
      const legend = labels === undefined ? "" : `\n  ${labels.map((label, k) => `${k} ${label}`).join("   ")}`;
      return points.length === 0 ? "" : `${scatter([{ points }], { x: title, y: name, height: 8 })}${legend}`;
    })
    .filter(Boolean)
    .join("\n\n");
};

const curves: TextChart = ({ data }, { objective }) => {
  const [first] = data.curves;
  if (first === undefined) return "";
  const known = (name: string | undefined): boolean => data.curves.some((curve) => curve.name === name);
  const name = [objective, data.objectives[0]!.name].find(known) ?? first.name;
  const own = data.curves.filter((curve) => curve.name === name);
  const leaders = new Set(data.leaders);
  const pointsOf = (best: boolean): (readonly [number, number])[] =>
    own.flatMap(({ trial, steps, values }) =>
      leaders.has(trial) === best
        ? steps.flatMap((step, k) => (typeof values[k] === "number" ? [[step, values[k]] as const] : []))
        : [],
    );
  const marks = pointsOf(true).map((at) => ({ at, sign: "●" }));
  return `${scatter([{ points: pointsOf(false) }], { x: "step", y: name, marks })}\n  ● best   dots: reports of other trials`;
};

const charts: Readonly<Record<string, TextChart>> = {
  history,
  front,
  hypervolume,
  importance,
  slices,
  failures,
  curves,
};

/** The charts that say most: of one objective its history, of several the front. */
export function usualCharts({ data }: Trials): readonly string[] {
  return [data.objectives.length > 1 ? "front" : "history", "importance", "failures"];
}

/** The chart of this name for a terminal; undefined where it is drawn only as SVG. */
export function textChart(name: string): TextChart | undefined {
  const chart = charts[name];
  return chart && ((trials, chosen) => printable(chart(trials, chosen)));
}

function marked(
  baseline: number | undefined,
  at: (i: number) => [number, number],
): { at: readonly [number, number]; sign: string }[] {
  return baseline === undefined ? [] : [{ at: at(baseline), sign: "B" }];
}
