import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import type { Trial } from "../../src/core/trial.ts";
import * as evaluators from "../../src/evaluators/index.ts";
import { readJournal } from "../../src/search/read-journal.ts";
import { GREEDY, STUBBORN } from "./hostile-programs.ts";
import { kill, marked, peakMemory, start, survivors } from "./processes.ts";

const directories: string[] = [];
afterAll(() => {
  for (const directory of directories.splice(0)) {
    for (const pid of marked(directory)) kill(pid);
    rmSync(directory, { recursive: true, force: true });
  }
});

/** The trials of a hostile search that has come to its end, by what they did; and what it cost the main process. */
async function endure(
  program: string,
  ...words: readonly string[]
): Promise<{
  fates: Record<string, string>;
  trials: readonly Trial[];
  apart: boolean;
  memory: number;
  journal: number;
}> {
  const directory = mkdtempSync(join(tmpdir(), "attune-hostile-"));
  directories.push(directory);
  writeFileSync(join(directory, "tune.ts"), program);
  const main = start(directory, directory, ["attune", "run", "tune.ts", "-q", "-w", "2", ...words], {
    NODE_OPTIONS: "--max-old-space-size=256",
  });
  const { pid } = main.child;
  let memory = 0;
  while (main.lives()) {
    memory = Math.max(memory, peakMemory(pid!));
    await sleep(20);
  }
  const { code, output } = await main.ended;
  expect(code, output).toBe(0);
  expect(await survivors(directory, 5_000)).toEqual([]);
  const journal = join(directory, "tune.attune.jsonl");
  const { trials } = (await readJournal(journal)) as { readonly trials: readonly Trial<{ deed: string }>[] };
  const fates: Record<string, string> = {};
  for (const { params, state, failure } of trials) {
    const fate = failure?.kind ?? state;
    if (params.deed === "fine" || params.deed === "pid") expect(fate).toBe("complete");
    else fates[params.deed] = fate;
  }
  const apart = trials.find(({ params }) => params.deed === "pid")!.values["value"] !== pid;
  return { fates, trials, apart, memory, journal: statSync(journal).size };
}

/** What an evaluator that isolates nothing says of it. */
const nothing: readonly unknown[] = ["nothing", false];
const isolating = Object.values(evaluators).flatMap(({ info: { name, isolates } }) =>
  nothing.includes(isolates) ? [] : [{ name }],
);
/** Milliseconds: all of it is slow on a busy machine, and none of it hangs. */
const PATIENCE = 240_000;

describe.runIf(process.platform === "linux").concurrent.each(isolating)("hostile objectives in $name", ({ name }) => {
  it("that write, return and hold too much cost their own trials only", { timeout: PATIENCE }, async () => {
    const { fates, trials, apart, memory, journal } = await endure(GREEDY, "-e", name);
    expect(fates).toEqual({
      flood: "complete",
      text: "invalid",
      message: "error",
      names: "invalid",
      extras: "invalid",
      samples: "complete",
      report: "invalid",
      heap: "memory",
      channel: apart ? "crash" : "complete",
    });
    for (const { failure } of trials) expect(failure?.message.length ?? 0).toBeLessThan(20_000);
    expect(journal).toBeLessThan(200_000);
    if (apart) expect(memory).toBeLessThan(500e6);
  });

  it("that cannot be ended are ended, with all that they have left behind", { timeout: PATIENCE }, async () => {
    const { fates } = await endure(STUBBORN, "-e", name, "--timeout", "1s");
    const timeout = "timeout";
    expect(fates).toEqual({
      ignores: timeout,
      waits: timeout,
      hangs: timeout,
      children: "complete",
      daemon: "complete",
    });
  });
});
