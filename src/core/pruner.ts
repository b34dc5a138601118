import { usage } from "./errors.ts";
import type { Json } from "./json.ts";
import type { Direction } from "./objective.ts";
import type { Random } from "./random.ts";
import type { Observation, Report } from "./sampler.ts";

/** What the objective is told after a report. */
export type Verdict = "continue" | "prune";

/** What a pruner works on. */
export interface PrunerSetting {
  /** The number of objectives; the losses of reports are in their order, all minimised. */
  readonly objectives: number;
  /** Which way each is better, for those who speak of values and not of losses. */
  readonly directions: readonly Direction[];
  /** Randomness that is the same for the whole study. */
  readonly random: Random;
  /** The step at which a trial is complete, if attempts have such a limit. */
  readonly maxSteps?: number;
  /** Tells the user something that they should know. */
  warn(message: string): void;
}

/**
 * Stops one trial early. Like a sampler it learns only from what it is told: the same reports and ends of attempts in the
 * same order give the same verdicts, which is what makes a study resumable.
 */
export interface Pruner {
  /**
   * A running trial's intermediate losses, NaN where the report lacks one. Looks at no more than it has kept for the step:
   * never at all trials.
   */
  report(number: number, report: Report): Verdict;
  /**
   * A trial that ran is over. An attempt that came to nothing (lost, cancelled, to be run again) is told as failed; its
   * number may report again from the start. Not told: trials that never ran, such as rejected ones and twins.
   */
  tell(observation: Observation): void;
  /**
   * For pruners that share out trials among brackets, the one of a trial: samplers then learn within brackets. Undefined as
   * long as no brackets are known.
   */
  bracket?(number: number): number | undefined;
}

/** What a pruner is, for tables, journals and contract tests. */
export interface PrunerInfo {
  readonly name: string;
  readonly summary: string;
  /** Handles several objectives. */
  readonly multiObjective?: true;
  /** Options with which it works, where the defaults do not. */
  readonly example?: object;
}

/** A configured pruner, not yet bound to a setting. */
export interface PrunerFactory {
  readonly info: PrunerInfo;
  /** The options as given, for the journal; of a pruner among them its name and options. */
  readonly options: Json;
  /** Throws a usage error for a setting that it cannot work on. */
  create(setting: PrunerSetting): Pruner;
  /** The name and the options, as a search in JSON holds them. */
  toJSON(): Json;
}

/** What a pruner module exports: call it with options to configure. */
export interface PrunerDefinition<O extends object = object> {
  (options?: O): PrunerFactory;
  readonly info: PrunerInfo;
}

/** Makes a {@link PrunerDefinition}; `configure` checks the options at once, before anything runs. */
export function definePruner<O extends object>(
  info: PrunerInfo,
  configure: (options: O) => PrunerFactory["create"],
): PrunerDefinition<O> {
  const define = (given: O = {} as O): PrunerFactory => {
    const create = configure(given);
    const options = JSON.parse(JSON.stringify(given)) as { readonly [name: string]: Json };
    return {
      info,
      options,
      create: (setting) => {
        if (setting.objectives === 1 || info.multiObjective) return create(setting);
        throw usage(
          `Expected a pruner that compares ${setting.objectives} objectives, such as dominance, got "${info.name}", which compares one`,
        );
      },
      toJSON: () => ({ name: info.name, ...options }),
    };
  };
  return Object.assign(define, { info });
}
