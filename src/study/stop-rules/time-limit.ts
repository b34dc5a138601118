import { expectNumber } from "../../core/errors.ts";
import type { StopRuleFactory } from "../../core/stop-rule.ts";

/** Stops `ms` milliseconds after the start; trials that still run are cancelled. */
export function timeLimit(ms: number): StopRuleFactory {
  expectNumber("timeLimit", ms, { above: 0 });
  return {
    name: "timeLimit",
    timeLimit: ms,
    create: () => ({ tell: () => {}, check: ({ elapsed }) => (elapsed >= ms ? "time" : undefined), wakeAfter: ms }),
  };
}
