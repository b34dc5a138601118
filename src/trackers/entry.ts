import { show } from "../core/errors.ts";
import type { TrackedEvent } from "../core/tracker.ts";
import type { Trial } from "../core/trial.ts";
import { durationText, numberText } from "../formats/quantity.ts";

/** How much an entry of a log weighs, from the least on. */
export const LEVELS = ["debug", "info", "warn", "error"] as const;
export type Level = (typeof LEVELS)[number];

/** What a log says of an event. */
export interface Entry {
  readonly level: Level;
  readonly message: string;
  /** Plain data: `event`, its type, and what that has. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** An event as an entry of a log. */
export function entryOf(event: TrackedEvent, trial?: Trial): Entry {
  const [level, message, more = {}] = sentence(event, trial);
  const number = "number" in event ? event.number : trial?.number;
  const attempt = "attempt" in event ? { attempt: event.attempt } : {};
  return {
    level,
    message,
    fields: { event: event.type, ...(number === undefined ? {} : { trial: number }), ...attempt, ...more },
  };
}

type Sentence = [Level, string, object?];

function sentence(event: TrackedEvent, trial?: Trial): Sentence {
  switch (event.type) {
    case "study-created":
      return ["debug", "study created"];
    case "study-adopted":
      return ["warn", "the study goes on with another definition"];
    case "search-started": {
      const { sampler, evaluator = "own evaluation", workers = 1 } = event.settings;
      return [
        "info",
        `search started: ${sampler.name}, ${evaluator}, ${workers} workers`,
        { sampler: sampler.name, evaluator, workers },
      ];
    }
    case "search-ended":
      return [event.reason === "error" ? "error" : "info", `search ended: ${event.reason}`, { reason: event.reason }];
    case "generation-started":
      return ["debug", `generation ${event.generation} started`, { generation: event.generation }];
    case "generation-ended":
      return ["info", `generation ${event.generation} ended`, { generation: event.generation }];
    case "trial-created":
      return ["debug", `trial ${trial?.number ?? "?"} created`];
    case "trial-started": {
      const { twin } = event;
      const what = twin === undefined ? "started" : `is the twin of trial ${twin}`;
      return ["debug", `trial ${event.number} ${what}: ${show(trial?.params)}`, { params: trial?.params, twin }];
    }
    case "trial-placed":
      return ["debug", `trial ${event.number} runs on ${show(event.where)}`, { where: event.where }];
    case "trial-reported": {
      const { step, values } = event;
      return ["debug", `trial ${event.number} reports ${valuesText(values)} at step ${step}`, { step, values }];
    }
    case "trial-requeued": {
      const { kind, message } = event.failure;
      if (event.after !== undefined)
        return [
          "info",
          `trial ${event.number} is to run again in ${durationText(event.after)}: ${message}`,
          { after: event.after },
        ];
      return [
        "warn",
        `trial ${event.number} failed (${kind}) and is to run again: ${message}`,
        { failure: { kind, message } },
      ];
    }
    case "trial-rejected":
      return ["debug", `trial ${event.number} rejected: ${event.reason}`, { reason: event.reason }];
    case "trial-finished":
      return finished(event.number, event.duration, trial);
  }
}

function finished(number: number, duration: number, trial?: Trial): Sentence {
  const { state, params, values, reason } = trial ?? {};
  if (trial?.failure) {
    const { kind, message } = trial.failure;
    return [
      "warn",
      `trial ${number} failed (${kind}) after ${durationText(duration)}: ${message}`,
      { state, params, duration, failure: { kind, message } },
    ];
  }
  const results = state === "complete" ? ` ${valuesText(values!)}` : "";
  return [
    "info",
    `trial ${number} ${trial?.atLeast ? "was cut off, its value has the bound" : (state ?? "finished")}${results} in ${durationText(duration)}: ${show(params)}`,
    { state, params, values, duration, ...(reason === undefined ? {} : { reason }) },
  ];
}

function valuesText(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${numberText(value)}`)
    .join(" ");
}
