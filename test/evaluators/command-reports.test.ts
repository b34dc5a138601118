import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Outcome } from "../../src/core/outcome.ts";
import type { Verdict } from "../../src/core/pruner.ts";
import { command, type CommandOptions } from "../../src/evaluators/command.ts";
import { inline } from "../../src/evaluators/inline.ts";
import { contractTask, type ContractTask, isAlive, until } from "../../src/testing/contract-task.ts";

const EPOCHS = 'for i in 1 2 3; do echo "epoch $i: loss 0.$i5" | sed s/5$/0/; sleep 0.05; done; echo done >&2; echo 7';

/** Runs a shell command whose reports get this verdict. */
async function run(
  script: string,
  options: CommandOptions,
  verdict: (step: number) => Verdict = () => "continue",
  names: readonly string[] = ["loss"],
): Promise<{ readonly outcome: Outcome; readonly task: ContractTask }> {
  const objective = command(["sh", "-c", script], options);
  await using evaluator = await inline().open({ objective, names, log: () => {} });
  const task = contractTask("return");
  const report: ContractTask["report"] = async (step, values) => {
    task.reports.push({ step, values });
    return verdict(step);
  };
  const outcome = await evaluator.evaluate({ ...task, params: { do: "return", x: 1 }, report });
  return { outcome, task };
}

describe("the reports of a command", () => {
  it("stand in lines that a pattern finds, with their steps or counted", async () => {
    const pattern = "epoch (?<step>\\d+): loss (?<loss>\\S+)";
    const named = await run(EPOCHS.replaceAll("$i5", "$i"), { reports: pattern });
    expect(named.task.reports).toEqual([1, 2, 3].map((i) => ({ step: i, values: { loss: i / 10 } })));
    expect(named.outcome).toMatchObject({ state: "complete", values: { loss: { value: 7 } } });
    const bare = await run("echo a=5 >&2; echo b=6; echo none; printf 'a=7'", { reports: /\w=(\d)/ });
    expect(bare.task.reports.map(({ step }) => step)).toEqual([1, 2, 3]);
    expect(bare.task.reports.map(({ values }) => values["loss"]).sort()).toEqual([5, 6, 7]);
  });

  it("stand in JSON lines with a number `step`", async () => {
    const script = `echo '{"step": 0, "loss": 3, "phase": "a"}'; echo '{"loss": 2}'; echo '{"step": }'; echo '{"step": "1"}'; echo '{"step": 2.5, "loss": 1, "n": 9}'`;
    const { outcome, task } = await run(script, { reports: true });
    expect(task.reports).toEqual([
      { step: 0, values: { loss: 3 } },
      { step: 2.5, values: { loss: 1, n: 9 } },
    ]);
    expect(outcome, "the last line gives the values as well").toMatchObject({ values: { loss: { value: 1 } } });
    expect((await run(script, {})).task.reports, "only where they are asked for").toEqual([]);
  });

  it("stand in a file that grows, from what this attempt has written on", async () => {
    const script = `for i in 1 2 3; do echo "{\\"step\\": $i, \\"loss\\": $i}" >> $ATTUNE_REPORTS; sleep 0.05; done; printf '{"step": 4, "loss": 4}' >> $ATTUNE_REPORTS; echo 1`;
    const { outcome, task } = await run(script, { reportFile: "{dir}/r.jsonl" });
    expect(task.reports).toEqual([1, 2, 3, 4].map((i) => ({ step: i, values: { loss: i } })));
    expect(outcome).toMatchObject({ state: "complete" });
  });

  it("end the program and all that it started when the trial is to be pruned, by lines and by a file", async () => {
    for (const [write, options] of [
      ["", { reports: true }],
      [" >> $ATTUNE_REPORTS", { reportFile: "{dir}/r.jsonl" }],
    ] as const) {
      const script = `(trap '' TERM; sleep 60) & echo $! > $ATTUNE_DIR/child; for i in 1 2 3; do echo "{\\"step\\": $i, \\"loss\\": 1}"${write}; sleep 0.2; done; touch $ATTUNE_DIR/whole; sleep 60`;
      const { outcome, task } = await run(script, options, (step) => (step === 2 ? "prune" : "continue"));
      expect(outcome).toEqual({ state: "pruned" });
      expect(existsSync(join(task.dir, "whole"))).toBe(false);
      const child = Number(await readFile(join(task.dir, "child"), "utf8"));
      await until(() => !isAlive(child));
    }
  });

  it("that are no numbers make the attempt a failure, as in any objective", async () => {
    const { outcome } = await run("echo loss nan; sleep 60", { reports: "loss (?<loss>\\S+)" });
    expect(outcome).toMatchObject({ state: "failed", failure: { kind: "invalid" } });
    expect(JSON.stringify(outcome)).toContain("the report of `loss` to be a finite number, got NaN");
  });

  it("are checked before anything runs", () => {
    const given = (options: CommandOptions) => (): unknown => command(["x"], options);
    expect(given({ reports: false as never })).toThrow("Expected `command.reports` to be true or a regular expression");
    expect(given({ reports: "(" })).toThrow("Expected `reports` to be a regular expression");
    expect(given({ reportFile: "r.jsonl" })).toThrow(
      'Expected `command.reportFile` to hold {dir} or {trial}, as trials run side by side, got "r.jsonl"',
    );
    expect(given({ reportFile: "{dir}/r", reports: true })).toThrow("`reports` or `reportFile`, got both");
    expect(command(["x"], { reports: /a(.)/i }).toJSON()).toMatchObject({ reports: "/a(.)/i" });
    expect(command(["x"], { reports: true }).toJSON()).toMatchObject({ reports: true });
  });
});
