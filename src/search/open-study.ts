import { type AttemptOptions, attemptPolicy } from "../core/attempt-policy.ts";
import type { PrunerFactory } from "../core/pruner.ts";
import type { SamplerFactory } from "../core/sampler.ts";
import type { JournalFactory } from "../core/journal.ts";
import type { Limits } from "../core/objective.ts";
import { checkLimits, define, listObjectives, type Objectives } from "../study/definition.ts";
import { Study } from "../study/study.ts";
import { defineSpace, isSpace, type Space } from "../space/space.ts";
import type { Shape, Params } from "../space/types.ts";
import { realClock } from "../system/clock.ts";
import { randomSeed } from "../system/entropy.ts";
import { thisHost } from "../system/host.ts";
import { openJournal, prunerOf, samplerOf } from "./parts.ts";

/** What a study needs when it is used alone: you ask, evaluate and tell. */
export interface OpenStudyOptions<S extends Shape | Space> {
  readonly space: S;
  /** @default { value: "minimize" } */
  readonly objectives?: Objectives;
  /** @default none */
  readonly constraints?: Limits;
  /** A name, or a configured sampler. @default "auto" */
  readonly sampler?: string | SamplerFactory;
  /** Who judges what is reported on the way: a name, or a configured pruner. @default nobody: every verdict is "continue" */
  readonly pruner?: string | PrunerFactory;
  /** @default memory */
  readonly journal?: string | JournalFactory;
  /** After so many complete, pruned or failed trials `ask` resolves with undefined. @default unlimited */
  readonly trials?: number;
  /** @default random */
  readonly seed?: number;
  /** How often a trial is run again after an attempt that failed in this way. @default { lost: 1 } */
  readonly retry?: AttemptOptions["retry"];
  /** After so many reservations in a row that were dropped there are no more trials. @default 100 */
  readonly dropLimit?: number;
  /** Take over the trials of a journal of another space or objective. @default false */
  readonly adopt?: boolean;
}

/**
 * Opens a study for a loop of your own.
 * @example
 * const study = await openStudy({ space: { x: float(0, 1) }, trials: 20 });
 * for (let trial; (trial = await study.ask()) && trial !== "wait"; ) await study.tell(trial.number, trial.params.x ** 2);
 */
export async function openStudy<const S extends Shape | Space>(
  options: OpenStudyOptions<S>,
): Promise<Study<S extends Space<infer P> ? P : Params<S>>> {
  type P = S extends Space<infer Q> ? Q : Params<S>;
  const space = (isSpace(options.space) ? options.space : defineSpace(options.space)) as Space<P>;
  const sampler = samplerOf(options);
  const pruner = prunerOf(options);
  const { name, version } = sampler.info;
  const { retry } = attemptPolicy({ retry: options.retry ?? {} });
  const journal = await openJournal(options.journal, false);
  return Study.open<P>({
    space,
    definition: define(space, {
      objectives: listObjectives(options.objectives),
      constraints: checkLimits(options.constraints),
      seed: options.seed ?? randomSeed(),
    }),
    sampler,
    ...(pruner === undefined ? {} : { pruner }),
    settings: {
      sampler: { name, version, options: sampler.options },
      ...(pruner === undefined ? {} : { pruner: { name: pruner.info.name, options: pruner.options } }),
      ...(options.trials === undefined ? {} : { trials: options.trials }),
    },
    retry,
    ...(options.dropLimit === undefined ? {} : { dropLimit: options.dropLimit }),
    clock: realClock,
    host: thisHost(),
    ...(journal === undefined ? {} : { journal }),
    ...(options.adopt === undefined ? {} : { adopt: options.adopt }),
  });
}
