import { styleText } from "node:util";
import { reportOn } from "../analysis/per-instance.ts";
import { besideBaseline } from "../core/compared.ts";
import type { Objective } from "../core/objective.ts";
import type { Measured } from "../core/outcome.ts";
import type { FinishedTrial, TrialReport } from "../core/trial.ts";
import { printable } from "../formats/printable.ts";
import { changeText, numberText } from "../formats/quantity.ts";
import type { SearchResult } from "../search/result.ts";
import { flat } from "./flat.ts";
import { plural, table } from "./table.ts";

/** How many characters of an instance's name are shown. */
const WIDTH = 40;

/** The name of an instance as tables have it. */
export function instanceText(name: string): string {
  const text = printable(name);
  return text.length <= WIDTH ? text : `${text.slice(0, WIDTH - 1)}…`;
}

/** What a trial measured on each instance, beside the baseline; empty where it was measured on none. */
export function trialInstancesText(trial: FinishedTrial, { instances, objectives, baseline }: SearchResult): string {
  const reports = (instances?.names ?? []).flatMap((name) => reportOn(trial, name) ?? []);
  if (reports.length === 0) return "";
  const against = baseline === trial ? undefined : baseline;
  const names = [...new Set(reports.flatMap(({ values }) => Object.keys(values)))];
  const isObjective = (name: string): boolean => objectives.some((each) => each.name === name);
  const rows = reports.map((report) => [
    instanceText(report.instance!),
    ...names.flatMap((name) => [
      valueText(report, name),
      ...(against !== undefined && isObjective(name) ? [changeOn(report, against, name)] : []),
    ]),
  ]);
  const columns = names.flatMap((name) => [name, ...(against !== undefined && isObjective(name) ? ["change"] : [])]);
  return table(["instance", ...columns], rows, "");
}

/** The best trial on each instance, and what a configuration for each would come to. */
export function bestPerInstanceText(result: SearchResult): string {
  return result.objectives.map((objective) => perInstance(result, objective)).join("\n\n");
}

function perInstance(result: SearchResult, { name }: Objective): string {
  const { objectives, baseline } = result;
  const found = result.bestPerInstance(name);
  const overall = objectives.length === 1 ? result.best : undefined;
  const parameters = [...new Set(found.flatMap(({ trial }) => Object.keys(flat(trial.params))))];
  const rows = found.map(({ instance, trial }) => {
    const report = reportOn(trial, instance)!;
    const there = overall && reportOn(overall, instance);
    return [
      instanceText(instance),
      `${trial.number}${trial.state === "pruned" ? " (pruned)" : ""}`,
      valueText(report, name),
      ...(baseline ? [changeOn(report, baseline, name)] : []),
      ...(overall ? [there ? valueText(there, name) : "–"] : []),
      ...parameters.map((each) => flat(trial.params)[each] ?? ""),
    ];
  });
  const head = [
    "instance",
    "trial",
    name,
    ...(baseline ? ["change"] : []),
    ...(overall ? [`trial ${overall.number}`] : []),
  ];
  return [table([...head, ...parameters], rows, ""), perInstanceNote(result, name)].filter(Boolean).join("\n\n");
}

/** What one configuration costs against one for each instance. */
function perInstanceNote(result: SearchResult, name: string): string {
  if (result.objectives.length > 1) return "";
  const { best } = result;
  const one = result.portfolio(1, name).value;
  const { value, trials } = result.portfolio(Infinity, name);
  if (trials.length === 1) return `Trial ${best.number} is best on every instance, of those that were measured on all.`;
  return `The best of ${plural(trials.length, "trial")} for each instance: ${name} ${numberText(value)}, ${changeText(value, one)} against trial ${best.number} for all of them. Fewer: --portfolio 2`;
}

/** At most `k` trials that serve all instances together. */
export function portfolioText(result: SearchResult, k: number): string {
  const { trials, serves, value } = result.portfolio(k);
  const [{ name }] = result.objectives as readonly [Objective];
  const parameters = [...new Set(trials.flatMap(({ params }) => Object.keys(flat(params))))];
  const rows = trials.map((trial) => [
    String(trial.number),
    Object.entries(serves)
      .flatMap(([instance, number]) => (number === trial.number ? [instanceText(instance)] : []))
      .join(", "),
    ...parameters.map((each) => flat(trial.params)[each] ?? ""),
  ]);
  const head = ["trial", "serves", ...parameters];
  const count = trials.length === 1 ? "One trial serves" : `${plural(trials.length, "trial")} serve`;
  return `${styleText("bold", count)} all instances best: ${name} ${numberText(value)}; the best one alone ${numberText(result.portfolio(1).value)}\n\n${table(head, rows, "")}`;
}

function valueText({ values, stderr }: TrialReport, name: string): string {
  const [value, error] = [values[name], stderr?.[name]];
  if (value === undefined) return "";
  return `${numberText(value)}${error === undefined ? "" : ` ± ${numberText(Number(error.toPrecision(2)))}`}`;
}

/** The change against the baseline on the same instance; normalised values are compared where there are any. */
function changeOn(report: TrialReport, baseline: FinishedTrial, name: string): string {
  const reference = reportOn(baseline, report.instance!);
  const [measured, base] = [measuredOf(report, name), reference && measuredOf(reference, name)];
  if (measured === undefined || base === undefined) return "–";
  return changeText(besideBaseline(measured, base).value, base.value);
}

function measuredOf({ values, normalized }: TrialReport, name: string): Measured | undefined {
  const [value, relative] = [values[name], normalized?.[name]];
  if (value === undefined) return undefined;
  return { value, ...(relative === undefined ? {} : { normalized: { value: relative } }) };
}
