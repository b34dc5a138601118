import { show, usage } from "../core/errors.ts";
import type { Space } from "../space/space.ts";

const DEEPEST = 100;

/** What configurations are held against. */
interface Rules<P> {
  readonly space: Space<P> | undefined;
  readonly fixed: object | undefined;
}

/**
 * Copies of configurations, so that nothing that happens to one later changes a job. Throws a usage error for the first
 * that is not in the space, sets what is fixed, or is not the plain data that every evaluator can carry.
 */
export function copyConfigurations<P>(configs: readonly P[], { space, fixed }: Rules<P>): P[] {
  if (!Array.isArray(configs))
    throw usage(`Expected submit() to be given a list of configurations, got ${show(configs)}`);
  return (configs as readonly P[]).map((config, i) => {
    const problem = space?.problem(config);
    if (problem !== undefined) throw usage(`Configuration ${i} of submit() is not in the space: ${problem}`);
    if (typeof config !== "object" || config === null || (space === undefined && Array.isArray(config)))
      throw usage(`Expected configuration ${i} of submit() to be an object of parameters, got ${show(config)}`);
    const twice = Object.keys(fixed ?? {}).find((name) => Object.hasOwn(config, name));
    if (twice !== undefined) throw usage(`Configuration ${i} of submit() sets \`${twice}\`, which is fixed`);
    return plainCopy(config, `configuration ${i} of submit()`);
  });
}

/** A deep copy of plain data; keys without a value are left out, as JSON does. Throws a usage error for anything else. */
export function plainCopy<T>(value: T, thing: string, depth = 0): T {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value !== "object" || depth > DEEPEST || !isPlain(value))
    throw usage(
      `Expected ${thing} to hold texts, finite numbers, true, false, null, lists and plain objects, got ${depth > DEEPEST ? "something endless" : named(value)}`,
    );
  if (Array.isArray(value)) return value.map((item: unknown) => plainCopy(item, thing, depth + 1)) as T;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.map(([key, inner]) => [key, plainCopy(inner as unknown, thing, depth + 1)])) as T;
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  // an object of another realm (a vm, a test runner) has another Object.prototype, whose own prototype is null
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function named(value: unknown): string {
  return typeof value === "object" && value !== null ? `a ${value.constructor.name}` : show(value);
}
