import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Task } from "../../src/core/evaluator.ts";
import { failed, type Outcome } from "../../src/core/outcome.ts";
import { inline } from "../../src/evaluators/index.ts";
import { RetryLater } from "../../src/core/retry-later.ts";
import { defineSearch, int, openQueue } from "../../src/index.ts";
import { removeTree } from "../../src/system/removal.ts";
import { bareTask, look, provided } from "./provided.ts";

const directory = realpathSync(mkdtempSync(join(tmpdir(), "attune-trial-directory-")));
afterAll(() => removeTree(directory));
const fresh = (): string => mkdtempSync(join(directory, "x-"));

/** Counts the attempts in a file of the directory, as training that resumes does. */
function resume({ dir }: Pick<Task, "dir">): number {
  const path = join(dir, "epochs");
  const epochs = existsSync(path) ? Number(readFileSync(path, "utf8")) + 1 : 1;
  writeFileSync(path, String(epochs));
  return epochs;
}

describe("a directory of a trial", () => {
  it.each([
    ["never", []],
    ["failed", ["1"]],
    ["always", ["0", "1"]],
  ] as const)("is the same for every attempt, and kept %s once the trial is over", async (keep, kept) => {
    const scratch = fresh();
    const seen: number[] = [];
    const { evaluator, logged } = provided({ scratch, keep, directory: "trial" }, async (task) => {
      look(task);
      seen.push(resume(task));
      return failed("lost", "gone") satisfies Outcome;
    });
    for (const attempt of [1, 2, 3])
      for (const number of [0, 1]) await evaluator.evaluate(bareTask(number, { attempt, study: "s" }));
    expect(seen).toEqual([1, 1, 2, 2, 3, 3]);
    evaluator.over?.({ number: 0, state: "complete" }, "s");
    evaluator.over?.({ number: 1, state: "failed" }, "s");
    await evaluator[Symbol.asyncDispose]();
    const left = readdirSync(scratch);
    expect(left.flatMap((each) => readdirSync(join(scratch, each)))).toEqual(kept);
    expect(left).toHaveLength(kept.length === 0 ? 0 : 1);
    expect(logged).toHaveLength(keep === "never" ? 0 : 1);
    if (keep !== "never") expect(logged[0]).toMatch(/^trial 1 failed; its files are kept in .*[/\\]1$/);
  });

  it("waits for the next process that works on the study, and for no other study", async () => {
    const scratch = fresh();
    const seen: number[] = [];
    const open = (): ReturnType<typeof provided> =>
      provided({ scratch, directory: "trial" }, async (task) => {
        look(task);
        seen.push(resume(task));
        return failed("lost", "gone");
      });
    for (const [attempt, study] of [
      [1, "a"],
      [1, "b"],
      [2, "a"],
    ] as const) {
      const { evaluator } = open();
      await evaluator.evaluate(bareTask(7, { attempt, study }));
      await evaluator[Symbol.asyncDispose]();
    }
    expect(seen).toEqual([1, 1, 2]);
    const { evaluator, logged } = open();
    for (const study of ["a", "b"]) evaluator.over?.({ number: 7, state: "failed" }, study);
    await evaluator[Symbol.asyncDispose]();
    expect([readdirSync(scratch), logged]).toEqual([[], []]);
  });

  it("is spoken of by the process that ran the trial, not by all that see it fail", async () => {
    const scratch = fresh();
    const open = (): ReturnType<typeof provided> =>
      provided({ scratch, keep: "failed", directory: "trial" }, async (task) => (look(task), failed("lost", "gone")));
    const [ran, other] = [open(), open()];
    await ran.evaluator.evaluate(bareTask(7, { study: "a" }));
    for (const { evaluator } of [other, ran]) {
      evaluator.over?.({ number: 7, state: "failed" }, "a");
      await evaluator[Symbol.asyncDispose]();
    }
    expect([other.logged, ran.logged.length]).toEqual([[], 1]);
  });

  it("lets training go on where it was, in a search", async () => {
    const scratch = fresh();
    const dirs = new Set<string>();
    const result = await defineSearch({
      space: { x: int(1, 2) },
      objective: ({ x }, trial) => {
        dirs.add(trial.dir);
        const epochs = resume(trial);
        if (trial.attempt === 1) throw new RetryLater(1);
        if (trial.attempt === 2) throw new Error("crashed");
        return x + epochs;
      },
      evaluator: inline({ scratch, directory: "trial", retry: { error: 1 } }),
      trials: 2,
      seed: 1,
    }).start();
    expect(result.trials.map(({ values, attempt }) => [values.value, attempt])).toEqual(
      result.trials.map(({ params }) => [params.x + 3, 3]),
    );
    expect(dirs.size).toBe(2);
    expect(readdirSync(scratch)).toEqual([]);
  });

  it("goes when the journal is none, and what it waited for can never come", async () => {
    for (const journal of [undefined, join(fresh(), "kept.jsonl")]) {
      const scratch = fresh();
      const handle = defineSearch({
        space: { x: int(1, 2) },
        objective: (_, trial) => {
          resume(trial);
          void handle.stop();
          throw new RetryLater(1_000_000);
        },
        evaluator: inline({ scratch, directory: "trial" }),
        seed: 1,
        ...(journal === undefined ? {} : { journal }),
      }).start();
      await handle;
      expect(readdirSync(scratch)).toHaveLength(journal === undefined ? 0 : 1);
    }
  });

  it("serves the attempts of a queue's job", async () => {
    const scratch = fresh();
    let last = "";
    const queue = await openQueue({
      objective: (_: { x: number }, trial) => {
        last = trial.dir;
        const epochs = resume(trial);
        if (trial.attempt < 3) throw new RetryLater(1);
        return epochs;
      },
      evaluator: inline({ scratch, directory: "trial" }),
    });
    queue.submit([{ x: 1 }]);
    const [job] = await queue.gather("all");
    expect(job).toMatchObject({ state: "complete", attempt: 3, values: { value: 3 } });
    await queue.close();
    expect([existsSync(last), existsSync(dirname(last)), readdirSync(scratch)]).toEqual([false, false, []]);
  });

  it("is refused by name where it is neither", () => {
    expect(() => inline({ directory: "both" as "trial" })).toThrow(
      'Expected `directory` to be "attempt" or "trial", got "both"',
    );
  });
});
