import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as attune from "attune";
import type { Evaluator, EvaluatorFactory, Outcome, SearchHandle, Task } from "attune";

/** What the comparisons run on, where there is one. */
export interface Peers {
  /** The npm packages that are installed. */
  readonly npm: readonly string[];
  /** A Python that has the package. */
  readonly optuna: string | undefined;
  readonly deephyper: string | undefined;
}
export type Ours = "inline" | "threads" | "processes" | "isolated";

/** By name, as some may not be there yet. */
const exported = attune as unknown as Record<string, ((options: object) => EvaluatorFactory) | undefined>;
const names: readonly Ours[] = ["inline", "threads", "processes", "isolated"];

export const missing: readonly Ours[] = names.filter((name) => exported[name] === undefined);
export const isThere = (name: Ours): boolean => !missing.includes(name);

const factory = (name: Ours, workers: number): EvaluatorFactory => exported[name]!({ workers });

export const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

/** The objective of a fixture in an evaluator of its own. */
export async function openOurs<P>(name: Ours, workers: number, search: string): Promise<Evaluator<P>> {
  const { objective } = (await load(search)).spec;
  const module = new URL(`../fixtures/${search}`, import.meta.url).href;
  return factory(name, workers).open<P>({ objective, module, names: ["value"], log: () => {} });
}

/** Starts the search of a fixture, changed. In an array, as a handle in a promise would be awaited with it. */
export async function startOurs(
  name: Ours,
  workers: number,
  search: string,
  changes: object,
): Promise<[SearchHandle<unknown, Record<string, number>>]> {
  const spec = { ...(await load(search)).spec, ...changes, evaluator: factory(name, workers) };
  return [new attune.Search(spec).start({ module: fixture(search) })];
}

async function load(search: string): Promise<attune.Search> {
  return ((await import(new URL(`../fixtures/${search}`, import.meta.url).href)) as { default: attune.Search }).default;
}

const { signal } = new AbortController();

export function taskOf<P>(number: number, params: P, more: Partial<Task<P>> = {}): Task<P> {
  return {
    number,
    attempt: 1,
    params,
    baseline: false,
    seed: number,
    signal,
    dir: join(tmpdir(), "attune-bench-none", String(number)),
    leases: {},
    placed: () => {},
    report: () => "continue",
    reportSync: () => "continue",
    ...more,
  };
}

/** The only value of a trial that must be complete. */
export function valueOf(outcome: Outcome): number {
  if (outcome.state === "complete") return outcome.values["value"]!.value;
  throw new Error(JSON.stringify(outcome));
}
