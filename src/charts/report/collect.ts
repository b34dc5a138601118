import { failureCauses } from "../../analysis/failures.ts";
import { importance } from "../../analysis/importance/importance.ts";
import { comparable } from "../../core/compared.ts";
import type { Trial } from "../../core/trial.ts";
import { durationText, grouped, numberText } from "../../formats/quantity.ts";
import { plural } from "../../formats/text-table.ts";
import type { Axis } from "../../space/axis.ts";
import type { TrialRecord } from "../../study/record.ts";
import type { ReportContent } from "./content.ts";
import { curvesOf } from "./curves.ts";
import { failureLabels } from "./failure-labels.ts";
import { foundText, leadersOf } from "./found.ts";
import { gap } from "./gap.ts";
import { lanesOf } from "./lanes.ts";
import type { Fate, ReportAxis, ReportData, ReportTrials } from "./report-data.ts";
import { volumeOf } from "./volume.ts";

/** How many of the best trials are listed. */
const TOP = 100;
/** How many causes of failures are told, and how long a message may be. */
const CAUSES = 12;
const MESSAGE = 2000;
/** The fewest trials that tell the importance of parameters. */
const FEWEST = 4;

/** Everything that a report shows of a study. */
export function collectReport(content: ReportContent, title: string): ReportData {
  const { definition, space, result } = content;
  const { objectives } = definition;
  const trials = content.trials.filter(
    (t) =>
      t.aside === undefined &&
      t.twin === undefined &&
      t.row !== undefined &&
      (t.state === "complete" || t.state === "pruned" || t.state === "failed"),
  );
  const at = new Map(trials.map(({ number }, i) => [number, i]));
  const indices = (some: readonly Trial[]): number[] => some.map(({ number }) => at.get(number)!);
  const feasible = new Set(result.feasible.map(({ number }) => number));
  const leaders = leadersOf(result);
  const lanes = lanesOf(trials, content.sessions);
  const labels = failureLabels(trials);
  const failures = failuresOf(trials, labels);
  const known = failures.map(({ label }) => label);
  return {
    title,
    facts: factsOf(content),
    found: foundText(result, leaders),
    objectives,
    axes: space.axes.map(axisOf),
    trials: {
      ...columnsOf(trials, space.axes.length),
      values: valuesOf(trials, content),
      fate: trials.map((trial) => fateOf(trial, feasible)).join(""),
      lane: lanes.of,
      failure: labels.map((label) => (label === undefined ? -1 : known.indexOf(label))),
    },
    baseline: result.baseline === undefined ? undefined : at.get(result.baseline.number),
    leaders: indices(leaders),
    top: leaders.length === 0 ? [] : indices(result.top(TOP)),
    volume: volumeOf(result, at),
    importance: importanceOf(content, feasible.size),
    failures,
    causes: failureCauses(space, trials).slice(0, CAUSES),
    ...curvesOf(trials, indices(leaders)),
    lanes: lanes.names,
  };
}

/** The most frequent first. */
function failuresOf(trials: readonly Trial[], labels: readonly (string | undefined)[]): ReportData["failures"] {
  const found = new Map<string, { label: string; count: number; first: number; message: string }>();
  labels.forEach((label, i) => {
    if (label === undefined) return;
    const known = found.get(label);
    const { number, failure } = trials[i]!;
    if (known === undefined) found.set(label, { label, count: 1, first: number, message: cut(failure!.message) });
    else known.count++;
  });
  return [...found.values()].sort((a, b) => b.count - a.count);
}

function factsOf({ definition, settings, trials, result, space }: ReportContent): [string, string][] {
  const { objectives, constraints, source, seed } = definition;
  const limits = Object.entries(constraints).map(
    ([name, { min, max }]) =>
      `${name}${min === undefined ? "" : ` ≥ ${numberText(min)}`}${max === undefined ? "" : ` ≤ ${numberText(max)}`}`,
  );
  const counted = new Map<string, number>();
  for (const trial of trials) {
    const state = trial.aside !== undefined ? "set aside" : trial.twin === undefined ? trial.state : "twin";
    counted.set(state, (counted.get(state) ?? 0) + 1);
  }
  const infeasible = result.trials.filter((t) => t.state === "complete" && t.twin === undefined).length;
  const beyond = limits.length > 0 ? infeasible - result.feasible.length : 0;
  const spent = trials.reduce((sum, { twin, duration }) => sum + (twin === undefined ? duration : 0), 0);
  const [from, to] = [earliest(trials), latest(trials)];
  const file = (source as { file?: string } | undefined)?.file;
  return [
    ["objectives", objectives.map(({ name, direction }) => `${direction} ${name}`).join(", ")],
    ...(trials.some(({ normalizedBy }) => normalizedBy !== undefined)
      ? [["values", "normalised: as if measured beside the baseline"] as [string, string]]
      : []),
    ...(limits.length > 0 ? [["limits", limits.join(", ")] as [string, string]] : []),
    ["trials", [...counted].map(([state, n]) => `${grouped(n)} ${state}`).join(", ") || "none"],
    ...(beyond > 0 ? [["beyond a limit", grouped(beyond)] as [string, string]] : []),
    ["parameters", grouped(space.axes.length)],
    ...(settings === undefined
      ? []
      : ([
          ["sampler", settings.sampler.name],
          ...(settings.pruner === undefined ? [] : [["pruner", settings.pruner.name]]),
          ["ran on", `${settings.evaluator ?? "own evaluation"}, ${plural(settings.workers ?? 1, "worker")}`],
        ] as [string, string][])),
    ["evaluated", `${durationText(spent)} in all`],
    ...(from < to
      ? [
          [
            "from",
            `${new Date(from).toISOString().slice(0, 16).replace("T", " ")} UTC, ${durationText(to - from)}`,
          ] as [string, string],
        ]
      : []),
    ["seed", String(seed)],
    ...(typeof file === "string" ? [["program", file] as [string, string]] : []),
  ];
}

function columnsOf(
  trials: readonly TrialRecord<unknown>[],
  axes: number,
): Pick<ReportTrials, "number" | "params" | "start" | "duration"> {
  const began = earliest(trials);
  return {
    number: trials.map(({ number }) => number),
    params: Array.from({ length: axes }, (_, c) => trials.map(({ row }) => gap(row![c]))),
    start: trials.map(({ startedAt }) => (startedAt === undefined ? null : startedAt - began)),
    duration: trials.map(({ duration }) => gap(duration)),
  };
}

/** Objectives as they are compared, in their unit; other names that have limits as they were measured. */
function valuesOf(
  trials: readonly TrialRecord<unknown>[],
  { definition: { objectives, constraints }, result: { baseline } }: ReportContent,
): ReportTrials["values"] {
  const compared = objectives.map(({ name }) => [
    name,
    trials.map(({ measured: { [name]: own } }) => gap(own && comparable(own, baseline?.measured[name]))),
  ]);
  const limited = Object.keys(constraints)
    .filter((name) => objectives.every((objective) => objective.name !== name))
    .map((name) => [name, trials.map(({ measured }) => gap(measured[name]?.value))]);
  return Object.fromEntries([...compared, ...limited]) as ReportTrials["values"];
}

function fateOf({ number, state, atLeast }: TrialRecord<unknown>, feasible: ReadonlySet<number>): Fate {
  if (state === "failed") return "f";
  if (state === "pruned") return "p";
  return atLeast ? "l" : feasible.has(number) ? "c" : "i";
}

function axisOf({ name, low, high, size, log, ordered, labels }: Axis): ReportAxis {
  const shared = { name: name || "value", low, high, size: size === Infinity ? null : size, log, ordered };
  if (labels === undefined) return shared;
  return { ...shared, labels: labels.map((label) => (typeof label === "string" ? label : JSON.stringify(label))) };
}

function importanceOf({ space, definition, result }: ReportContent, feasible: number): ReportData["importance"] {
  if (feasible < FEWEST) return {};
  const at = new Map(space.axes.map(({ name }, i) => [name, i]));
  const { objectives } = definition;
  const wanted = objectives.length === 1 ? [objectives[0]!.name] : ["", ...objectives.map(({ name }) => name)];
  return Object.fromEntries(
    wanted.map((name) => {
      const shares = importance(space, result.trials, objectives, name === "" ? {} : { objective: name });
      return [name, shares.map((each) => [at.get(each.name)!, gap(each.share)!] as const)];
    }),
  );
}

function earliest(trials: readonly TrialRecord<unknown>[]): number {
  return trials.reduce((least, { startedAt = Infinity }) => Math.min(least, startedAt), Infinity);
}

function latest(trials: readonly TrialRecord<unknown>[]): number {
  return trials.reduce((most, { finishedAt = -Infinity }) => Math.max(most, finishedAt), -Infinity);
}

function cut(text: string): string {
  return text.length <= MESSAGE ? text : `${text.slice(0, MESSAGE - 1)}…`;
}
