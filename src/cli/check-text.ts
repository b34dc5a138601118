import { timeoutText } from "../formats/timeout.ts";
import { styleText } from "node:util";
import { durationText, numberText, percentText } from "../formats/quantity.ts";
import type { CheckResult, ObjectiveNoise } from "../search/check.ts";
import type { Glance } from "../search/glance.ts";
import { CALLED } from "../search/repeated-trial.ts";
import { flat } from "./flat.ts";
import { plural, table } from "./table.ts";

/** What `attune check` prints. */
export function checkText(result: CheckResult, name: string): string {
  const { search, subject, duration, timerStep, noise, crowded, expected, advice, runs } = result;
  const { objectives, constraints, trials, workers } = search;
  const size = search.size === undefined ? "" : `, ${plural(search.size, "configuration")}`;
  const rules = search.rules === 0 ? "" : `, ${plural(search.rules, "rule")}`;
  const limits = Object.entries(constraints).map(
    ([limited, { min, max }]) =>
      `${limited}${min === undefined ? "" : ` from ${numberText(min)}`}${max === undefined ? "" : ` to ${numberText(max)}`}`,
  );
  const params = Object.entries(flat(subject.params)).map(([key, value]) => `${key} ${value}`);
  const first = runs > 3 ? `, the first one ${durationText(duration.first)}` : "";
  const rows: [string, string][] = [
    ["search", name],
    ["space", `${plural(search.parameters, "parameter")}${size}${rules}`],
    ["objectives", objectives.map((one) => `${one.direction} ${one.name}`).join(", ")],
    ...(limits.length === 0 ? [] : [["limits", limits.join(", ")] as [string, string]]),
    [
      "budget",
      `${trials === undefined ? "no limit on trials" : plural(trials, "trial")}${search.cost === undefined ? "" : `, a cost of ${numberText(search.cost)}`}`,
    ],
    ["sampler", search.sampler],
    [
      "evaluator",
      `${search.evaluator}, ${plural(workers, "worker")}${search.timeout === undefined ? "" : `, each ${timeoutText(search.timeout)}`}`,
    ],
    ...(search.repeats.times === 1 && search.normalize === undefined
      ? []
      : [["measured", measuredText(search)] as [string, string]]),
    ["", ""],
    ["ran", `${CALLED[subject.source]}, ${plural(runs, "time")}: ${params.join(", ")}`],
    ["per trial", `${secondsText(duration.median)}${first}`],
    ...(crowded === undefined
      ? []
      : [["at once", `${workers}: ${crowded.slowdown.toFixed(2)} times as long`] as [string, string]]),
    ["timer step", durationText(timerStep)],
    ["expected", expected === undefined ? "as long as it is let" : `${durationText(expected)} for the budget`],
  ];
  const width = Math.max(...rows.map(([head]) => head.length));
  return [
    ...rows.map(([head, text]) => (head === "" ? "" : `${styleText("bold", head.padEnd(width))}  ${text}`)),
    "",
    noiseTable(noise, trials),
    ...advice.map((one) => `\n${styleText("yellow", "!", { stream: process.stdout })} ${one}`),
  ].join("\n");
}

function measuredText({ repeats, normalize }: CheckResult["search"]): string {
  const runs = repeats.times === 1 ? "one run" : `the ${repeats.reduce} of ${plural(repeats.times, "run")}`;
  if (normalize === undefined) return `${runs} each`;
  return `${runs} each, relative to the baseline's${normalize.interleave ? ", in turn with it" : ""}`;
}

/** What the short form says in a line. */
export function glanceText({ duration, noise, runs, expected }: Glance, whole = "in all"): string {
  const noises = Object.entries(noise).map(
    ([name, { relative = 0 }]) => `${Object.keys(noise).length > 1 ? `${name} ` : ""}${percentText(relative)}`,
  );
  const told = noises.length === 0 ? "" : `, noise ${noises.join(", ")} (${runs} runs of the baseline)`;
  return `${secondsText(duration)} per trial${told}${expected === undefined ? "" : `; some ${durationText(expected)} ${whole}`}`;
}

/** Seconds, as few digits as tell something. */
function secondsText(ms: number): string {
  return ms < 100 ? `${Number((ms / 1000).toPrecision(2))} s` : `${numberText(Number((ms / 1000).toPrecision(3)))} s`;
}

function noiseTable(noise: Readonly<Record<string, ObjectiveNoise>>, trials: number | undefined): string {
  const rows = Object.entries(noise).map(([name, { value, deviation, relative, samples, smallestGain }]) => [
    name,
    numberText(value),
    `± ${numberText(Number(deviation.toPrecision(3)))}`,
    relative === undefined ? "–" : percentText(relative),
    `${samples ?? 1}`,
    numberText(Number(smallestGain.toPrecision(3))),
    value === 0 ? "–" : percentText(smallestGain / Math.abs(value)),
  ]);
  const head = ["objective", "median", "noise", "noise %", "samples per trial", "smallest gain", "smallest gain %"];
  const among = trials === undefined ? "100 trials" : plural(trials, "trial");
  const note = `The smallest gain that ${among} show: in 80 % of searches, with a false claim in at most 5 %.`;
  return `${table(head, rows, "")}\n${note}`;
}
