import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { TrackerDefinition } from "../../src/core/tracker.ts";
import * as trackers from "../../src/trackers/index.ts";
import { trackerContract } from "../../src/testing/tracker-contract.ts";

const directory = mkdtempSync(join(tmpdir(), "attune-trackers-"));
afterAll(() => rmSync(directory, { recursive: true }));

const stream = { write: () => true };
/** Options of those that write elsewhere than to a stream. */
const own: Readonly<Record<string, object>> = { optuna: { file: join(directory, "study.log") } };
for (const [name, tracker] of Object.entries(trackers) as [string, TrackerDefinition][]) {
  trackerContract(name, tracker(own[name] ?? { stream }));
  if (own[name] === undefined)
    trackerContract(`${name} in a terminal`, tracker({ stream: { ...stream, isTTY: true, columns: 60 } }));
}
