import { show } from "../core/errors.ts";
import { defineTracker, type Status, type TrackedEvent, type TrackerDefinition } from "../core/tracker.ts";
import type { Trial } from "../core/trial.ts";
import { printable } from "../formats/printable.ts";
import { durationText, numberText } from "../formats/quantity.ts";
import { failedText } from "./progress.ts";

type Level = "debug" | "info" | "warn" | "error";

/** Where log lines go, and from which level on. */
export interface LogOptions {
  /** @default process.stderr */
  readonly stream?: { write(text: string): unknown };
  /** @default "info" */
  readonly level?: Level;
}

const LEVELS: readonly Level[] = ["debug", "info", "warn", "error"];

/** One line per event: time, level, trial, what happened. */
export const log: TrackerDefinition<LogOptions> = defineTracker<LogOptions>(
  { name: "log", summary: "One line per event, to stderr or any stream." },
  ({ stream = process.stderr, level = "info" }) =>
    (watched) => {
      const write = (at: number, weight: Level, text: string): void => {
        if (LEVELS.indexOf(weight) < LEVELS.indexOf(level)) return;
        stream.write(`${new Date(at).toISOString()} ${weight.padEnd(5)} ${printable(text).replaceAll("\n", " ")}\n`);
      };
      return {
        track: (event, trial) => {
          if (event.type === "search-ended") {
            const { status } = watched;
            if (status.ended !== undefined && status.failed > 0) write(event.at, "warn", failureText(status));
          }
          write(event.at, ...sentence(event, trial));
        },
      };
    },
);

/** How many trials failed and how, and the first failure. */
function failureText(status: Status): string {
  const { firstFailed } = status;
  const first =
    firstFailed === undefined ? "" : `; the first: trial ${firstFailed.number}: ${firstFailed.failure?.message ?? ""}`;
  return `${failedText(status)}${first}`;
}

function sentence(event: TrackedEvent, trial?: Trial): [Level, string] {
  switch (event.type) {
    case "study-created":
      return ["debug", "study created"];
    case "study-adopted":
      return ["warn", "the study goes on with another definition"];
    case "search-started":
      return [
        "info",
        `search started: ${event.settings.sampler.name}, ${event.settings.evaluator ?? "own evaluation"}, ${event.settings.workers ?? 1} workers`,
      ];
    case "search-ended":
      return [event.reason === "error" ? "error" : "info", `search ended: ${event.reason}`];
    case "generation-started":
      return ["debug", `generation ${event.generation} started`];
    case "generation-ended":
      return ["info", `generation ${event.generation} ended`];
    case "trial-created":
      return ["debug", `trial ${trial?.number ?? "?"} created`];
    case "trial-started":
      return [
        "debug",
        `trial ${event.number} ${event.twin === undefined ? "started" : `is the twin of trial ${event.twin}`}: ${show(trial?.params)}`,
      ];
    case "trial-placed":
      return ["debug", `trial ${event.number} runs on ${show(event.where)}`];
    case "trial-reported":
      return ["debug", `trial ${event.number} reports ${valuesText(event.values)} at step ${event.step}`];
    case "trial-requeued":
      if (event.after !== undefined)
        return [
          "info",
          `trial ${event.number} is to run again in ${durationText(event.after)}: ${event.failure.message}`,
        ];
      return [
        "warn",
        `trial ${event.number} failed (${event.failure.kind}) and is to run again: ${event.failure.message}`,
      ];
    case "trial-rejected":
      return ["debug", `trial ${event.number} rejected: ${event.reason}`];
    case "trial-finished":
      return finished(event.number, event.duration, trial);
  }
}

function finished(number: number, duration: number, trial?: Trial): [Level, string] {
  if (trial?.failure)
    return [
      "warn",
      `trial ${number} failed (${trial.failure.kind}) after ${durationText(duration)}: ${trial.failure.message}`,
    ];
  const values = trial?.state === "complete" ? ` ${valuesText(trial.values)}` : "";
  const state = trial?.atLeast ? "was cut off, its value has the bound" : (trial?.state ?? "finished");
  return ["info", `trial ${number} ${state}${values} in ${durationText(duration)}: ${show(trial?.params)}`];
}

function valuesText(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${numberText(value)}`)
    .join(" ");
}
