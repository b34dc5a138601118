import { setMaxListeners } from "node:events";
import type { AttemptPolicy } from "../core/attempt-policy.ts";
import { held } from "../core/clock.ts";
import type { BareTask, Evaluator } from "../core/evaluator.ts";
import type { Json } from "../core/json.ts";
import type { Outcome } from "../core/outcome.ts";
import { realClock } from "../system/clock.ts";
import { underEither } from "../system/waiting.ts";
import { type Lease, NO_LEASE, TokenPools } from "./leases.ts";
import { Scratch } from "./scratch.ts";
import { cancelled } from "./supervision.ts";

/**
 * Provides every attempt with a scratch directory and the tokens that it leases, before the evaluator gets it: its time
 * begins when it has them. Tokens are returned and directories removed whatever becomes of the attempt. `log` is told
 * which directories are kept, or could not be removed. Throws a usage error if there is no place for scratch directories.
 */
export function provide<P>(
  evaluator: Evaluator<P>,
  policy: AttemptPolicy,
  log: (line: string, trial?: number) => void = () => {},
): Evaluator<P, BareTask<P>> {
  const scratch = new Scratch(policy, log);
  const pools = new TokenPools(policy.resources, log);
  const closing = new AbortController();
  setMaxListeners(0, closing.signal); // any number may wait
  const { clock = realClock } = evaluator;
  const leaseFor = async ({ signal }: BareTask<P>): Promise<Lease | Outcome> => {
    try {
      return await underEither([signal, closing.signal], (either) => pools.lease(either));
    } catch (error) {
      if (signal.aborted) return cancelled(signal.reason);
      if (closing.signal.aborted) return { state: "cancelled", reason: "the evaluator is closed" };
      throw error;
    }
  };
  return {
    get concurrency() {
      return Math.min(evaluator.concurrency, pools.concurrency);
    },
    clock,
    ...(evaluator.attach && {
      attach: (task: BareTask<P>, where: Json) =>
        evaluator.attach!({ ...task, dir: scratch.place(task), leases: {} }, where),
    }),
    async evaluate(task): Promise<Outcome> {
      while (scratch.behind) await held(clock, async () => scratch.behind);
      const lease = pools.needed ? await held(clock, () => leaseFor(task)) : NO_LEASE;
      if ("state" in lease) return lease;
      const dir = scratch.place(task);
      let outcome: Outcome | undefined;
      try {
        outcome = await evaluator.evaluate({ ...task, dir, leases: lease.tokens });
        return outcome;
      } finally {
        await (pools.needed ? held(clock, () => lease.release()) : lease.release());
        scratch.release(dir, task.number, outcome);
      }
    },
    over: (trial, study) => scratch.over(trial, study),
    watch: (changed) => evaluator.watch?.(changed),
    async [Symbol.asyncDispose]() {
      closing.abort();
      await evaluator[Symbol.asyncDispose]();
      await scratch.close();
    },
  };
}
