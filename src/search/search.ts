import { checkTimeout } from "../core/timeout.ts";
import { expectNumber, refuseUnknown, show, usage } from "../core/errors.ts";
import type { Limits } from "../core/objective.ts";
import type { Rule } from "../space/space.ts";
import { checkLimits, listObjectives, type Objectives } from "../study/definition.ts";
import { randomSeed } from "../system/entropy.ts";
import { isLoading } from "../system/loading.ts";
import { check as checkBefore, type CheckOptions, type CheckResult } from "./check.ts";
import { SearchHandle } from "./handle.ts";
import { planOf, prunerOf, sampleFrom, samplerOf } from "./parts.ts";
import { checkSpace, resolveSpace } from "./resolve-space.ts";
import type { StartOptions } from "./session.ts";
import type { SearchResult } from "./result.ts";
import {
  type AnySpec,
  type ConfigurationOf,
  type SearchSpec,
  type SoleObjective,
  SPEC_KEYS,
  type SpaceSpec,
  type ValuesOf,
} from "./spec.ts";
import { validate as validateAfter, type ValidateOptions, type Validation } from "./validate.ts";

const brand = Symbol.for("attune.search");

/**
 * The front door: a space, an objective and a budget. Cold until started: the constructor checks everything that can be
 * checked without files or the network. `P` is the type of a configuration, `V` of the measured values.
 */
export class Search<P = unknown, V = Readonly<Record<string, number>>> {
  readonly spec: AnySpec;

  constructor(spec: AnySpec) {
    check(spec);
    Object.defineProperty(this, brand, { value: true });
    this.spec = spec;
  }

  /** The same search with some options changed. */
  with(changes: Partial<AnySpec>): Search<P, V> {
    return new Search<P, V>({ ...this.spec, ...changes });
  }

  /** `n` configurations from the prior; nothing is run. The same `seed` gives the same ones. */
  async sample(n = 1): Promise<P[]> {
    expectNumber("n", n, { integer: true, low: 1 });
    const space = await resolveSpace(this.spec.space, [this.spec.where ?? []].flat() as Rule<never>[]);
    return sampleFrom(space, this.spec.seed ?? randomSeed(), n) as P[];
  }

  /**
   * Runs the baseline several times as the search would, and resolves with what it is like: seconds per trial, noise, the
   * smallest gain that the search can show, the time that the budget takes. Without a baseline the first of `first` is
   * run, or a configuration drawn from the space. No run is a trial: nothing is recorded, the objective is called all the
   * same. Rejects when a run fails (code "all-failed"; `cause` holds the failure's kind, message and stderr).
   */
  async check(options: CheckOptions = {}): Promise<CheckResult<P>> {
    if (isLoading())
      throw usage(
        "The file checks its search while attune loads it: leave `check()` to `attune check`, or run it with node",
      );
    return checkBefore<P>(this.spec, options);
  }

  /**
   * Measures the `k` best trials of a result again, in turn with the baseline, and keeps those that are better than it beyond
   * the noise: the best of many trials looks better than it is. Takes the result or the path of a journal, else the journal
   * of the search. One run at a time, by the search's own evaluator with its limits, leases and retries; no run is a trial,
   * nothing is recorded. Ends early where it is clear. Rejects when the baseline fails (code "all-failed").
   * @example const { kept } = await search.validate(await search.start());
   */
  async validate(from?: SearchResult<P, V> | string, options: ValidateOptions = {}): Promise<Validation<P, V>> {
    if (isLoading())
      throw usage(
        "The file validates while attune loads it: leave `validate()` to `attune validate`, or run it with node",
      );
    return validateAfter<P, V>(this.spec, from, options);
  }

  /** Starts the search, but not while `attune run` loads the file that it is in. Await the handle for the result. Each start begins anew, or resumes from the journal. */
  start(options: StartOptions = {}): SearchHandle<P, V> {
    if (isLoading())
      throw usage(
        "The file starts its search while attune loads it: leave `start()` to `attune run`, or run the file with node",
      );
    return new SearchHandle<P, V>(this.spec, options);
  }
}

/**
 * Defines a search; the types flow from the space to the objective and the result.
 * @example
 * const search = defineSearch({
 *   space: { level: int(1, 9), strategy: choice(["default", "filtered"]) },
 *   objectives: { bytes: "minimize", ms: "minimize" },
 *   objective: (p) => ({ bytes: 1000 / p.level, ms: p.level }),
 *   trials: 50,
 * });
 * const result = await search.start();
 */
export function defineSearch<
  const S extends SpaceSpec,
  const O extends Objectives = SoleObjective,
  const C extends Limits = Record<never, never>,
>(spec: SearchSpec<S, O, C>): Search<ConfigurationOf<S>, ValuesOf<O, C>> {
  return new Search(spec as unknown as AnySpec);
}

/** Whether something is a search, of this or another copy of attune. */
export function isSearch(value: unknown): value is Search {
  return typeof value === "object" && value !== null && brand in value;
}

function check(spec: AnySpec): void {
  if (typeof spec !== "object" || spec === null)
    throw usage(`Expected a search to be given { space, objective, … }, got ${show(spec)}`);
  refuseUnknown("a search", spec, SPEC_KEYS);
  for (const key of ["space", "objective"] as const)
    if (spec[key] === undefined) throw usage(`Expected a search to be given \`${key}\``);
  checkSpace(spec.space);
  listObjectives(spec.objectives);
  checkLimits(spec.constraints);
  if (typeof spec.objective !== "function")
    throw usage(
      `Expected \`objective\` to be a function, a command(), python() or worker(), got ${show(spec.objective)}`,
    );
  if (spec.trials !== undefined) expectNumber("trials", spec.trials, { integer: true, low: 1 });
  if (spec.timeout !== undefined) checkTimeout(spec.timeout, listObjectives(spec.objectives).length);
  if (spec.seed !== undefined) expectNumber("seed", spec.seed, { integer: true });
  for (const rule of [spec.where ?? []].flat())
    if (typeof rule !== "function") throw usage(`Expected \`where\` to hold functions, got ${show(rule)}`);
  for (const rule of [spec.stop ?? []].flat()) {
    if (typeof rule !== "object" || rule === null || !("create" in rule))
      throw usage(`Expected \`stop\` to hold stop rules such as timeLimit(60_000), got ${show(rule)}`);
  }
  if (spec.first !== undefined && !Array.isArray(spec.first))
    throw usage(`Expected \`first\` to be a list of configurations, got ${show(spec.first)}`);
  prunerOf(spec);
  planOf(spec, samplerOf(spec));
}
