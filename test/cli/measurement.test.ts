import { describe, expect, it } from "vitest";
import type { SearchSettings } from "../../src/core/event.ts";
import { jsonLines, Place } from "./attune.ts";

/** A command whose times are those of its device: the second takes twice as long. Each run is written down. */
const BENCH = `import { appendFileSync } from "node:fs";
const { ATTUNE_BASELINE: baseline, ATTUNE_TRIAL: trial, ATTUNE_LEASE_GPU: gpu } = process.env;
appendFileSync("runs.txt", \`\${trial} \${baseline} \${gpu}\\n\`);
console.log(JSON.stringify({ ms: (Number(process.argv[2]) + 10) * (gpu === "attune-cli-slow" ? 2 : 1) }));
`;
const GPUS = "gpu=attune-cli-fast,attune-cli-slow";
const WORDS = [
  "-p",
  "x=int:1:9",
  "--baseline",
  "x=5",
  "--minimize",
  "ms",
  "--seed",
  "1",
  "-w",
  "2",
  "--resource",
  GPUS,
];
const COMMAND = ["--", process.execPath, "bench.mjs", "{x}"];

const lines = (place: Place, name: string): string[] => place.read(name).trimEnd().split("\n");

describe.concurrent("attune run --normalize", () => {
  it("compares commands on devices of different speed, and shows what it did", async () => {
    const place = new Place({ "bench.mjs": BENCH });
    const { code, stdout, stderr } = await place.attune(
      ...["run", "--no-check", "--normalize", "--repeats", "2", "--reduce", "min", "-n", "9", "-j", "j.jsonl"].concat(
        WORDS,
        COMMAND,
      ),
    );
    expect([code, stderr]).toEqual([0, stderr]);
    expect(stderr).toContain("each attempt takes the min of 2 runs\n");
    expect(stderr).toContain("relative to the baseline's, which is measured alone first on each device\n");
    expect(stderr).toMatch(/best ms \d+ \(−26\.6 %\)/); // x = 1: 11 against 15, or 22 against 30
    expect(stdout).toMatch(
      /Best: trial \d+, ms (11 \(−26\.6 % against the baseline's 15\)|22 \(−26\.6 % against the baseline's 30\))/,
    );
    const runs = lines(place, "runs.txt").map((line) => line.split(" "));
    expect(runs.filter(([, baseline]) => baseline === "1")).toHaveLength(4);
    expect(runs.filter(([, baseline]) => baseline === "0")).toHaveLength(16);
    const shown = (await place.attune("show", "--all", "j.jsonl")).stdout;
    expect(shown).toMatch(/^trial +state +ms +normalised +change +x$/m);
    expect(shown).toMatch(/^ +0 +complete +(15|30) +1 +±0 % +5$/m);
    const all = jsonLines((await place.attune("show", "--json", "j.jsonl")).stdout);
    const trials = all.filter(({ state }) => state === "complete") as unknown as {
      params: { x: number };
      values: { ms: number };
      normalized: { ms: number };
      normalizedBy: { place: string; values: { ms: number } };
      change: { ms: number };
    }[];
    expect(new Set(trials.map(({ params }) => params.x)).size).toBe(9);
    for (const { params, values, normalized, normalizedBy, change } of trials) {
      const slow = normalizedBy.place.endsWith(" gpu:attune-cli-slow");
      expect([values.ms, normalizedBy.values.ms]).toEqual(slow ? [2 * (params.x + 10), 30] : [params.x + 10, 15]);
      expect(normalized.ms).toBe((params.x + 10) / 15);
      expect(change.ms).toBeCloseTo(normalized.ms - 1, 12);
    }
    expect(new Set(trials.map(({ normalizedBy }) => normalizedBy.place)).size).toBe(2);
    expect(lines(place, "j.csv")[0]).toBe(
      "number,state,source,generation,duration,params.x,values.ms,values.wall,normalized.ms,failure",
    );
  });

  it("records it, resume does it again with a new baseline, and nobody goes on without", async () => {
    const place = new Place({ "bench.mjs": BENCH });
    const words = [...WORDS, "-j", "j.jsonl", "-q"];
    expect(
      (await place.attune("run", "--no-check", ...words, "--normalize-every", "2", "-n", "2", ...COMMAND)).code,
    ).toBe(0);
    const before = lines(place, "runs.txt").length;
    expect((await place.attune("resume", "j.jsonl", "-n", "4", "-q")).code).toBe(0);
    const baselines = lines(place, "runs.txt")
      .slice(before)
      .filter((line) => line.split(" ")[1] === "1");
    expect(baselines.length).toBeGreaterThan(0);
    const settings = jsonLines(place.read("j.jsonl")).flatMap(({ type, settings: s }) =>
      type === "search-started" ? [(s as SearchSettings).attempts?.normalize] : [],
    );
    expect(settings).toEqual([{ every: 2 }, { every: 2 }]);
    const { code, stderr } = await place.attune("run", "--no-check", ...words, "-n", "6", ...COMMAND);
    expect(stderr).toContain(
      "The journal's trials are normalised (such as trial 0), and cannot be compared with trials without `normalize`",
    );
    expect(code).toBe(1);
  });

  it("says why a baseline failed, and exits with 1", async () => {
    const place = new Place();
    const words = ["-p", "x=int:1:9", "--baseline", "x=5", "--minimize", "wall", "--interleave", "-n", "3"];
    const { code, stderr } = await place.attune(
      "run",
      "--no-check",
      ...words,
      "--",
      "sh",
      "-c",
      "echo no such device >&2; exit {x}",
    );
    expect(stderr).toContain(
      "error: The baseline failed, and nothing can be normalised: error: `sh` exited with code 5: no such device",
    );
    expect(code).toBe(1);
  });

  it("is an option of a search in JSON, and of the program that --print prints", async () => {
    const place = new Place({
      "bench.mjs": BENCH,
      "search.json": JSON.stringify({
        space: { x: { type: "int", low: 1, high: 9, default: 5 } },
        objectives: { ms: "minimize" },
        command: [process.execPath, "bench.mjs", "{x}"],
        repeats: 2,
        normalize: { interleave: true },
        trials: 3,
        workers: 1,
      }),
    });
    expect((await place.attune("run", "--no-check", "search.json", "-q")).code).toBe(0);
    const flags = lines(place, "runs.txt").map((line) => line.split(" ")[1]);
    expect(flags.join("")).toBe(`11${"1001".repeat(3)}`);
    const printed = await place.attune(
      "run",
      "--no-check",
      ...WORDS,
      "--normalize",
      "--repeats",
      "2",
      "--print",
      ...COMMAND,
    );
    expect(printed.stdout).toMatch(/normalize: true/);
    place.write("printed.ts", printed.stdout);
    expect((await place.attune("run", "--no-check", "printed.ts", "-n", "2", "-q")).code).toBe(0);
    expect(jsonLines(place.read("printed.attune.jsonl")).filter(({ outcome }) => outcome !== undefined)).toMatchObject(
      Array.from({ length: 3 }, () => ({
        outcome: { normalizedBy: { values: { ms: expect.any(Number) as number } } },
      })),
    );
  });
});
