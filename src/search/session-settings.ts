import type { AttemptSettings } from "../core/attempt-settings.ts";
import type { SearchSettings } from "../core/event.ts";
import type { PrunerFactory } from "../core/pruner.ts";
import type { SamplerFactory } from "../core/sampler.ts";
import { absoluteOf, multipleOf } from "../core/timeout.ts";
import type { Plan } from "./parts.ts";
import type { AnySpec } from "./spec.ts";

interface Chosen {
  readonly sampler: SamplerFactory;
  readonly pruner: PrunerFactory | undefined;
  readonly plan: Plan;
  readonly evaluator: string;
  readonly workers: number;
  readonly attempts: AttemptSettings | undefined;
}

/** What the journal keeps of how a session runs, so that `attune resume` goes on in the same way. */
export function settingsOf(
  { timeout }: Pick<AnySpec, "timeout">,
  { sampler: { info, options }, pruner, plan, evaluator, workers, attempts }: Chosen,
): SearchSettings {
  const limit = absoluteOf(timeout);
  const multiple = multipleOf(timeout);
  const rule = plan.rules.find(({ name }) => name === "cost");
  return {
    sampler: { name: info.name, version: info.version, options },
    ...(pruner === undefined ? {} : { pruner: { name: pruner.info.name, options: pruner.options } }),
    evaluator,
    workers,
    ...(plan.trials === undefined ? {} : { trials: plan.trials }),
    ...(plan.generations === undefined ? {} : { generations: plan.generations }),
    ...(rule === undefined ? {} : { cost: plan.cost! }),
    ...(limit === undefined ? {} : { timeout: limit }),
    ...(multiple === undefined ? {} : { [multiple.of]: multiple.times }),
    ...(attempts === undefined ? {} : { attempts }),
  };
}
