import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import type { EvaluatorDefinition } from "../../src/core/evaluator.ts";
import { isolated, threads } from "../../src/evaluators/index.ts";
import * as evaluators from "../../src/evaluators/index.ts";
import { python } from "../../src/evaluators/python.ts";
import { worker } from "../../src/evaluators/worker.ts";
import { complete, expectFailure } from "../../src/testing/evaluator-subject.ts";
import { perl, python3 } from "../equipment.ts";
import { type ForeignSubject, foreignContract, taskFor } from "./foreign-contract.ts";

const program = (name: string): string => fileURLToPath(new URL(`../fixtures/programs/${name}`, import.meta.url));

/** What the Python host does beyond the protocol. */
function pythonContract(subject: ForeignSubject): void {
  const run = subject.run.bind(subject);

  it("takes the numbers and arrays of libraries, without importing them", async () => {
    expect(await run("array", 3)).toMatchObject({ values: { value: { value: 3, samples: 3 } } });
    expect(await run("scalar", 3)).toMatchObject({ values: { value: { value: 3 }, extra: { value: 0.75 } } });
  });

  it("says what is no measurement, naming its type", async () => {
    expectFailure(await run("array-nan"), "invalid", /^Expected `value` to be finite numbers, got inf$/);
    expectFailure(await run("object"), "invalid", /^Expected `value` to be numbers, got object$/);
    expectFailure(await run("keys"), "invalid", /^Expected the names in .* to be str, got int$/);
    expectFailure(await run("bool"), "invalid", /got true$/);
    expectFailure(await run("report-nan"), "invalid", /^Expected the report to be finite numbers, got nan$/);
  });

  it("makes failures of exceptions, with the traceback", async () => {
    const failure = (await run("nested")) as { failure: { stack: string } };
    expectFailure(failure as never, "error", /^KeyError: 'name'$/);
    expect(failure.failure.stack).toMatch(/deeds\.py", line \d+, in nested\n {4}raise KeyError\("name"\)/);
    expect(failure.failure.stack).not.toContain("python-host");
    expectFailure(await run("unheard"), "error", /^deeds\.Unheard: odd$/);
    expectFailure(await run("out-of-memory"), "memory", /^MemoryError: no more$/);
    await subject.works();
  });

  it("survives an exit at once and a segmentation fault, whose traceback stands on stderr", async () => {
    expectFailure(await run("exit-now", 4), "crash", /exited with code 4/);
    const crashed = await run("segfault");
    expectFailure(crashed, "crash", /SIGSEGV/);
    expect(crashed).toMatchObject({ failure: { stderr: expect.stringContaining("deeds.py") as unknown } });
    await subject.works();
  });

  it("interrupts an objective that is to end, and lets it end by itself before", async () => {
    await subject.saysWhenCut("hang", "unwound, aborted");
    await subject.saysWhenCut("hang-async", "unwound");
    await subject.saysWhenCut("polite", "ended by itself");
    await subject.works();
  });

  it("prunes although the objective has caught what unwinds it", async () => {
    expect(await run("forgetful", 3, { verdict: "prune" })).toEqual({ state: "pruned" });
  });

  it("logs what is printed, with the trial's number", async () => {
    const task = taskFor("print", 4);
    expect(await subject.evaluator.evaluate(task)).toEqual(complete(4));
    expect((await subject.linesOf(task, 3)).sort()).toEqual(["err 4", "no line end", "out 4"]);
  });

  it("lends tokens by the environment, and takes them back", async () => {
    const leasing = taskFor("leases", 0, { leases: { gpu: ["1", "3"], port: ["8001"] } });
    await subject.evaluator.evaluate(leasing);
    expect(await subject.linesOf(leasing, 2)).toEqual(['{"gpu":["1","3"],"port":["8001"]}', "1,3 1,3"]);
    const none = taskFor("leases");
    await subject.evaluator.evaluate(none);
    expect(await subject.linesOf(none, 2)).toEqual(["{}", "None None"]);
  });

  it("lends what trackers give, and takes it back", async () => {
    const lent = taskFor("environment", 0, { environment: { MLFLOW_RUN_ID: "r1" } });
    await subject.evaluator.evaluate(lent);
    expect(await subject.linesOf(lent, 1)).toEqual(['{"MLFLOW_RUN_ID": "r1"} r1']);
    const none = taskFor("environment");
    await subject.evaluator.evaluate(none);
    expect(await subject.linesOf(none, 1)).toEqual(["{} None"]);
  });
}

if (python3.found)
  for (const definition of Object.values(evaluators) as readonly EvaluatorDefinition[])
    foreignContract(definition, "Python", python(program("deeds.py")), pythonContract);
if (perl.found)
  for (const definition of Object.values(evaluators) as readonly EvaluatorDefinition[])
    foreignContract(definition, "a worker in Perl", worker(["perl", program("deeds.pl")]));

it("options for Node are refused where the objective is no JavaScript", async () => {
  const workload = { objective: worker(["true"]), names: ["value"], log: () => {} };
  await expect(isolated({ execArgv: ["--no-opt"] }).open(workload)).rejects.toThrow(
    "Expected no `execArgv` for isolated() here: that is for Node, and this objective is a program in another language",
  );
  await expect(threads({ resourceLimits: {} }).open(workload)).rejects.toThrow("Expected no `resourceLimits`");
});
