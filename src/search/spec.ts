import type { Evaluator, EvaluatorFactory, TrialContext } from "../core/evaluator.ts";
import type { JournalFactory } from "../core/journal.ts";
import type { Awaitable } from "../core/json.ts";
import type { Measurement } from "../core/measure.ts";
import type { Limits } from "../core/objective.ts";
import type { PrunerFactory } from "../core/pruner.ts";
import type { SamplerFactory } from "../core/sampler.ts";
import type { StopRuleFactory } from "../core/stop-rule.ts";
import type { Timeout } from "../core/timeout.ts";
import type { Tracker, TrackerFactory } from "../core/tracker.ts";
import type { Rule, Space } from "../space/space.ts";
import type { Params, Shape } from "../space/types.ts";
import type { Objectives } from "../study/definition.ts";

/** Gives a search space when a search starts: a shape, a defined space, or the path of a JSON file. */
export interface Provider<P = unknown> {
  retrieve(): Awaitable<Shape | Space<P> | string>;
}

/** One search space, in any form that a search takes. A text is the path of a JSON space file. */
export type SpacePart = Shape | Space | Provider | string;

/** What `space` takes: one space, or a list of them; a list gives the objective a tuple, also for one element. */
export type SpaceSpec = SpacePart | readonly SpacePart[];

/** The type of a configuration of a {@link SpaceSpec}; of a file, whatever it holds. */
export type ConfigurationOf<S> =
  S extends Space<infer P>
    ? P
    : S extends string
      ? Readonly<Record<string, unknown>>
      : S extends Provider<infer P>
        ? P
        : S extends readonly unknown[]
          ? { readonly [K in keyof S]: ConfigurationOf<S[K]> }
          : Params<S>;

/** The objective of a search that names none: one number, minimised. */
export type SoleObjective = { readonly value: "minimize" };

/** What the objective must return: every named objective and limited name; further names are recorded. */
export type Returned<O, C = unknown> = O extends SoleObjective ? Measurement | Named<O, C> : Named<O, C>;
type Named<O, C> = { readonly [K in keyof O | keyof C]: Measurement } & { readonly [extra: string]: Measurement };

/** The measured values of a complete trial. */
export type ValuesOf<O, C = unknown> = { readonly [K in keyof O | keyof C]: number };

/** Everything that makes a search. Only `space` and `objective` are required. */
export interface SearchSpec<
  S extends SpaceSpec,
  O extends Objectives = SoleObjective,
  C extends Limits = Record<never, never>,
> {
  /** What can be varied. */
  readonly space: S;
  /** Rules over whole configurations: `true` allows, `false` or a text (the reason) refuses. */
  readonly where?: Rule<ConfigurationOf<S>> | readonly Rule<ConfigurationOf<S>>[];
  /** The names that are optimised, and which way is better. @default { value: "minimize" } */
  readonly objectives?: O;
  /** Measures one configuration. */
  readonly objective: (params: ConfigurationOf<S>, trial: TrialContext) => Awaitable<Returned<NoInfer<O>, NoInfer<C>>>;
  /** Limits on measured names; only trials that keep them can be best. */
  readonly constraints?: C;
  /** The untuned configuration, tried first. @default the `default` of every parameter, where all have one */
  readonly baseline?: ConfigurationOf<S>;
  /** Configurations to try before the sampler speaks. They count in the budget. */
  readonly first?: readonly ConfigurationOf<S>[];
  /** How many trials may be complete, pruned or failed. @default 100, unless `stop` is given */
  readonly trials?: number;
  /**
   * Further rules that end the search; the first that speaks does. Unless `failures` is among them, a search also ends when
   * its first generation, or its first max(10, workers) trials, all failed.
   */
  readonly stop?: StopRuleFactory | readonly StopRuleFactory[];
  /**
   * The limit of one attempt, in milliseconds; or a multiple of what the best trial so far took, `{ timesBest: 3 }`, or the
   * baseline, `{ timesBaseline: 3 }`, beyond which a trial is complete with a bound of its value. @default none
   */
  readonly timeout?: Timeout;
  /** Who proposes: a name, or a configured sampler. @default "auto"; "genetic" for a budget of generations */
  readonly sampler?: string | SamplerFactory;
  /** Who stops trials early, by what they report: a name, or a configured pruner. @default nobody */
  readonly pruner?: string | PrunerFactory;
  /** Who runs trials: a name, a configured evaluator, or an instance, which stays open. @default "inline"; `attune run` uses "processes" */
  readonly evaluator?: string | EvaluatorFactory | Evaluator;
  /** Who follows: names, configured trackers, or instances. @default none; `attune run` shows progress */
  readonly trackers?: readonly (string | TrackerFactory | Tracker)[];
  /** Where the study lives: a path, or a configured journal. @default memory; `attune run` writes NAME.attune.jsonl */
  readonly journal?: string | JournalFactory;
  /** Any integer; the same seed gives the same trials. @default random, and recorded in the journal */
  readonly seed?: number;
}

/** The keys of a {@link SearchSpec}. */
export const SPEC_KEYS: readonly (keyof SearchSpec<Shape>)[] = [
  "space",
  "where",
  "objectives",
  "objective",
  "constraints",
  "baseline",
  "first",
  "trials",
  "stop",
  "timeout",
  "sampler",
  "pruner",
  "evaluator",
  "trackers",
  "journal",
  "seed",
];

/** A spec with its types forgotten. */
export type AnySpec = SearchSpec<SpaceSpec, Objectives>;
