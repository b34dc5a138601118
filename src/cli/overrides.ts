import { availableParallelism } from "node:os";
import { expectNumber, usage } from "../core/errors.ts";
import type { SearchSettings } from "../core/event.ts";
import type { SamplerDefinition } from "../core/sampler.ts";
import { isCommand } from "../evaluators/command.ts";
import { readDuration } from "../formats/quantity.ts";
import * as evaluators from "../evaluators/index.ts";
import * as samplers from "../samplers/index.ts";
import { pick } from "../search/registry.ts";
import type { Search } from "../search/search.ts";
import type { AnySpec } from "../search/spec.ts";
import { generations, timeLimit } from "../study/stop-rules/index.ts";
import type { LoadedSearch } from "./load-search.ts";

/** Options that `run` and `resume` share, as commander gives them. */
export interface SearchOptions {
  readonly trials?: string;
  readonly generations?: string;
  readonly timeout?: string;
  readonly timeLimit?: string;
  readonly workers?: string;
  readonly sampler?: string;
  readonly evaluator?: string;
  readonly seed?: string;
  readonly tracker?: readonly string[];
  readonly csv?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
  readonly journal?: string;
  readonly fresh?: boolean;
  readonly adopt?: boolean;
}

/** The search with what the command line says; `settings` are those of the journal's last session, for `resume`. */
export function override(
  { search, module, name, workers }: LoadedSearch,
  options: SearchOptions,
  settings?: SearchSettings,
): { search: Search; workers: number | undefined } {
  const { spec } = search;
  const stop = [spec.stop ?? []]
    .flat()
    .filter(
      (rule) =>
        (options.generations === undefined || rule.generations === undefined) &&
        (options.timeLimit === undefined || rule.name !== "timeLimit"),
    );
  const before = settings?.evaluator;
  const changes: { -readonly [K in keyof AnySpec]?: AnySpec[K] } = {
    journal: options.journal ?? spec.journal ?? `./${name}.attune.jsonl`,
    trackers: trackersOf(options, spec),
    evaluator:
      options.evaluator ??
      spec.evaluator ??
      (before !== undefined && Object.hasOwn(evaluators, before) ? before : undefined) ??
      (module !== undefined && !isCommand(spec.objective) ? "processes" : "inline"),
  };
  const inherited = settings?.sampler.name;
  if (options.sampler !== undefined) changes.sampler = options.sampler;
  else if (settings !== undefined && inherited !== undefined && Object.hasOwn(samplers, inherited)) {
    changes.sampler = pick<SamplerDefinition>(samplers, "sampler", inherited)(settings.sampler.options as object);
  }
  const planned = options.trials === undefined ? settings?.trials : count("--trials", options.trials);
  if (planned !== undefined) changes.trials = planned;
  const rounds =
    options.generations === undefined ? settings?.generations : count("--generations", options.generations);
  if (rounds !== undefined)
    changes.stop = [...stop.filter((rule) => rule.generations === undefined), generations(rounds)];
  if (options.timeLimit !== undefined)
    changes.stop = [...[changes.stop ?? stop].flat(), timeLimit(readDuration(options.timeLimit, "--time-limit"))];
  const timeout = options.timeout === undefined ? settings?.timeout : readDuration(options.timeout, "--timeout");
  if (timeout !== undefined) changes.timeout = timeout;
  if (options.seed !== undefined) changes.seed = integer("--seed", options.seed);
  return { search: search.with(changes), workers: workersOf(options, workers, changes.evaluator, settings) };
}

/** The number of workers; undefined leaves it to the evaluator, where the program has configured one itself. */
function workersOf(
  { workers }: SearchOptions,
  own: number | undefined,
  evaluator: AnySpec["evaluator"],
  settings: SearchSettings | undefined,
): number | undefined {
  if (workers !== undefined) return count("--workers", workers);
  if (own !== undefined || typeof evaluator === "object" || typeof evaluator === "function") return own;
  return settings?.workers ?? availableParallelism();
}

function trackersOf({ tracker, quiet }: SearchOptions, spec: AnySpec): NonNullable<AnySpec["trackers"]> {
  if (tracker !== undefined) return tracker.filter((name) => name !== "none");
  return spec.trackers ?? (quiet ? [] : ["progress"]);
}

/** A whole number ≥ 1 of the command line. */
export function count(option: string, text: string): number {
  return expectNumber(option, integer(option, text), { integer: true, low: 1 });
}

/** A whole number of the command line. */
export function integer(option: string, text: string): number {
  if (!/^-?\d+$/.test(text)) throw usage(`Expected \`${option}\` to be an integer, got ${JSON.stringify(text)}`);
  return Number(text);
}
