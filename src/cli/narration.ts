import { format } from "node:util";
import { isCommand } from "../evaluators/command.ts";
import { isForeign } from "../evaluators/foreign-objective.ts";
import { counts, type FinishedTrial } from "../core/trial.ts";
import type { SearchResult } from "../search/result.ts";
import { type InstancesPlan, instancesOf } from "../evaluators/instances.ts";
import { evaluatorOf } from "../search/parts.ts";
import type { Opening } from "../search/session.ts";
import type { AnySpec } from "../search/spec.ts";
import type { Steered } from "../search/steering.ts";
import { glanceText } from "./check-text.ts";
import type { Ahead } from "./look-ahead.ts";
import { timeoutText } from "../formats/timeout.ts";
import { costText } from "../formats/quantity.ts";
import type { Status } from "../core/tracker.ts";
import { plural } from "./table.ts";
import { endLine, failureSummary } from "./trials-text.ts";
import { unusedParameters } from "./unused-parameters.ts";

/** Clears the live line of a terminal, so that other text can stand there. */
const CLEAR = "\r\u001b[K";

/** Writes a line to stderr, over the live line where there is one. */
export function writeLine(text: string): void {
  process.stderr.write(`${process.stderr.isTTY ? CLEAR : ""}${text}\n`);
}

/** Sends what a program prints by console.log to stderr: stdout is for results. */
export function consoleToStderr(): void {
  const print = (...given: unknown[]): void => writeLine(format(...given));
  Object.assign(console, { log: print, info: print, debug: print, warn: print, error: print });
}

/** What `attune run` says on stderr, beside the progress line. */
export class Narration {
  readonly #about: {
    readonly name: string;
    readonly spec: AnySpec;
    readonly journal: string;
    readonly quiet: boolean;
  };

  constructor(about: { name: string; spec: AnySpec; journal: string; quiet: boolean }) {
    this.#about = about;
  }

  /** What is about to run, and what a short look at the baseline told. */
  opening(opening: Opening, ahead: Ahead): void {
    const { space, sampler, pruner, evaluator, workers, planned, baseline, done, duration } = opening;
    const { name, spec, journal } = this.#about;
    const aims = Object.entries(spec.objectives ?? { value: "minimize" }).map(([aim, way]) => `${way} ${aim}`);
    const size = space.size === Infinity ? "" : ` (${plural(space.size, "configuration")})`;
    const plan = planned === undefined ? "no limit on trials" : plural(planned, "trial");
    const at = evaluator === "processes" ? plural(workers, "process", "processes") : `${workers} at a time`;
    this.#say(
      `${name}: ${aims.join(", ")} over ${plural(space.axes.filter((axis) => !axis.name.endsWith("?")).length, "parameter")}${size}`,
    );
    const limit = spec.timeout === undefined ? "" : `, each ${timeoutText(spec.timeout)}`;
    this.#say(`${[plan, sampler, ...(pruner === undefined ? [] : [pruner]), at].join(", ")}${limit}`);
    const measured = instancesOf(spec.objective);
    if (measured !== undefined) this.#say(onInstances(measured));
    const { repeats, normalize } = evaluatorOf(spec).policy;
    if (repeats.times > 1) this.#say(`each attempt takes the ${repeats.reduce} of ${plural(repeats.times, "run")}`);
    if (normalize !== undefined)
      this.#say(
        normalize.interleave
          ? "compared by values relative to the baseline's, which is measured in turn with each trial"
          : `compared by values relative to the baseline's, which is measured alone first on each device${normalize.every === Infinity ? "" : `, and again after every ${plural(normalize.every, "trial")}`}`,
      );
    if (!baseline)
      this.#say("no baseline: give every parameter a `default`, or the search a `baseline`, to see what tuning gains");
    if (journal) this.#say(`journal ${journal}${done > 0 ? `: goes on after ${plural(done, "trial")}` : ""}`);
    if (typeof ahead === "object") this.#say(`check: ${glanceText(ahead)}`);
    else if (ahead === "long") this.#say("check: a trial takes more than a second; the baseline, trial 0, will tell");
    else if (ahead === "later") this.#say("check: the baseline asks to be run later; then, as trial 0, it will tell");
    else if (ahead === "known" && duration !== undefined) this.#say(`check: ${this.#pace(duration, opening)}`);
    const unused = isCommand(spec.objective) ? unusedParameters(spec.objective.templates, space) : [];
    for (const { parameter, variable } of unused)
      this.warn(`the command does not use {${parameter}}: it finds the value in its environment only, as ${variable}`);
    const { info } = evaluatorOf(spec);
    const endable = isCommand(spec.objective) || isForeign(spec.objective);
    if (spec.timeout !== undefined && info.closures && info.isolates === "nothing" && !endable)
      this.warn(
        `the evaluator ${info.name} cannot end an objective that computes without ever awaiting: its timeout is recorded once it returns; -e processes ends it`,
      );
  }

  /** The baseline is complete, which was too long to be looked at before. */
  baseline({ duration }: FinishedTrial, opening: Opening): void {
    if (!this.#about.quiet) writeLine(`check: ${this.#pace(duration, opening)}`);
  }

  #pace(duration: number, { planned, done, workers }: Opening): string {
    const left = planned === undefined ? 0 : Math.max(0, planned - done);
    const expected = left === 0 ? undefined : Math.ceil(left / workers) * duration;
    return glanceText({ runs: 1, duration, noise: {}, expected }, done > 0 ? "to go" : "in all");
  }

  /** How the search went and what it cost; with `failures` also what failed, where the report does not say it. */
  ended(
    result: SearchResult,
    { done, planned }: Opening,
    { elapsed, cost, failures }: Pick<Status, "elapsed" | "cost"> & { readonly failures: boolean },
  ): void {
    const { reason = "stopped" } = result;
    if (done > 0 && result.trials.filter(counts).length === done && OVER.includes(reason)) {
      this.#say(
        `Nothing was left to do: ${ENDINGS[reason]}, ${plural(done, "trial")} in all. ${wayOn(reason, planned ?? done)}`,
      );
    } else this.#say(`${endLine(result, elapsed)}; ${ENDINGS[reason]}`);
    if (cost !== undefined) this.#say(costText(cost.spent, cost.limit));
    this.#say("");
    const failed = failures ? failureSummary(result) : "";
    if (failed !== "") this.#say(failed);
  }

  /** Where the results are. */
  saved(csv: string): void {
    const { journal } = this.#about;
    this.#say("");
    if (journal) this.#say(`journal ${journal}`);
    this.#say(`table   ${csv}`);
  }

  warn(message: string): void {
    writeLine(`attune: ${message}`);
  }

  /** What another process told the search. */
  steered({ command, now, running }: Steered): void {
    const { journal } = this.#about;
    const going = running > 0 && !now ? `: ${plural(running, "trial")} still running` : "";
    if (command === "stop") writeLine(`Stopping, as attune stop said${going}. To go on: attune resume ${journal}`);
    else if (command === "pause") writeLine(`Paused by attune pause${going}. To go on: attune continue ${journal}`);
    else writeLine("Going on, as attune continue said");
  }

  /** A line that an objective wrote. */
  said(text: string, trial: number | undefined): void {
    if (!this.#about.quiet) writeLine(`${trial === undefined ? "" : `[${trial}] `}${text}`);
  }

  #say(text: string): void {
    if (!this.#about.quiet) process.stderr.write(`${text}\n`);
  }
}

const OVER: readonly string[] = ["trials", "generations", "exhausted", "cost"];

function wayOn(reason: string, planned: number): string {
  return reason === "exhausted"
    ? "Only a larger space has more to try."
    : `To go on, raise it: ${reason === "trials" ? `--trials ${planned * 2}` : `--${reason}`}. To start over: --fresh`;
}

const ENDINGS: Readonly<Record<NonNullable<SearchResult["reason"]>, string>> = {
  trials: "the budget of trials is used",
  generations: "all generations are done",
  exhausted: "every configuration was tried",
  dropped: "too many reservations in a row were dropped",
  time: "the time limit is reached",
  cost: "what trials may cost is spent",
  "compute-time": "the compute time is used",
  iterations: "the budget of iterations is used",
  target: "the target is reached",
  stagnation: "nothing improved for long enough",
  failures: "too many trials failed",
  "all-failed":
    "all of the first trials failed: the objective seems broken (the stop rule failures(false) goes on regardless)",
  callback: "the stop function said so",
  stopped: "it was stopped",
  interrupted: "it was interrupted",
};

/** What each trial is measured on, in words. */
function onInstances({ over, holdout, reduce }: InstancesPlan): string {
  const how = reduce === undefined ? "" : `, reduced by ${JSON.stringify(reduce).replaceAll('"', "")}`;
  const kept = holdout.length === 0 ? "" : `; ${plural(holdout.length, "further one")} held out`;
  return `each trial is measured on ${plural(over.length, "instance")}${how}${kept}`;
}
