import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readCsv } from "../../src/formats/csv.ts";
import { processes } from "../../src/index.ts";
import type { TrackedEvent, Watched } from "../../src/core/tracker.ts";
import { profile } from "../../src/trackers/index.ts";
import tracked from "../fixtures/modules/tracked-search.ts";

const place = mkdtempSync(join(tmpdir(), "attune-profile-"));
afterAll(() => rmSync(place, { recursive: true }));
const table = (file: string): string[][] => readCsv(readFileSync(file, "utf8"));

describe("the profile tracker", () => {
  it("counts what runs, and the share of the workers' time", async () => {
    const file = join(place, "exact.csv");
    const watched = { status: { workers: 2 }, warn: () => {} } as unknown as Watched;
    const tracker = profile({ file }).create(watched);
    const of = { number: 0, attempt: 1, writer: "w" };
    const outcome = { state: "pruned" } as const;
    const events: object[] = [
      { type: "search-started", at: 1000, writer: "w" },
      { type: "trial-started", at: 1000, ...of },
      { type: "trial-started", at: 1010, ...of, number: 1 },
      { type: "trial-started", at: 1012, ...of, number: 2, twin: 1 },
      { type: "trial-started", at: 1015, ...of, number: 3, writer: "another" },
      { type: "trial-finished", at: 1020, ...of, duration: 20, outcome },
      { type: "trial-requeued", at: 1040, ...of, number: 1 },
      { type: "trial-finished", at: 1040, ...of, number: 3, writer: "another" },
      { type: "trial-started", at: 1050, ...of, number: 4 }, // and is left running
      { type: "search-ended", at: 1050, writer: "w", reason: "trials" },
    ];
    for (const event of events) await tracker.track(event as TrackedEvent);
    expect(table(file)).toEqual([
      ["at", "running", "workers", "utilisation"],
      ["1000", "0", "2", ""],
      ["1000", "1", "2", ""],
      ["1010", "2", "2", "0.5"],
      ["1020", "1", "2", "0.75"],
      ["1040", "0", "2", "0.625"],
      ["1050", "1", "2", "0.5"],
      ["1050", "0", "2", "0.5"],
    ]);
  });

  it("follows trials that run in other processes; a resumed search appends, behind a torn line cut off", async () => {
    const file = join(place, "processes.csv");
    const module = new URL("../fixtures/modules/tracked-search.ts", import.meta.url).href;
    const search = tracked.with({
      evaluator: processes({ workers: 2 }),
      trackers: [profile({ file })],
      sampler: "random",
    });
    await search.with({ trials: 20 }).start({ module });
    const [, ...rows] = table(file);
    expect(Math.max(...rows.map(([, running]) => Number(running)))).toBe(2);
    expect(rows.map(([, , workers]) => workers).every((workers) => workers === "2")).toBe(true);
    expect(rows.length).toBe(2 + 2 * 20);
    expect(Number(rows.at(-1)![3])).toBeGreaterThan(0);
    expect(Number(rows.at(-1)![3])).toBeLessThanOrEqual(1);
    truncateSync(file, readFileSync(file).length - 3);
    await search.with({ trials: 4, evaluator: "inline" }).start();
    expect(table(file).length).toBe(1 + (rows.length - 1) + 2 + 2 * 4);
    expect(table(file).filter(([at]) => at === "at")).toHaveLength(1);
  });

  it("keeps a file that is no profile", async () => {
    const file = join(place, "other.csv");
    const warnings: string[] = [];
    writeFileSync(file, "mine\n");
    await tracked.with({ trials: 1, trackers: [profile({ file })] }).start({ warn: (text) => warnings.push(text) });
    expect(warnings).toEqual([`the former ${file} is kept as ${file}.1`]);
    expect(readFileSync(`${file}.1`, "utf8")).toBe("mine\n");
    expect(table(file)[0]).toEqual(["at", "running", "workers", "utilisation"]);
  });
});
