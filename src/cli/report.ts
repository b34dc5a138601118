import { styleText } from "node:util";
import { edges } from "../analysis/edges.ts";
import { verdict } from "../analysis/gain.ts";
import { isAttuneError } from "../core/errors.ts";
import type { Objective } from "../core/objective.ts";
import type { FinishedTrial } from "../core/trial.ts";
import { changeText, durationText, numberText } from "../formats/quantity.ts";
import type { SearchResult } from "../search/result.ts";
import type { Space } from "../space/space.ts";
import { scatter } from "./plot.ts";
import { table } from "./table.ts";

/** How many rows of a front or ranking are shown. */
const SHOWN = 20;

/** What a search found, for people: the best trials against the baseline, a plot, and what to do next. */
export function report(result: SearchResult, space: Space): string {
  let leaders: readonly FinishedTrial[];
  try {
    leaders = result.objectives.length === 1 ? [result.best] : result.paretoFront();
  } catch (error) {
    if (!isAttuneError(error)) throw error;
    return [error.message, failureSummary(result.trials)].filter(Boolean).join("\n\n");
  }
  const parts = [
    leaders.length === 1 && result.objectives.length === 1 ? bestText(leaders[0]!, result) : frontText(leaders, result),
    plotText(result, leaders),
    verdictText(result, leaders),
    edgesText(space, leaders),
    failureSummary(result.trials),
  ];
  return parts.filter(Boolean).join("\n\n");
}

function bestText(best: FinishedTrial, { objectives, baseline }: SearchResult): string {
  const rows = Object.entries(flat(best.params)).map(([name, value]) => [
    name,
    value,
    baseline ? (flat(baseline.params)[name] ?? "–") : "",
  ]);
  const head = `${styleText("bold", "Best")}: trial ${best.number}${best === baseline ? " (the baseline)" : ""}, ${objectives.map((o) => valueText(best, o, baseline)).join(", ")}`;
  return `${head}\n${table(["parameter", "best", baseline ? "baseline" : ""], rows)}`;
}

function frontText(front: readonly FinishedTrial[], { objectives, baseline }: SearchResult): string {
  const [first] = objectives;
  const sign = first!.direction === "minimize" ? 1 : -1;
  const sorted = [...front].sort((a, b) => sign * (a.values[first!.name]! - b.values[first!.name]!));
  const shown =
    sorted.length <= SHOWN
      ? sorted
      : Array.from({ length: SHOWN }, (_, i) => sorted[Math.round((i * (sorted.length - 1)) / (SHOWN - 1))]!);
  const names = [...new Set(shown.flatMap(({ params }) => Object.keys(flat(params))))];
  const constant = names.filter(
    (name) => new Set(shown.map(({ params }) => flat(params)[name])).size === 1 && shown.length > 1,
  );
  const varying = names.filter((name) => !constant.includes(name));
  const rows = shown.map((trial) => [
    String(trial.number) + (trial === baseline ? " *" : ""),
    ...objectives.flatMap(({ name }) => [
      numberText(trial.values[name]!),
      baseline ? changeText(trial.values[name]!, baseline.values[name]!) : "",
    ]),
    ...varying.map((name) => flat(trial.params)[name] ?? ""),
  ]);
  const head = [
    "trial",
    ...objectives.flatMap(({ name, direction }) => [
      `${name} ${direction === "minimize" ? "↓" : "↑"}`,
      baseline ? "change" : "",
    ]),
    ...varying,
  ];
  const notes = [
    sorted.length > shown.length ? `  ${sorted.length - shown.length} more are in the table on disk` : "",
    constant.length > 0
      ? `  the same in all: ${constant.map((name) => `${name}=${flat(shown[0]!.params)[name]}`).join(", ")}`
      : "",
    baseline
      ? `  change is against the baseline, trial ${baseline.number}${front.includes(baseline) ? " (*)" : ""}: ${objectives.map(({ name }) => `${name} ${numberText(baseline.values[name]!)}`).join(", ")}`
      : "",
  ];
  return [
    `${styleText("bold", "Pareto front")}: ${front.length} trials that no other one beats in everything`,
    table(head, rows),
    ...notes.filter(Boolean),
  ].join("\n");
}

function plotText({ objectives, feasible, baseline }: SearchResult, leaders: readonly FinishedTrial[]): string {
  const marks = (
    x: (t: FinishedTrial) => number,
    y: (t: FinishedTrial) => number,
  ): { at: readonly [number, number]; sign: string }[] =>
    baseline ? [{ at: [x(baseline), y(baseline)], sign: "B" }] : [];
  const [a, b] = objectives;
  if (b !== undefined) {
    const at = (t: FinishedTrial): [number, number] => [t.values[a!.name]!, t.values[b.name]!];
    const front = leaders.map((t) => ({ at: at(t), sign: "●" }));
    const legend = `  ● Pareto front${baseline ? "   B baseline" : ""}   dots: other trials${objectives.length > 2 ? ` (${objectives.length - 2} further objectives are not drawn)` : ""}`;
    return `${scatter([{ points: feasible.map(at) }], {
      x: a!.name,
      y: b.name,
      marks: [
        ...front,
        ...marks(
          (t) => at(t)[0],
          (t) => at(t)[1],
        ),
      ],
    })}\n${legend}`;
  }
  const name = a!.name;
  const points = feasible.map((t): [number, number] => [t.number, t.values[name]!]);
  if (points.length < 3) return "";
  const best = leaders.map((t) => ({ at: [t.number, t.values[name]!] as const, sign: "●" }));
  return `${scatter([{ points }], {
    x: "trial",
    y: name,
    height: 10,
    marks: [
      ...marks(
        (t) => t.number,
        (t) => t.values[name]!,
      ),
      ...best,
    ],
  })}\n  ● best${baseline ? "   B baseline" : ""}`;
}

function verdictText(result: SearchResult, leaders: readonly FinishedTrial[]): string {
  const { baseline, objectives } = result;
  if (baseline === undefined) return "";
  const { gains, keep, blind } = verdict(leaders, baseline, objectives, result.feasible.length);
  if (keep)
    return `${styleText("bold", "Keep your current configuration")}: nothing that was tried is better beyond the noise.`;
  const noise = blind ? " Each was measured once, so the noise is unknown: return several samples to know it." : "";
  if (objectives.length === 1)
    return `Trial ${leaders[0]!.number} is better than the baseline${blind ? "" : " beyond the noise"}.${noise}`;
  const dominating = gains.filter((t) =>
    objectives.every(({ name, direction }) =>
      direction === "minimize" ? t.values[name]! <= baseline.values[name]! : t.values[name]! >= baseline.values[name]!,
    ),
  );
  return `${gains.length} of the front are better than the baseline in some objective${blind ? "" : " beyond the noise"}, ${dominating.length} in every one.${noise}`;
}

function edgesText(space: Space, leaders: readonly FinishedTrial[]): string {
  const found = edges(space, leaders);
  if (found.length === 0) return "";
  return `At the edge of their range, so that a wider one may be better: ${found.map(({ name, value }) => `${name} (${String(value)})`).join(", ")}`;
}

/** How many trials failed, by kind, and the first failure. */
export function failureSummary(trials: readonly FinishedTrial[]): string {
  const failed = trials.filter((t) => t.state === "failed" && t.twin === undefined);
  if (failed.length === 0) return "";
  const kinds = new Map<string, number>();
  for (const { failure } of failed) kinds.set(failure?.kind ?? "error", (kinds.get(failure?.kind ?? "error") ?? 0) + 1);
  const [first] = failed;
  const stderr = first!.failure?.stderr?.trim().split("\n").slice(-3).join("\n    ");
  return (
    `${failed.length} of ${trials.length} trials failed: ${[...kinds].map(([kind, n]) => `${n} ${kind}`).join(", ")}. The first, trial ${first!.number}: ${first!.failure?.message ?? ""}` +
    (stderr ? `\n    ${stderr}` : "")
  );
}

function valueText(trial: FinishedTrial, { name }: Objective, baseline?: FinishedTrial): string {
  const error = trial.stderr[name];
  const change =
    baseline && baseline !== trial
      ? ` (${changeText(trial.values[name]!, baseline.values[name]!)} against the baseline's ${numberText(baseline.values[name]!)})`
      : "";
  return `${name} ${numberText(trial.values[name]!)}${error === undefined ? "" : ` ± ${numberText(Number(error.toPrecision(2)))}`}${change}`;
}

/** A configuration as name → text, nested names joined by dots. */
export function flat(params: unknown, path = ""): Record<string, string> {
  if (typeof params !== "object" || params === null)
    return { [path || "value"]: typeof params === "string" ? params : JSON.stringify(params) };
  const out: Record<string, string> = {};
  for (const [key, value] of Object.entries(params)) {
    const name = Array.isArray(params) ? `${path}[${key}]` : path ? `${path}.${key}` : key;
    Object.assign(out, Array.isArray(value) && path !== "" ? { [name]: JSON.stringify(value) } : flat(value, name));
  }
  return out;
}

/** One line on how a search went. */
export function endLine(result: SearchResult, elapsed: number): string {
  const count = (state: string): number =>
    result.trials.filter((t) => t.state === state && t.twin === undefined).length;
  const parts = [
    `${count("complete")} complete`,
    count("pruned") ? `${count("pruned")} pruned` : "",
    count("failed") ? `${count("failed")} failed` : "",
  ].filter(Boolean);
  return `${parts.join(", ")} in ${durationText(elapsed)}`;
}

/** Trials as a table: number, values with their change, parameters. */
export function trialsText(trials: readonly FinishedTrial[], { objectives, baseline }: SearchResult): string {
  const names = [...new Set(trials.flatMap(({ params }) => Object.keys(flat(params))))];
  const rows = trials.map((trial) => [
    String(trial.number),
    trial.failure?.kind ?? (trial.twin === undefined ? trial.state : `twin of ${trial.twin}`),
    ...objectives.flatMap(({ name }) => {
      const value = trial.values[name];
      if (value === undefined) return baseline ? ["", ""] : [""];
      return baseline ? [numberText(value), changeText(value, baseline.values[name]!)] : [numberText(value)];
    }),
    ...names.map((name) => flat(trial.params)[name] ?? ""),
  ]);
  return table(
    ["trial", "state", ...objectives.flatMap(({ name }) => (baseline ? [name, "change"] : [name])), ...names],
    rows,
    "",
  );
}
