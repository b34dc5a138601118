import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Evaluator, EvaluatorDefinition, LimitName } from "../../src/core/evaluator.ts";
import type { Outcome } from "../../src/core/outcome.ts";
import type { ForeignObjective } from "../../src/evaluators/foreign-objective.ts";
import { realClock } from "../../src/system/clock.ts";
import { type ContractTask, contractTask, isAlive, until } from "../../src/testing/contract-task.ts";
import { complete, expectFailure, placed } from "../../src/testing/evaluator-subject.ts";

/** What a program in another language does with a trial; the fixtures list more than the contract's own objective. */
export const taskFor = contractTask as unknown as (
  deed: string,
  ...rest: DropFirst<typeof contractTask>
) => ContractTask;
type DropFirst<F extends (...given: never[]) => unknown> =
  Parameters<F> extends [unknown, ...infer Rest] ? Rest : never;

/** One evaluator with an objective in another language. */
export class ForeignSubject {
  readonly lines: (readonly [line: string, trial: number | undefined])[] = [];
  readonly #definition: EvaluatorDefinition;
  readonly #objective: ForeignObjective;
  #evaluator: Evaluator | undefined = undefined;

  constructor(definition: EvaluatorDefinition, objective: ForeignObjective) {
    this.#definition = definition;
    this.#objective = objective;
    beforeAll(async () => {
      this.#evaluator = await this.open(2);
    });
    afterAll(() => this.evaluator[Symbol.asyncDispose]());
  }

  get evaluator(): Evaluator {
    return this.#evaluator!;
  }

  open(workers: number, limits: Partial<Record<LimitName, number>> = {}): Promise<Evaluator> {
    const log = (line: string, trial?: number): void => void this.lines.push([line, trial]);
    const factory = this.#definition(limits);
    return factory.open({ objective: this.#objective, names: ["value"], workers, log });
  }

  run(...given: Parameters<typeof taskFor>): Promise<Outcome> {
    return this.evaluator.evaluate(taskFor(...given));
  }

  /** The lines of a trial, once there are so many. */
  async linesOf({ number }: ContractTask, count: number): Promise<string[]> {
    const found = (): string[] => this.lines.filter(([, of]) => of === number).map(([line]) => line);
    await until(() => found().length >= count);
    return found();
  }

  /** Runs a deed and cuts it short until it has said that in time, which a busy machine may deny it. */
  async saysWhenCut(deed: string, said: string, given: Parameters<typeof taskFor>[2] = {}): Promise<void> {
    for (let heard = false; !heard;) {
      const task = taskFor(deed, 3, given);
      const outcome = this.evaluator.evaluate(task);
      await placed(task);
      task.controller.abort("stopped");
      expect(await outcome).toEqual({ state: "cancelled", reason: "stopped" });
      await realClock.sleep(20);
      heard = this.lines.some(([line, of]) => of === task.number && line === said);
    }
  }

  /** All workers still work. */
  async works(): Promise<void> {
    const outcomes = await Promise.all([this.run("return", 5), this.run("return", 6)]);
    expect(outcomes).toEqual([complete(5), complete(6)]);
  }
}

/** What every evaluator must do with a program in another language, whether it isolates JavaScript or not. */
export function foreignContract(
  definition: EvaluatorDefinition,
  language: string,
  objective: ForeignObjective,
  more: (subject: ForeignSubject) => void = () => {},
): void {
  const { info } = definition;

  if (info.programs === false) {
    it(`${info.name} refuses ${language} before anything runs`, async () => {
      const workload = { objective, names: ["value"], workers: 1, log: () => {} };
      await expect(definition().open(workload)).rejects.toThrow(`Expected the objective for ${info.name}() to be`);
    });
    return;
  }

  describe(`${info.name} with ${language}`, () => {
    const subject = new ForeignSubject(definition, objective);
    const run = subject.run.bind(subject);

    it("gives every task its own outcome", async () => {
      const xs = Array.from({ length: 12 }, (_, i) => i);
      expect(await Promise.all(xs.map((x) => run(x % 2 ? "return" : "sleep", x)))).toEqual(xs.map(complete));
    });

    it("judges what comes back: samples, names, standard errors", async () => {
      expect(await run("samples", 3)).toMatchObject({ values: { value: { value: 3, samples: 3 } } });
      expect(await run("named", 3)).toMatchObject({ values: { value: { value: 3 }, extra: { value: 6 } } });
      expect(await run("async", 3)).toEqual({ state: "complete", values: { value: { value: 3, stderr: 0.5 } } });
      expectFailure(await run("nan"), "invalid", /^Expected .*, got (nan|null)$/);
      expectFailure(await run("nothing"), "invalid", /^Expected the objective to return .*, got (None|null)$/);
      expectFailure(await run("wrong-names"), "invalid", /return `value`, got `velue`/);
      expectFailure(await run("throw", 4), "error", /thrown for 4$/);
      await subject.works();
    });

    it("tells the program which trial it is, and the task where it runs", async () => {
      const task = taskFor("context", 0, { attempt: 2, baseline: true, seed: 4_294_967_295 });
      expect(await subject.evaluator.evaluate(task)).toMatchObject({
        values: {
          value: { value: task.number },
          attempt: { value: 2 },
          baseline: { value: 1 },
          seed: { value: 4_294_967_295 },
        },
      });
      expect(task.places).toEqual([{ worker: expect.any(Number) as unknown, pid: expect.any(Number) as unknown }]);
      expect(task.places).not.toContainEqual(expect.objectContaining({ pid: process.pid }));
    });

    it("hands the instance over, where there is one", async () => {
      const measured = taskFor("instance", 3, { instance: { name: "large", value: { size: [64, 64] } } });
      expect(await subject.evaluator.evaluate(measured)).toEqual(complete(3));
      const none = taskFor("instance", 3);
      expect(await subject.evaluator.evaluate(none)).toEqual(complete(3));
      const [some, no] = await Promise.all([subject.linesOf(measured, 1), subject.linesOf(none, 1)]);
      expect([some[0]!.replace(/["']/g, ""), no[0]]).toEqual([
        "{size: [64, 64]}",
        expect.stringMatching(/^(None|none)$/),
      ]);
    });

    it("carries large parameters and values", async () => {
      const text = "é€\n".repeat(100_000);
      const outcome = await run("large", 9_999, { text });
      expect(outcome).toMatchObject({ values: { "a name of some length, number 9998": { value: 9_998.25 } } });
    });

    it("passes reports on, and unwinds what is to be pruned or is refused", async () => {
      const task = taskFor("report", 3);
      expect(await subject.evaluator.evaluate(task)).toEqual(complete(3));
      expect(task.reports).toEqual([
        { step: 1, values: { value: 3 } },
        { step: 2, values: { value: 4, extra: 7 } },
      ]);
      const pruned = taskFor("report", 3, { verdict: "prune" });
      expect(await subject.evaluator.evaluate(pruned)).toEqual({ state: "pruned" });
      expect(pruned.reports).toHaveLength(1);
      const refusing = { report: () => Promise.reject(new Error("no such trial")) };
      expectFailure(await run("report", 3, refusing), "error", /no such trial/);
    });

    it("unwinds a report that is not answered when its trial is to end", async () => {
      await subject.saysWhenCut("report-on", "unwound, aborted", { report: () => new Promise(() => {}) });
      await subject.works();
    });

    it("logs what it says, with the trial's number, also a flood of it", async () => {
      const task = taskFor("log", 3);
      expect(await subject.evaluator.evaluate(task)).toEqual(complete(3));
      expect(await subject.linesOf(task, 2)).toEqual(["first 3", "second 3"]);
      const flood = taskFor("flood", 20_000);
      expect(await Promise.all([subject.evaluator.evaluate(flood), run("return", 2)])).toEqual([
        complete(20_000),
        complete(2),
      ]);
      expect(new Set(await subject.linesOf(flood, 20_000))).toEqual(new Set(["flood ".repeat(20)]));
    });

    it("keeps the end of stderr for failures", async () => {
      const outcome = await run("stderr", 2);
      expectFailure(outcome, "error", /after writing$/);
      const { stderr } = (outcome as { failure: { stderr: string } }).failure;
      expect(stderr).toMatch(/^[^]{4000,}\nlast words of 2\n$/);
    });

    it("names the directory of the task", async () => {
      const used = taskFor("dir", 2);
      expect(await subject.evaluator.evaluate(used)).toEqual(complete(2));
      expect(await subject.linesOf(used, 1)).toEqual([used.dir]);
      expect(existsSync(used.dir)).toBe(true);
      await rm(used.dir, { recursive: true });
    });

    it("survives an exit and a signal, and replaces the process", async () => {
      const [exited, killed, fine] = await Promise.all([run("exit", 3), run("signal"), run("return", 9)]);
      expectFailure(exited, "crash", /exited with code 3/);
      expect(exited).toMatchObject({ failure: { exitCode: 3 } });
      expectFailure(killed, "crash", /SIGKILL/);
      expect(killed).toMatchObject({ failure: { signal: "SIGKILL" } });
      expect(fine).toEqual(complete(9));
      await subject.works();
    });

    it("ends what goes on, at its limit or when it is cancelled", async () => {
      const cancelled = taskFor("stubborn");
      const outcomes = Promise.all([run("spin", 1, { timeout: 150 }), subject.evaluator.evaluate(cancelled)]);
      await placed(cancelled);
      cancelled.controller.abort("stopped");
      const [late, stopped] = await outcomes;
      expectFailure(late, "timeout", /took longer than 150 ms/);
      expect(stopped).toEqual({ state: "cancelled", reason: "stopped" });
      await subject.works();
    });

    it("ends what it has started, even if that ignores SIGTERM", async () => {
      const task = taskFor("grandchild");
      const outcome = subject.evaluator.evaluate(task);
      await until(() => task.reports.length > 0);
      task.controller.abort("stopped");
      expect(await outcome).toEqual({ state: "cancelled", reason: "stopped" });
      const pid = task.reports[0]!.values["value"]!;
      await until(() => !isAlive(pid));
    });

    if (info.limits.includes("memory"))
      it("ends what holds more memory than it may", async () => {
        await using evaluator = await subject.open(1, { memory: 200e6 });
        expectFailure(await evaluator.evaluate(taskFor("allocate", 1_000)), "memory", /limit of 200 MB/);
        expect(await evaluator.evaluate(taskFor("return", 3))).toEqual(complete(3));
      });

    if (info.limits.includes("cpuSeconds"))
      it("ends what uses more processor time than it may", async () => {
        await using evaluator = await subject.open(1, { cpuSeconds: 0.5 });
        expectFailure(await evaluator.evaluate(taskFor("spin")), "timeout", /limit of 0\.5 s$/);
        expect(await evaluator.evaluate(taskFor("return", 3))).toEqual(complete(3));
      });

    it("leaves nothing behind when it is disposed", async () => {
      const other = await subject.open(2);
      const task = taskFor("stubborn");
      const [first, hanging] = [await other.evaluate(taskFor("pid")), other.evaluate(task)];
      await until(() => task.places.length > 0);
      await realClock.sleep(20);
      await other[Symbol.asyncDispose]();
      expect(await hanging).toMatchObject({ state: "cancelled" });
      const { values } = first as Extract<Outcome, { state: "complete" }>;
      for (const pid of [values["value"]!.value, (task.places[0] as { pid: number }).pid])
        expect(isAlive(pid)).toBe(false);
    });

    more(subject);
  });
}
