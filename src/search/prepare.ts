import type { EvaluatorFactory, Workload } from "../core/evaluator.ts";
import { usage } from "../core/errors.ts";
import type { StudyDefinition } from "../core/event.ts";
import type { PrunerFactory } from "../core/pruner.ts";
import type { SamplerFactory } from "../core/sampler.ts";
import { multipleOf, type Timeout } from "../core/timeout.ts";
import type { Rule, Space } from "../space/space.ts";
import { checkOptions } from "../study/study-options.ts";
import { randomSeed } from "../system/entropy.ts";
import { checkTemplates } from "./open-evaluator.ts";
import { definitionOf, evaluatorOf, type Plan, planOf, prunerOf, samplerOf } from "./parts.ts";
import { resolveSpace } from "./resolve-space.ts";
import type { StartOptions } from "./session.ts";
import type { AnySpec } from "./spec.ts";

/** What a spec comes to, before anything is opened. */
export interface Prepared<P> {
  readonly space: Space<P>;
  readonly chosen: EvaluatorFactory;
  readonly sampler: SamplerFactory;
  readonly pruner: PrunerFactory | undefined;
  readonly plan: Plan;
  readonly timeout: Timeout | undefined;
  readonly definition: StudyDefinition;
  readonly workload: Workload<P>;
  readonly baseline?: P;
  readonly first: readonly P[];
}

/** Resolves the space and everything that is named. Throws a usage error for what cannot be. */
export async function prepare<P>(
  spec: AnySpec,
  options: Pick<StartOptions, "log" | "module" | "workers" | "source" | "objectiveHash">,
): Promise<Prepared<P>> {
  const space = (await resolveSpace(spec.space, [spec.where ?? []].flat() as Rule<never>[])) as Space<P>;
  const chosen = evaluatorOf(spec);
  checkTemplates(spec.objective, space, chosen);
  const sampler = samplerOf(spec);
  const plan = planOf(spec, sampler);
  const baseline = (spec.baseline ?? space.parameter.default?.value) as P | undefined;
  const { timeout, first = [] } = spec as { timeout?: Timeout; first?: readonly P[] };
  if (multipleOf(timeout)?.of === "timesBaseline" && baseline === undefined)
    throw usage("Expected a `baseline`, or a `default` of every parameter, for `timeout.timesBaseline`, got none");
  const given = { first, ...(baseline === undefined ? {} : { baseline }) };
  checkOptions({ space, settings: plan.trials === undefined ? {} : { trials: plan.trials }, ...given });
  const definition = definitionOf(spec, space, spec.seed ?? randomSeed(), options);
  const workload: Workload<P> = {
    objective: spec.objective,
    names: definition.objectives.map(({ name }) => name),
    limited: Object.keys(definition.constraints),
    log: options.log ?? (() => {}),
    ...(options.module === undefined ? {} : { module: options.module }),
    ...(options.workers === undefined ? {} : { workers: options.workers }),
  };
  return { space, chosen, sampler, pruner: prunerOf(spec), plan, timeout, definition, workload, ...given };
}
