import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { RunnerDefinition } from "../../src/core/runner.ts";
import { failed } from "../../src/core/outcome.ts";
import type { RecordedRun, ReplayOptions } from "../../src/runners/replay.ts";
import * as runners from "../../src/runners/index.ts";
import { runnerContract } from "../../src/testing/runner-contract.ts";

const run = (deed: string, x: number, came: Partial<RecordedRun> = {}): RecordedRun => ({
  params: { x, do: deed },
  state: "complete",
  measured: { value: { value: x } },
  duration: 10,
  reports: [],
  ...came,
});

/** What the contract's objective has come to. */
const recorded: ReplayOptions = {
  trials: [
    ...[2, 5, 6, 7, 8, 9].map((x) => run("return", x)),
    run("hang", 1, { duration: 1e12 }),
    run("report", 3, {
      reports: [
        { step: 1, values: { value: 3 } },
        { step: 2, values: { value: 4, extra: 7 } },
      ],
    }),
    run("throw", 4, { ...failed("error", "thrown for 4 (E_CONTRACT)"), measured: {} }),
  ],
};

/** Options without which a runner is none, or leaves files behind. */
const directory = mkdtempSync(join(tmpdir(), "attune-runners-"));
const needed: Readonly<Record<string, object>> = { replay: recorded, local: { directory } };
afterAll(() => rmSync(directory, { recursive: true }));

for (const definition of Object.values(runners) as readonly RunnerDefinition[])
  runnerContract(definition, needed[definition.info.name]);
