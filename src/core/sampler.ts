import type { Cube } from "../space/cube.ts";
import type { Awaitable, Json } from "./json.ts";
import type { FailureKind } from "./outcome.ts";
import type { Random } from "./random.ts";

/** What a sampler works on: a unit cube, and losses that are all minimised. */
export interface Setting {
  readonly cube: Cube;
  /** The number of objectives. */
  readonly objectives: number;
  /** The number of constraints; each observation carries as many, ≤ 0 is feasible. */
  readonly constraints: number;
  /** The number of trials that will be evaluated, if it is known. */
  readonly budget?: number;
  /** The number of generations after which a generational sampler answers "exhausted". */
  readonly generations?: number;
  /** Randomness that is the same for the whole study; what is drawn per trial comes with the ask. */
  readonly random: Random;
  /** Tells the user something that they should know, once. */
  warn(message: string): void;
}

/** A trial that is under way. */
export interface Running {
  readonly number: number;
  readonly unit: Float64Array;
  readonly generation?: number;
  readonly memo?: Json;
}

/** One request for a suggestion. */
export interface Ask {
  /** The number of the trial asked for. */
  readonly number: number;
  readonly running: readonly Running[];
  /** Forked for this trial's number. */
  readonly random: Random;
  /** Whether a trial already holds (or runs) this configuration. */
  taken(unit: ArrayLike<number>): boolean;
}

/** A point of the cube to try next. */
export interface Suggestion {
  readonly unit: ArrayLike<number>;
  readonly generation?: number;
  /** Anything that the sampler wants back with the observation; passes through JSON. */
  readonly memo?: Json;
  /** Why this point, for people. */
  readonly note?: string;
  /** Evaluate the point even if it was tried before. */
  readonly again?: true;
}

/** "wait": nothing until a running trial finishes (only while one runs). "exhausted": nothing more, ever. */
export type Answer = Suggestion | "wait" | "exhausted";

/** Intermediate losses of a trial at a step, NaN where one was not reported; `elapsed` in milliseconds since its start. */
export interface Report {
  readonly step: number;
  readonly losses: readonly number[];
  readonly elapsed: number;
}

/** A finished trial as samplers see it. */
export interface Observation {
  readonly number: number;
  readonly state: "complete" | "pruned" | "failed" | "rejected";
  /** Coordinates at cell centres; `NaN` where a conditional axis was inactive. */
  readonly unit: Float64Array;
  /** One per objective, minimised; empty unless complete. */
  readonly losses: readonly number[];
  /** Standard errors of the losses, NaN where unknown. */
  readonly errors?: readonly number[];
  /** One per constraint, ≤ 0 feasible; empty unless complete. */
  readonly constraints: readonly number[];
  /** It was cut off and the losses are lower bounds: it is worse than what was measured, and must never pass for good. Constraints may be NaN. */
  readonly atLeast?: true;
  /** The declared cost, else the duration in milliseconds. */
  readonly cost: number;
  readonly reports: readonly Report[];
  readonly failure?: FailureKind;
  /** Milliseconds. */
  readonly duration: number;
  readonly generation?: number;
  readonly memo?: Json;
}

/**
 * Proposes the next trial. It learns only from `tell`: told the same observations in the same order, it gives the same
 * answer to the same ask. That is what makes a study resumable. `tell` is an O(d) append; work happens at the next ask.
 */
export interface Sampler {
  ask(ask: Ask): Awaitable<Answer>;
  tell(observation: Observation): void;
}

/** What a sampler is, for tables, journals and contract tests. */
export interface SamplerInfo {
  readonly name: string;
  /** Raised when memos of the former version can no longer be read. */
  readonly version: number;
  readonly summary: string;
  /** Improves on random search by what it is told. */
  readonly learns?: true;
  /** Handles several objectives. */
  readonly multiObjective?: true;
  /** Options with which it works on any space, where the defaults do not. */
  readonly example?: object;
  /** Works in generations, so that `generations` is a budget for it. */
  readonly generational?: true;
  /** Lists the points of the space and looks at no coordinates, so that it has no internals of a trial to show. */
  readonly enumerates?: true;
}

/** A configured sampler, not yet bound to a setting. */
export interface SamplerFactory {
  readonly info: SamplerInfo;
  /** The options as given, for the journal. */
  readonly options: Json;
  create(setting: Setting): Sampler;
  /** The number of trials in one generation, for generational samplers. */
  pool?(setting: Pick<Setting, "objectives">): number;
}

/** What a sampler module exports: call it with options to configure. */
export interface SamplerDefinition<O extends object = object> {
  (options?: O): SamplerFactory;
  readonly info: SamplerInfo;
}

/** Makes a {@link SamplerDefinition}; `configure` checks the options at once, before anything runs. */
export function defineSampler<O extends object>(
  info: SamplerInfo,
  configure: (options: O) => Pick<SamplerFactory, "create" | "pool">,
): SamplerDefinition<O> {
  const define = (options: O = {} as O): SamplerFactory => ({
    info,
    options: JSON.parse(JSON.stringify(options)) as Json,
    ...configure(options),
  });
  return Object.assign(define, { info });
}
