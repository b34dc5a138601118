import { createHash } from "node:crypto";
import { attemptPolicy } from "../core/attempt-policy.ts";
import type { Evaluator, EvaluatorDefinition, EvaluatorFactory, Task } from "../core/evaluator.ts";
import type { StudyDefinition } from "../core/event.ts";
import type { Journal, JournalFactory } from "../core/journal.ts";
import type { Json } from "../core/json.ts";
import type { PrunerFactory } from "../core/pruner.ts";
import type { StopRuleFactory } from "../core/stop-rule.ts";
import { refuseUnknown, usage } from "../core/errors.ts";
import { createRandom } from "../core/random.ts";
import type { SamplerDefinition, SamplerFactory } from "../core/sampler.ts";
import { foreignText } from "../evaluators/foreign.ts";
import { isForeign } from "../evaluators/foreign-objective.ts";
import { instancesDefinition, instancesOf } from "../evaluators/instances.ts";
import * as evaluators from "../evaluators/index.ts";
import { file } from "../journals/index.ts";
import * as samplers from "../samplers/index.ts";
import type { Space } from "../space/space.ts";
import { checkLimits, define, listObjectives } from "../study/definition.ts";
import { moveAside } from "../system/atomic-file.ts";
import { readPruner } from "./json-pruner.ts";
import { pick } from "./registry.ts";
import type { AnySpec } from "./spec.ts";

/** The sampler of a spec, configured: `auto`, or `genetic` for a budget of generations, where none is named. */
export function samplerOf({ sampler: given, stop = [] }: Pick<AnySpec, "sampler" | "stop">): SamplerFactory {
  const generational = [stop].flat().some(({ generations }) => generations !== undefined);
  const sampler = given ?? (generational ? "genetic" : "auto");
  return typeof sampler === "string" ? pick<SamplerDefinition>(samplers, "sampler", sampler)() : sampler;
}

/** The pruner of a spec, configured, if it has one. Throws a usage error where it cannot compare the objectives. */
export function prunerOf({ pruner, objectives }: Pick<AnySpec, "pruner" | "objectives">): PrunerFactory | undefined {
  if (pruner === undefined) return undefined;
  const factory = typeof pruner === "string" ? readPruner(pruner) : pruner;
  const directions = listObjectives(objectives).map(({ direction }) => direction);
  factory.create({ objectives: directions.length, directions, random: createRandom(0), warn: () => {} });
  return factory;
}

/** The evaluator of a spec, configured. */
export function evaluatorOf({ evaluator = "inline" }: Pick<AnySpec, "evaluator">): EvaluatorFactory {
  if (typeof evaluator === "string") return pick<EvaluatorDefinition>(evaluators, "evaluator", evaluator)();
  return "evaluate" in evaluator ? lent(evaluator) : evaluator;
}

/** An instance as a factory, with the usual policy for its attempts. It belongs to its maker: the search uses it and leaves it open. It promises no limits. */
function lent(instance: Evaluator): EvaluatorFactory {
  const name = instance.constructor.name;
  const factory: EvaluatorFactory = {
    policy: attemptPolicy({}),
    with: (options) => {
      refuseUnknown(`the evaluator ${name}, which is an instance`, options, []);
      return factory;
    },
    info: { name, summary: "An instance.", closures: true, isolates: "nothing", limits: [] },
    open: async <P>() => ({
      get concurrency() {
        return instance.concurrency;
      },
      clock: instance.clock,
      ...(instance.attach && { attach: (task: Task<P>, where: Json) => instance.attach!(task, where) }),
      evaluate: (task: Task<P>) => instance.evaluate(task),
      watch: (changed: () => void) => instance.watch?.(changed),
      [Symbol.asyncDispose]: async () => {},
    }),
  };
  return factory;
}

/** The trials of a search that gives neither a budget nor a stop rule that is sure to end it. */
const DEFAULT_TRIALS = 100;

/** What ends a search, and how many trials that will be. */
export interface Plan {
  /** Without time limits, which the loop keeps itself. */
  readonly rules: readonly StopRuleFactory[];
  /** Milliseconds from the start of the search. */
  readonly timeLimit: number | undefined;
  /** The exact budget. */
  readonly trials: number | undefined;
  readonly generations: number | undefined;
  /** The limit of what trials may cost together. */
  readonly cost: number | undefined;
  /** The size of a generation. */
  readonly pool: number | undefined;
  /** The number of trials to expect; refills come on top. */
  readonly planned: number | undefined;
}

/** The plan of a spec; throws where its rules do not fit its sampler. */
export function planOf(spec: AnySpec, sampler: SamplerFactory): Plan {
  const given = [spec.stop ?? []].flat();
  const rules = given.filter((rule) => rule.timeLimit === undefined);
  const timeLimits = given.flatMap((rule) => rule.timeLimit ?? []);
  const timeLimit = timeLimits.length === 0 ? undefined : Math.min(...timeLimits);
  const generations = rules.map((rule) => rule.generations).find((n) => n !== undefined);
  if (generations !== undefined && !sampler.info.generational) {
    throw usage(`Expected a generational sampler (genetic) for \`generations\`, got "${sampler.info.name}"`);
  }
  const trials = spec.trials ?? (given.every(({ endless }) => endless) ? DEFAULT_TRIALS : undefined);
  const pool = sampler.pool?.({ objectives: listObjectives(spec.objectives).length });
  const full = generations === undefined || pool === undefined ? undefined : generations * pool;
  const planned = full === undefined ? trials : Math.min(full, trials ?? Infinity);
  const cost = rules.map((rule) => rule.cost).find((limit) => limit !== undefined);
  return { rules, timeLimit, trials, generations, cost, pool, planned };
}

/** Opens the journal of a spec; with `fresh` an existing file is moved aside first, and `moved` told where to. */
export async function openJournal(
  given: string | JournalFactory | undefined,
  fresh: boolean,
  moved: (path: string) => void = () => {},
): Promise<Journal | undefined> {
  if (given === undefined) return undefined;
  const factory = typeof given === "string" ? file(given) : given;
  const aside = fresh && factory.location !== "" ? moveAside(factory.location) : undefined;
  if (aside !== undefined) moved(aside);
  return factory.open();
}

/** Where the journal of a spec lives; undefined for one that does not outlive the process. */
export function locationOf(given: string | JournalFactory | undefined): string | undefined {
  const location = typeof given === "string" ? given : given?.location;
  return location === "" ? undefined : location;
}

interface DefinitionOptions {
  readonly source?: Json;
  readonly objectiveHash?: string;
}

function hashOf(objective: unknown): string {
  const plan = instancesOf(objective);
  const measured = plan === undefined ? "" : `${String(plan.objective)} ${JSON.stringify([plan.over, plan.holdout])}`;
  const text = isForeign(objective) ? foreignText(objective) : String(objective);
  return createHash("sha256").update(text).update(measured).digest("hex").slice(0, 16);
}

/** What the study of a spec is about. */
export function definitionOf<P>(
  spec: AnySpec,
  space: Space<P>,
  seed: number,
  { source, objectiveHash }: DefinitionOptions,
): StudyDefinition {
  const plan = instancesOf(spec.objective);
  return define(space, {
    objectives: listObjectives(spec.objectives),
    constraints: checkLimits(spec.constraints),
    seed,
    ...(plan === undefined ? {} : { instances: instancesDefinition(plan) }),
    objectiveHash: objectiveHash ?? hashOf(spec.objective),
    ...(source === undefined ? {} : { source }),
  });
}

/** Configurations from the prior; nothing is run. */
export function sampleFrom<P>(space: Space<P>, seed: number, n: number): P[] {
  const random = createRandom(seed).fork("sample");
  return Array.from({ length: n }, (_, i) => {
    const draws = random.fork(i);
    return space.read(space.rowAt(space.cube.draw(() => draws.uniform())));
  });
}
