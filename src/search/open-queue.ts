import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { AttuneError, expectNumber, refuseUnknown, show, usage } from "../core/errors.ts";
import type { Evaluator, EvaluatorFactory, TrialContext, Workload } from "../core/evaluator.ts";
import type { Awaitable } from "../core/json.ts";
import type { Limits } from "../core/objective.ts";
import { absoluteOf } from "../core/timeout.ts";
import { createRandom } from "../core/random.ts";
import type { Values } from "../core/trial.ts";
import type { Rule, Space } from "../space/space.ts";
import { checkLimits, listObjectives, type Objectives } from "../study/definition.ts";
import { randomSeed } from "../system/entropy.ts";
import { isLoading } from "../system/loading.ts";
import { loadModule } from "../system/module.ts";
import { checkTemplates, openEvaluator } from "./open-evaluator.ts";
import { evaluatorOf } from "./parts.ts";
import { LISTENERS, type QueueListeners } from "./queue-listeners.ts";
import { plainCopy } from "./queue-params.ts";
import { Queue } from "./queue.ts";
import { resolveSpace } from "./resolve-space.ts";
import { isSearch, type Search } from "./search.ts";
import type { AnySpec, ConfigurationOf, Returned, SoleObjective, SpaceSpec, ValuesOf } from "./spec.ts";

/** How a queue runs its jobs, and whom it tells. */
export interface QueueOptions<P = unknown, V = Values> {
  /** Who runs jobs: a name, a configured evaluator, or an instance, which stays open. @default "inline" */
  readonly evaluator?: string | EvaluatorFactory | Evaluator;
  /**
   * The module whose default export is the objective or a search, as a path or a file URL: what evaluators load that
   * take no closures. Where no objective is given, it comes from there.
   */
  readonly module?: string;
  /** The limit of one attempt, in milliseconds. @default that of the search, else none */
  readonly timeout?: number;
  /** Milliseconds from the opening after which everything is cancelled and nothing more taken. @default none */
  readonly timeLimit?: number;
  /** What the objective is handed beside each configuration: the same for all jobs, and no part of their parameters. */
  readonly fixed?: object;
  /** Any integer; the same seed gives each job the same `trial.seed`. @default random */
  readonly seed?: number;
  /** Told what happens. */
  readonly on?: QueueListeners<P, V>;
  /** Told every line that an objective logs, or writes to its stdout or stderr in another process. @default dropped */
  readonly log?: (line: string, job?: number) => void;
  /** Told what the user should know. @default console.warn */
  readonly warn?: (message: string) => void;
}

/** A queue in which a space says what can be submitted. */
export interface QueueSpec<
  S extends SpaceSpec,
  O extends Objectives = SoleObjective,
  C extends Limits = Record<never, never>,
  F extends object = Record<never, never>,
> extends QueueOptions<NoInfer<ConfigurationOf<S>>, ValuesOf<NoInfer<O>, NoInfer<C>>> {
  /** What can be submitted; anything else is refused. */
  readonly space: S;
  /** Rules over whole configurations, as those of a search. */
  readonly where?: Rule<ConfigurationOf<S>> | readonly Rule<ConfigurationOf<S>>[];
  /** The names that must be returned. @default { value: "minimize" } */
  readonly objectives?: O;
  /** Limits on measured names: these must be returned too. */
  readonly constraints?: C;
  /** Measures one configuration. @default that of `module` */
  readonly objective?: (
    params: ConfigurationOf<S> & F,
    trial: TrialContext,
  ) => Awaitable<Returned<NoInfer<O>, NoInfer<C>>>;
  readonly fixed?: F;
}

/** A queue without a space: any object of plain data can be submitted, of the type that the objective takes. */
export interface FreeQueueSpec<
  P,
  O extends Objectives = SoleObjective,
  C extends Limits = Record<never, never>,
  F extends object = Record<never, never>,
> extends QueueOptions<NoInfer<Without<P, F>>, ValuesOf<NoInfer<O>, NoInfer<C>>> {
  readonly space?: undefined;
  readonly objectives?: O;
  readonly constraints?: C;
  readonly objective?: (params: P, trial: TrialContext) => Awaitable<Returned<NoInfer<O>, NoInfer<C>>>;
  readonly fixed?: F;
}

/** What is left to submit of an objective's parameters when some are fixed. */
type Without<P, F> = [keyof F] extends [never] ? P : Omit<P, keyof F>;

const OPTIONS: readonly (keyof QueueOptions)[] = [
  "evaluator",
  "module",
  "timeout",
  "timeLimit",
  "fixed",
  "seed",
  "on",
  "log",
  "warn",
];
const PARTS: readonly (keyof AnySpec)[] = ["space", "where", "objectives", "constraints", "objective"];

/** What a search and a queue have in common. */
type Given = Partial<Pick<AnySpec, "space" | "where" | "objectives" | "constraints" | "objective">> & QueueOptions;

/**
 * Opens a queue: you submit configurations, it runs them on any evaluator, you gather what has ended. Close it: workers
 * that wait for more keep this process alive.
 * @example
 * const queue = await openQueue({ objective: (p: { x: number }) => p.x ** 2, evaluator: inline({ workers: 4 }) });
 * queue.submit([{ x: 1 }, { x: 2 }, { x: 3 }]);
 * for (const job of await queue.gather("batch", 2)) console.log(job.params.x, job.state, job.values);
 * await queue.close();
 */
export async function openQueue<P, V>(search: Search<P, V>, options?: QueueOptions<P, V>): Promise<Queue<P, V>>;
export async function openQueue<
  const S extends SpaceSpec,
  const O extends Objectives = SoleObjective,
  const C extends Limits = Record<never, never>,
  F extends object = Record<never, never>,
>(spec: QueueSpec<S, O, C, F>): Promise<Queue<ConfigurationOf<S>, ValuesOf<O, C>>>;
export async function openQueue<
  P = Readonly<Record<string, unknown>>,
  const O extends Objectives = SoleObjective,
  const C extends Limits = Record<never, never>,
  F extends object = Record<never, never>,
>(spec: FreeQueueSpec<P, O, C, F>): Promise<Queue<Without<P, F>, ValuesOf<O, C>>>;
export async function openQueue(first: unknown, options: unknown = {}): Promise<unknown> {
  const given = await givenOf(first, options);
  const { evaluator, module, timeLimit, seed = randomSeed(), log = () => {}, on = {} } = given;
  const objectives = listObjectives(given.objectives);
  const constraints = checkLimits(given.constraints);
  const space = given.space === undefined ? undefined : await spaceOf(given.space, given.where);
  const fixed = fixedOf(given.fixed, given.space);
  const chosen = evaluatorOf(evaluator === undefined ? {} : { evaluator });
  if (space !== undefined) checkTemplates(given.objective, space, chosen, Object.keys(fixed ?? {}));
  const { timeout } = given;
  const workload: Workload = {
    ...(given.objective === undefined ? {} : { objective: given.objective }),
    names: objectives.map(({ name }) => name),
    limited: Object.keys(constraints),
    log,
    ...(module === undefined ? {} : { module: pathToFileURL(pathOf(module)).href }),
  };
  return new Queue({
    evaluator: await openEvaluator(chosen, workload, timeout),
    retry: chosen.policy.retry,
    space,
    fixed,
    random: createRandom(seed).fork("trial"),
    timeout,
    timeLimit,
    on,
    warn: given.warn ?? ((message) => console.warn(`attune: ${message}`)),
  });
}

/** What was given, checked as far as can be without opening anything, with the objective of the search or module. */
async function givenOf(first: unknown, options: unknown): Promise<Given> {
  if (isLoading())
    throw usage("The file opens a queue while attune loads it: open it in another file, or only when it is run itself");
  const spec = isSearch(first) ? options : first;
  if (typeof spec !== "object" || spec === null)
    throw usage(`Expected openQueue() to be given a search or { objective, … }, got ${show(spec)}`);
  refuseUnknown("openQueue", spec, isSearch(first) ? OPTIONS : [...PARTS, ...OPTIONS]);
  const given = spec as Given;
  const { objective, module, timeout, timeLimit, seed, on } = given;
  if (timeout !== undefined) expectNumber("timeout", timeout, { above: 0 });
  if (timeLimit !== undefined) expectNumber("timeLimit", timeLimit, { above: 0 });
  if (seed !== undefined) expectNumber("seed", seed, { integer: true });
  if (on !== undefined) checkListeners(on);
  if (module !== undefined && (typeof module !== "string" || module === ""))
    throw usage(`Expected \`module\` to be a path or a file URL, got ${show(module)}`);
  if (module !== undefined && !existsSync(pathOf(module)))
    throw new AttuneError("objective", `Cannot find ${pathOf(module)}: there is no such file`);
  if (isSearch(first)) return { ...partsOf(first.spec), ...given };
  if (objective === undefined && module === undefined)
    throw usage("Expected openQueue() to be given an `objective`, or a `module` that exports one");
  if (objective === undefined) return { ...(await loadObjective(pathOf(module!))), ...given };
  if (typeof objective !== "function")
    throw usage(`Expected \`objective\` to be a function or a command(), got ${show(objective)}`);
  return given;
}

function checkListeners(on: QueueListeners): void {
  if (typeof on !== "object" || on === null)
    throw usage(`Expected \`on\` to be an object of listeners, got ${show(on)}`);
  refuseUnknown("on", on, LISTENERS);
  for (const [name, listener] of Object.entries(on))
    if (listener !== undefined && typeof listener !== "function")
      throw usage(`Expected \`on.${name}\` to be a function, got ${show(listener)}`);
}

/** What a queue takes over from a search. */
function partsOf(spec: AnySpec): Given {
  const taken = [...PARTS, "evaluator", "seed"] as const;
  const timeout = absoluteOf(spec.timeout); // a queue knows no best
  const parts = Object.fromEntries(taken.flatMap((key) => (spec[key] === undefined ? [] : [[key, spec[key]]])));
  return timeout === undefined ? parts : { ...parts, timeout };
}

async function loadObjective(file: string): Promise<Given> {
  const found = (await loadModule(file))["default"];
  if (isSearch(found)) return partsOf(found.spec);
  if (typeof found === "function") return { objective: found as AnySpec["objective"] };
  throw new AttuneError(
    "objective",
    `Expected ${file} to export a search or a function as its default, got ${show(found)}`,
  );
}

function pathOf(module: string): string {
  return module.startsWith("file:") ? fileURLToPath(module) : resolve(module);
}

function spaceOf(given: SpaceSpec, where: AnySpec["where"]): Promise<Space> {
  return resolveSpace(given, [where ?? []].flat() as Rule<never>[]);
}

function fixedOf(fixed: object | undefined, space: SpaceSpec | undefined): object | undefined {
  if (fixed === undefined) return undefined;
  if (typeof fixed !== "object" || fixed === null || Array.isArray(fixed))
    throw usage(`Expected \`fixed\` to be an object, got ${show(fixed)}`);
  if (Array.isArray(space)) throw usage("Expected no `fixed` beside a list of spaces, whose configurations are lists");
  return plainCopy(fixed, "`fixed`");
}
