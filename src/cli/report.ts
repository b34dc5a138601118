import { styleText } from "node:util";
import { edges } from "../analysis/edges.ts";
import { verdict } from "../analysis/gain.ts";
import { comparable, lossesOf } from "../core/compared.ts";
import { isAttuneError } from "../core/errors.ts";
import type { Objective } from "../core/objective.ts";
import type { FinishedTrial } from "../core/trial.ts";
import { numberText } from "../formats/quantity.ts";
import type { SearchResult } from "../search/result.ts";
import type { Space } from "../space/space.ts";
import { flat } from "./flat.ts";
import { scatter } from "../formats/text-plot.ts";
import { plural, table } from "./table.ts";
import { changeOf, failureSummary } from "./trials-text.ts";

/** How wide a table may be where the terminal does not say, in characters. */
const WIDTH = 120;
/** How many rows of a front or ranking are shown. */
const SHOWN = 20;

/** What a search found, for people: the best trials against the baseline, a plot, and what to do next. */
export function report(result: SearchResult, space: Space): string {
  let leaders: readonly FinishedTrial[];
  try {
    leaders = result.leaders;
  } catch (error) {
    if (!isAttuneError(error)) throw error;
    const failures = failureSummary(result);
    const infeasible = result.trials.some(({ state }) => state === "complete");
    return [infeasible || failures === "" ? error.message : "", failures].filter(Boolean).join("\n\n");
  }
  const parts = [
    leaders.length === 1 && result.objectives.length === 1 ? bestText(leaders[0]!, result) : frontText(leaders, result),
    plotText(result, leaders),
    verdictText(result, leaders),
    edgesText(space, leaders),
    failureSummary(result),
  ];
  return parts.filter(Boolean).join("\n\n");
}

function bestText(best: FinishedTrial, { objectives, baseline }: SearchResult): string {
  const rows = Object.entries(flat(best.params)).map(([name, value]) => [
    name,
    value,
    ...(baseline ? [flat(baseline.params)[name] ?? "–"] : []),
  ]);
  const head = `${styleText("bold", "Best")}: trial ${best.number}${best === baseline ? " (the baseline)" : ""}, ${objectives.map((o) => valueText(best, o, baseline)).join(", ")}`;
  return `${head}\n${table(["parameter", "best", ...(baseline ? ["baseline"] : [])], rows)}`;
}

function frontText(front: readonly FinishedTrial[], { objectives, baseline }: SearchResult): string {
  const first = (trial: FinishedTrial): number => lossesOf(objectives, trial.measured)[0]!;
  const sorted = [...front].sort((a, b) => first(a) - first(b));
  const shown =
    sorted.length <= SHOWN
      ? sorted
      : Array.from({ length: SHOWN }, (_, i) => sorted[Math.round((i * (sorted.length - 1)) / (SHOWN - 1))]!);
  const names = [...new Set(shown.flatMap(({ params }) => Object.keys(flat(params))))];
  const constant = names.filter(
    (name) => new Set(shown.map(({ params }) => flat(params)[name])).size === 1 && shown.length > 1,
  );
  const varying = names.filter((name) => !constant.includes(name));
  const values = shown.map((trial) => [
    String(trial.number) + (trial === baseline ? " *" : ""),
    ...objectives.flatMap(({ name }) => [
      numberText(trial.values[name]!),
      ...(baseline ? [changeOf(trial, baseline, name)] : []),
    ]),
  ]);
  const head = [
    "trial",
    ...objectives.flatMap(({ name, direction }) => [
      `${name} ${direction === "minimize" ? "↓" : "↑"}`,
      ...(baseline ? ["change"] : []),
    ]),
  ];
  const columns = shown.map(({ params }) => varying.map((name) => flat(params)[name] ?? ""));
  const wide = table(
    [...head, ...varying],
    values.map((row, i) => [...row, ...columns[i]!]),
  );
  const fits = wide.indexOf("\n") <= (process.stdout.columns ?? WIDTH);
  const narrow = (): string =>
    table(
      [...head, "configuration"],
      values.map((row, i) => [...row, inWords(varying, columns[i]!)]),
    );
  const notes = [
    sorted.length > shown.length ? `  and ${sorted.length - shown.length} more: attune best --json lists them all` : "",
    constant.length > 0
      ? `  the same in all: ${constant.map((name) => `${name}=${flat(shown[0]!.params)[name]}`).join(", ")}`
      : "",
    baseline
      ? `  change is against the baseline, trial ${baseline.number}${front.includes(baseline) ? " (*)" : ""}: ${objectives.map(({ name }) => `${name} ${numberText(baseline.values[name]!)}`).join(", ")}`
      : "",
  ];
  return [
    `${styleText("bold", "Pareto front")}: ${plural(front.length, "trial")} that no other one beats in everything`,
    fits ? wide : narrow(),
    ...notes.filter(Boolean),
  ].join("\n");
}

/** `kind=brotli quality=10`: what is there, without what all the names begin with. */
function inWords(names: readonly string[], values: readonly string[]): string {
  const [first = ""] = names;
  const head = first.slice(0, first.indexOf(".") + 1);
  const common = names.every((name) => name.startsWith(head)) ? head.length : 0;
  return names.flatMap((name, i) => (values[i] === "" ? [] : [`${name.slice(common)}=${values[i]}`])).join(" ");
}

function plotText({ objectives, feasible, baseline }: SearchResult, leaders: readonly FinishedTrial[]): string {
  const marks = (
    x: (t: FinishedTrial) => number,
    y: (t: FinishedTrial) => number,
  ): { at: readonly [number, number]; sign: string }[] =>
    baseline ? [{ at: [x(baseline), y(baseline)], sign: "B" }] : [];
  const shown = ({ measured }: FinishedTrial, name: string): number =>
    comparable(measured[name]!, baseline?.measured[name]);
  const [a, b] = objectives;
  if (b !== undefined) {
    const at = (t: FinishedTrial): [number, number] => [shown(t, a!.name), shown(t, b.name)];
    const front = leaders.map((t) => ({ at: at(t), sign: "●" }));
    const legend = `  ● Pareto front${baseline ? "   B baseline" : ""}   dots: other trials${objectives.length > 2 ? ` (${plural(objectives.length - 2, "further objective")} not drawn)` : ""}`;
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
  const points = feasible.map((t): [number, number] => [t.number, shown(t, name)]);
  if (points.length < 3) return "";
  const best = leaders.map((t) => ({ at: [t.number, shown(t, name)] as const, sign: "●" }));
  return `${scatter([{ points }], {
    x: "trial",
    y: name,
    height: 10,
    marks: [
      ...marks(
        (t) => t.number,
        (t) => shown(t, name),
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
  const how = blind ? "measured better" : objectives.length === 1 ? "is better" : "are better";
  const noise = blind
    ? ", but each was measured once, so that may be noise: return several samples to know."
    : ", beyond the noise.";
  if (objectives.length === 1) return `Trial ${leaders[0]!.number} ${how} than the baseline${noise}`;
  const limits = lossesOf(objectives, baseline.measured);
  const dominating = gains.filter((t) => lossesOf(objectives, t.measured).every((loss, i) => loss <= limits[i]!));
  return `${gains.length} of the front ${how} than the baseline in some objective, ${dominating.length} in every one${noise}`;
}

function edgesText(space: Space, leaders: readonly FinishedTrial[]): string {
  const found = edges(space, leaders);
  if (found.length === 0) return "";
  return `At the edge of their range, so that a wider one may be better: ${found.map(({ name, value }) => `${name} (${typeof value === "number" ? numberText(value) : String(value)})`).join(", ")}`;
}

function valueText(trial: FinishedTrial, { name }: Objective, baseline?: FinishedTrial): string {
  const error = trial.stderr[name];
  const change =
    baseline && baseline !== trial
      ? ` (${changeOf(trial, baseline, name)} against the baseline's ${numberText(trial.normalizedBy?.values[name] ?? baseline.values[name]!)})`
      : "";
  return `${name} ${numberText(trial.values[name]!)}${error === undefined ? "" : ` ± ${numberText(Number(error.toPrecision(2)))}`}${change}`;
}
