import { availableParallelism } from "node:os";
import type { AttemptSettings } from "../core/attempt-settings.ts";
import { expectNumber, usage } from "../core/errors.ts";
import type { SearchSettings } from "../core/event.ts";
import type { PrunerFactory } from "../core/pruner.ts";
import type { SamplerDefinition } from "../core/sampler.ts";
import type { Timeout } from "../core/timeout.ts";
import { readTimeout } from "../formats/timeout.ts";
import { isCommand } from "../evaluators/command.ts";
import { isForeign } from "../evaluators/foreign-objective.ts";
import { readDuration } from "../formats/quantity.ts";
import * as evaluators from "../evaluators/index.ts";
import * as samplers from "../samplers/index.ts";
import { formerPruner, readPruner } from "../search/json-pruner.ts";
import { pick } from "../search/registry.ts";
import type { Search } from "../search/search.ts";
import type { AnySpec } from "../search/spec.ts";
import { cost, failures, type FailureTolerance, generations, timeLimit } from "../study/stop-rules/index.ts";
import { type AttemptFlags, COMMANDS, keeping, settingsOf, withSettings } from "./attempt-options.ts";
import type { LoadedSearch } from "./load-search.ts";
import { readTrackerFlags } from "./tracker-flags.ts";

/** Options that `run` and `resume` share, as commander gives them. */
export interface SearchOptions extends AttemptFlags {
  readonly trials?: string;
  readonly generations?: string;
  readonly timeout?: string;
  readonly timeLimit?: string;
  readonly cost?: string;
  readonly workers?: string;
  readonly sampler?: string;
  readonly pruner?: string;
  readonly failures?: string;
  readonly evaluator?: string;
  readonly seed?: string;
  readonly tracker?: readonly string[];
  readonly csv?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
  readonly journal?: string;
  readonly fresh?: boolean;
  readonly adopt?: boolean;
  /** False: no short check before the search. */
  readonly check?: boolean;
}

/** The search with what the command line says; `settings` are those of the journal's last session, for `resume`. */
export function override(
  { search, module, name, workers: own, attempts: file }: LoadedSearch,
  options: SearchOptions,
  settings?: SearchSettings,
): { search: Search; workers: number | undefined; attempts: AttemptSettings } {
  const { spec } = search;
  const attempts = settingsOf(options, settings, file);
  const evaluator = options.evaluator ?? spec.evaluator ?? inherited(settings) ?? usual(spec, module, attempts);
  const asked = options.workers === undefined ? own : count("--workers", options.workers);
  const spendable = options.cost === undefined ? settings?.cost : amount("--cost", options.cost);
  const stop = [spec.stop ?? []]
    .flat()
    .filter(
      (rule) =>
        (options.generations === undefined || rule.generations === undefined) &&
        (options.timeLimit === undefined || rule.name !== "timeLimit") &&
        (spendable === undefined || rule.name !== "cost") &&
        (options.failures === undefined || rule.name !== "failures"),
    );
  const changes: { -readonly [K in keyof AnySpec]?: AnySpec[K] } = {
    journal: options.journal ?? spec.journal ?? `./${name}.attune.jsonl`,
    trackers: trackersOf(options, spec),
    evaluator: withSettings(evaluator, attempts, asked),
  };
  const last = settings?.sampler;
  if (options.sampler !== undefined) changes.sampler = options.sampler;
  else if (last !== undefined && Object.hasOwn(samplers, last.name))
    changes.sampler = pick<SamplerDefinition>(samplers, "sampler", last.name)(last.options as object);
  const pruner = options.pruner === undefined ? formerPruner(settings) : prunerFlag(options.pruner);
  if (pruner !== undefined) changes.pruner = pruner;
  if (options.pruner === "none") changes.pruner = undefined;
  const planned = options.trials === undefined ? settings?.trials : count("--trials", options.trials);
  if (planned !== undefined) changes.trials = planned;
  const rounds =
    options.generations === undefined ? settings?.generations : count("--generations", options.generations);
  if (rounds !== undefined)
    changes.stop = [...stop.filter((rule) => rule.generations === undefined), generations(rounds)];
  if (options.timeLimit !== undefined)
    changes.stop = [...[changes.stop ?? stop].flat(), timeLimit(readDuration(options.timeLimit, "--time-limit"))];
  if (options.failures !== undefined)
    changes.stop = [...[changes.stop ?? stop].flat(), failures(readFailures(options.failures))];
  if (spendable !== undefined) changes.stop = [...[changes.stop ?? stop].flat(), cost(spendable)];
  const timeout = options.timeout === undefined ? lastTimeout(settings) : readTimeout(options.timeout, "--timeout");
  if (timeout !== undefined) changes.timeout = timeout;
  if (options.seed !== undefined) changes.seed = integer("--seed", options.seed);
  return { search: search.with(changes), workers: asked ?? defaultWorkers(evaluator, settings), attempts };
}

/** `--pruner median`; `none` for no pruner, whatever the file says. */
function prunerFlag(name: string): PrunerFactory | undefined {
  return name === "none" ? undefined : readPruner(name);
}

/** `5`, `20%` of the trials, or `any`. */
export function readFailures(text: string): number | false | FailureTolerance {
  if (text === "any") return false;
  const share = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
  return share === undefined ? count("--failures", text) : { rate: Number(share) / 100 };
}

/** The limit of attempts in the journal's last session. */
function lastTimeout({ timeout, timesBest, timesBaseline }: Partial<SearchSettings> = {}): Timeout | undefined {
  const max = timeout === undefined ? {} : { max: timeout };
  if (timesBest !== undefined) return { timesBest, ...max };
  return timesBaseline === undefined ? timeout : { timesBaseline, ...max };
}

/** The evaluator of the journal's last session, where there still is such a one. */
function inherited(settings: SearchSettings | undefined): string | undefined {
  const name = settings?.evaluator;
  return name !== undefined && Object.hasOwn(evaluators, name) ? name : undefined;
}

/** The evaluator of a search that names none. */
function usual({ objective }: AnySpec, module: string | undefined, attempts: AttemptSettings): string {
  const commands = isCommand(objective) || (module === undefined && !isForeign(objective));
  return keeping(commands ? COMMANDS : ["processes"], attempts);
}

/** The number of workers where nobody gives it; undefined leaves it to a program that has configured its evaluator. */
function defaultWorkers(
  evaluator: NonNullable<AnySpec["evaluator"]>,
  settings: SearchSettings | undefined,
): number | undefined {
  return typeof evaluator === "string" ? (settings?.workers ?? availableParallelism()) : undefined;
}

function trackersOf({ tracker, quiet }: SearchOptions, spec: AnySpec): NonNullable<AnySpec["trackers"]> {
  if (tracker !== undefined) return readTrackerFlags(tracker);
  return spec.trackers ?? (quiet ? [] : ["progress"]);
}

/** A whole number ≥ 1 of the command line. */
export function count(option: string, text: string): number {
  return expectNumber(option, integer(option, text), { integer: true, low: 1 });
}

/** A number > 0 of the command line. */
export function amount(option: string, text: string): number {
  return expectNumber(option, text.trim() === "" ? NaN : Number(text), { above: 0 });
}

/** A whole number of the command line. */
export function integer(option: string, text: string): number {
  if (!/^-?\d+$/.test(text)) throw usage(`Expected \`${option}\` to be an integer, got ${JSON.stringify(text)}`);
  return Number(text);
}

/** A number of the command line. */
export function number(option: string, text: string): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (!Number.isFinite(value)) throw usage(`Expected \`${option}\` to be a number, got ${JSON.stringify(text)}`);
  return value;
}
