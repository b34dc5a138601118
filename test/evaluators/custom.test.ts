import { describe, expect, it } from "vitest";
import { AttuneError } from "../../src/core/errors.ts";
import { defineEvaluator, type Evaluator, type Task, type Workload } from "../../src/core/evaluator.ts";
import type { Outcome } from "../../src/core/outcome.ts";
import { attempt } from "../../src/evaluators/custom.ts";
import { contractTask, contractWorkload } from "../../src/testing/contract-task.ts";
import { evaluatorContract } from "../../src/testing/evaluator-contract.ts";

/** What a user may write: a few lanes, each of which runs one trial after another. */
class Lanes<P> implements Evaluator<P> {
  readonly concurrency: number;
  readonly #workload: Workload<P>;
  readonly #lanes: Promise<unknown>[];
  readonly #closing = new AbortController();
  #next = 0;

  constructor(workload: Workload<P>) {
    this.#workload = workload;
    this.concurrency = workload.workers ?? 1;
    this.#lanes = Array.from({ length: this.concurrency }, () => Promise.resolve());
  }

  evaluate(task: Task<P>): Promise<Outcome> {
    if (this.#closing.signal.aborted) return Promise.reject(new AttuneError("evaluator", "the lanes are closed"));
    const worker = this.#next++ % this.concurrency;
    const signal = AbortSignal.any([task.signal, this.#closing.signal]);
    const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    const run = async (): Promise<Outcome> => {
      if (!signal.aborted) task.placed({ worker });
      return attempt({ ...task, signal }, this.#workload, { worker });
    };
    const outcome = Promise.race([this.#lanes[worker]!, aborted]).then(run);
    this.#lanes[worker] = outcome;
    return outcome;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort("the lanes are closed");
    await Promise.all(this.#lanes);
  }
}

const lanes = defineEvaluator(
  {
    name: "lanes",
    summary: "One trial after another, in each of a few lanes",
    closures: true,
    isolates: "nothing",
    limits: ["workers"],
  },
  () => async (workload) => new Lanes(workload),
);

evaluatorContract(lanes);

describe("attempt, for evaluators of one's own", () => {
  it("comes to its outcome at once where the objective does", () => {
    const outcome = attempt(contractTask("return", 4), contractWorkload());
    expect(outcome).toEqual({ state: "complete", values: { value: { value: 4 } } });
  });

  it("makes a failure of what cannot even be looked at", () => {
    const objective = (): object => ({
      get value(): number {
        throw new Error("not measured");
      },
    });
    expect(attempt(contractTask("return"), { ...contractWorkload(), objective })).toMatchObject({
      state: "failed",
      failure: { kind: "error", message: "not measured" },
    });
  });

  it("aborts the objective's signal with the reason, and never runs what is aborted", async () => {
    let reason: unknown;
    const workload = {
      ...contractWorkload(),
      objective: (_: unknown, trial: { signal: AbortSignal }) =>
        new Promise((resolve) => {
          trial.signal.addEventListener("abort", () => resolve((reason = trial.signal.reason)));
        }),
    };
    const task = contractTask("return");
    const outcome = attempt(task, workload, { worker: 3 });
    task.controller.abort("enough");
    expect(await outcome).toEqual({ state: "cancelled", reason: "enough" });
    expect(reason).toMatchObject({ name: "AbortError", message: "enough" });
    reason = undefined;
    expect(attempt(task, workload)).toEqual({ state: "cancelled", reason: "enough" });
    expect(reason).toBeUndefined();
  });

  it("needs an objective in this process", () => {
    const { names, log } = contractWorkload();
    expect(() => attempt(contractTask("return"), { names, log })).toThrow("Expected the workload to hold an objective");
  });
});
