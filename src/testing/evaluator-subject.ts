import { afterAll, beforeAll, expect } from "vitest";
import type { Evaluator, EvaluatorDefinition, EvaluatorInfo, LimitName, Workload } from "../core/evaluator.ts";
import type { FailureKind, Outcome } from "../core/outcome.ts";
import { realClock } from "../system/clock.ts";
import type { ContractParams } from "./contract-objective.ts";
import { type ContractTask, contractTask, contractWorkload, until } from "./contract-task.ts";

/** One evaluator under test, with two workers, open for the whole suite that makes it. */
export class Subject<O extends object> {
  readonly info: EvaluatorInfo;
  /** What the objectives wrote, with the trial. */
  readonly lines: (readonly [line: string, trial: number | undefined])[] = [];
  readonly #definition: EvaluatorDefinition<O>;
  readonly #options: O | undefined;
  #evaluator: Evaluator<ContractParams> | undefined = undefined;

  constructor(definition: EvaluatorDefinition<O>, options: O | undefined) {
    this.info = definition.info;
    this.#definition = definition;
    this.#options = options;
    const log: Workload["log"] = (line, trial) => this.lines.push([line, trial]);
    beforeAll(async () => {
      this.#evaluator = await this.open(2, log);
    });
    afterAll(() => this.evaluator[Symbol.asyncDispose]());
  }

  get evaluator(): Evaluator<ContractParams> {
    return this.#evaluator!;
  }

  /** Another one of the kind; the caller disposes it. */
  open(
    workers: number,
    log?: Workload["log"],
    limits: Partial<Record<LimitName, number>> = {},
  ): Promise<Evaluator<ContractParams>> {
    return this.#definition({ ...(this.#options as O), ...limits }).open<ContractParams>(
      contractWorkload(workers, log),
    );
  }

  run(...given: Parameters<typeof contractTask>): Promise<Outcome> {
    return this.evaluator.evaluate(contractTask(...given));
  }

  /** The lines of a trial, once there are so many. */
  async linesOf(trial: number, count: number): Promise<string[]> {
    const found = (): string[] => this.lines.filter(([, of]) => of === trial).map(([line]) => line);
    await until(() => found().length >= count);
    return found();
  }

  /** All workers still work. */
  async works(): Promise<void> {
    const outcomes = await Promise.all([this.run("return", 5), this.run("return", 6)]);
    expect(outcomes).toEqual([complete(5), complete(6)]);
  }
}

export function complete(value: number): Outcome {
  return { state: "complete", values: { value: { value } } };
}

export function expectFailure(outcome: Outcome | undefined, kind: FailureKind, message: RegExp): void {
  expect(outcome).toMatchObject({
    state: "failed",
    failure: { kind, message: expect.stringMatching(message) as unknown },
  });
}

/** Waits until the task really runs, and its objective does. */
export async function placed(task: ContractTask): Promise<void> {
  await until(() => task.places.length > 0);
  await realClock.sleep(20);
}
