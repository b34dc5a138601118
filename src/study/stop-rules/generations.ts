import { expectNumber } from "../../core/errors.ts";
import type { StopRuleFactory } from "../../core/stop-rule.ts";

/**
 * Stops after `n` generations of a generational sampler: its pool × n trials, and refills. The sampler itself keeps
 * the count.
 */
export function generations(n: number): StopRuleFactory {
  expectNumber("generations", n, { integer: true, low: 1 });
  return { name: "generations", generations: n, create: () => ({ tell: () => {}, check: () => undefined }) };
}
