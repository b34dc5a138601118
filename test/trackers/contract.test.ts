import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, vi } from "vitest";
import type { TrackerDefinition } from "../../src/core/tracker.ts";
import { trackerContract } from "../../src/testing/tracker-contract.ts";
import * as trackers from "../../src/trackers/index.ts";

const place = mkdtempSync(join(tmpdir(), "attune-trackers-"));
const home = process.cwd();
beforeAll(() => {
  process.chdir(place); // where trackers that are told no file write to
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterAll(() => {
  vi.restoreAllMocks();
  process.chdir(home);
  rmSync(place, { recursive: true });
});

/** What stands in for a server that is not there, and is not waited for. */
const reachable: Readonly<Record<string, object>> = { mlflow: { uri: "http://127.0.0.1:9", patience: 0 } };
for (const [name, tracker] of Object.entries(trackers) as [string, TrackerDefinition<{ file?: string }>][]) {
  trackerContract(name, tracker(reachable[name]));
  if (tracker.info.argument === "file") trackerContract(`${name} with a file`, tracker({ file: join(place, name) }));
}

const stream = { write: () => true };
const terminal = { ...stream, isTTY: true, columns: 60 };
for (const tracker of [trackers.log, trackers.progress, trackers.summary]) {
  trackerContract(`${tracker.info.name} with a stream`, tracker({ stream }));
  trackerContract(`${tracker.info.name} in a terminal`, tracker({ stream: terminal }));
}
