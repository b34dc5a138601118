import { spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { trialsFromCsv } from "../../src/formats/trial-table.ts";
import { readCsv } from "../../src/formats/csv.ts";
import { processes, SearchResult } from "../../src/index.ts";
import { defineSearch } from "../../src/search/search.ts";
import { float, int, variant } from "../../src/space/index.ts";
import { csv } from "../../src/trackers/index.ts";
import tracked from "../fixtures/modules/tracked-search.ts";
import { until } from "../search/until.ts";

const place = mkdtempSync(join(tmpdir(), "attune-csv-"));
afterAll(() => rmSync(place, { recursive: true }));
let files = 0;
const fresh = (): string => join(place, `${files++}`, "trials.csv");
const numbers = (file: string): number[] => trialsFromCsv(readFileSync(file, "utf8")).map(({ number }) => number!);
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const ascending = (list: number[]): number[] => list.toSorted((a, b) => a - b);

describe("the csv tracker", () => {
  it("has every finished trial while the search runs, failed values empty, and reads back as the result", async () => {
    const file = fresh();
    const sizes: number[] = [];
    const search = tracked.with({
      trackers: [csv({ file })],
      objective: async ({ x, y }: { x: number; y: number }, { number }: { number: number }) => {
        if (number === 20) await until(() => existsSync(file) && numbers(file).length === 20);
        if (number === 20) sizes.push(numbers(file).length);
        if ((x + y) % 5 === 0) throw new Error('a fifth, said "the objective",\nfails');
        return { value: x + y, ...(number >= 30 ? { late: number } : {}) };
      },
    } as never);
    const result = await search.start();
    expect(sizes).toEqual([20]);
    const rows = trialsFromCsv(readFileSync(file, "utf8"));
    expect(rows.toSorted((a, b) => a.number! - b.number!)).toEqual(trialsFromCsv(result.toCsv()));
    const [head, ...records] = readCsv(readFileSync(file, "utf8"));
    expect(head!.join()).toBe(
      "study,number,state,source,generation,duration,params.x,params.y,values.value,values.late,failure",
    );
    expect(new Set(records.map(([study]) => study)).size).toBe(1);
    const failed = records.filter((record) => record[2] === "failed");
    expect(failed.length).toBeGreaterThan(0);
    for (const record of failed)
      expect([record[8], record[9], record[10]]).toEqual(["", "", expect.stringMatching(/^error: a fifth/)]);
    const read = SearchResult.fromCsv(file, { objectives: { value: "minimize" } });
    expect(read.best.number).toBe(result.best.number);
  });

  it("appends: what stands there is not written again, until a column is new", async () => {
    const file = fresh();
    const inodes = new Map<number, number>();
    await defineSearch({
      space: { shape: variant({ round: { radius: float(0, 1) }, square: { side: float(0, 1) } }) },
      first: [{ shape: { kind: "round", radius: 0.5 } }],
      objective: async (_, { number }) => {
        if (number > 0) await until(() => existsSync(file) && numbers(file).length === number);
        if (number > 0) inodes.set(statSync(file).ino, number);
        return 1;
      },
      sampler: "random",
      trials: 30,
      seed: 1,
      trackers: [csv({ file })],
    }).start();
    expect(inodes.size).toBe(2);
    expect(numbers(file)).toEqual(upTo(30));
    const rows = trialsFromCsv(readFileSync(file, "utf8")) as { params: { shape: { kind: string } } }[];
    for (const { params } of rows)
      expect(Object.keys(params.shape)).toEqual(["kind", params.shape.kind === "round" ? "radius" : "side"]);
  });

  it("has twins as the result has them, and neither rejected nor cancelled trials", async () => {
    const file = fresh();
    const result = await defineSearch({
      space: { x: int(0, 5), y: int(0, 5) },
      where: ({ x, y }) => x !== y,
      objective: ({ x, y }) => x + y,
      sampler: "genetic",
      trials: 30,
      seed: 2,
      trackers: [csv({ file })],
    }).start({ workers: 2 });
    expect(ascending(numbers(file))).toEqual(result.trials.map(({ number }) => number));
  });

  it("follows trials that run in other processes", async () => {
    const file = fresh();
    const evaluator = processes({ workers: 2 });
    const module = new URL("../fixtures/modules/tracked-search.ts", import.meta.url).href;
    const result = await tracked.with({ evaluator, trackers: [csv({ file })], sampler: "random" }).start({ module });
    expect(ascending(numbers(file))).toEqual(result.trials.map(({ number }) => number));
  });

  it("goes on after kill −9 and a torn line with everything once", async () => {
    const file = fresh();
    const journal = join(place, "killed.jsonl");
    const driver = fileURLToPath(new URL("../fixtures/csv-driver.ts", import.meta.url));
    const jiti = fileURLToPath(new URL("../../node_modules/jiti/lib/jiti-cli.mjs", import.meta.url));
    const child = spawn(process.execPath, [jiti, driver, journal, file, "1000000"], { stdio: "ignore" });
    const over = new Promise((resolve) => child.once("exit", resolve));
    await until(() => existsSync(file) && readFileSync(file, "utf8").split("\n").length > 30);
    child.kill("SIGKILL");
    await over;
    const before = numbers(file).length;
    appendFileSync(file, 'torn-1,17,comp"');
    const search = tracked.with({ journal, sampler: "random", trackers: [csv({ file })], trials: before + 100 });
    const result = await search.start({ adopt: true, warn: () => {} });
    expect(result.trials.length).toBeGreaterThanOrEqual(before + 100);
    expect(ascending(numbers(file))).toEqual(result.trials.map(({ number }) => number));
  });

  it("keeps the table of another study, and says so", async () => {
    const file = fresh();
    const warnings: string[] = [];
    const search = tracked.with({ trials: 5, sampler: "random", trackers: [csv({ file })] });
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, "my,own\n1,2\n");
    await search.start({ warn: (text) => warnings.push(text) });
    await search.with({ seed: 9 }).start({ warn: (text) => warnings.push(text) });
    expect(warnings).toEqual([1, 2].map((n) => `the former ${file} is kept as ${file}.${n}`));
    expect(readFileSync(`${file}.1`, "utf8")).toBe("my,own\n1,2\n");
    expect([numbers(`${file}.2`), numbers(file)]).toEqual([upTo(5), upTo(5)]);
  });

  it("stays right when somebody removes the file or writes to it", async () => {
    const file = fresh();
    await tracked
      .with({
        trackers: [csv({ file })],
        sampler: "random",
        objective: async (_: unknown, { number }: { number: number }) => {
          if (number === 10 || number === 20) await until(() => existsSync(file) && numbers(file).length === number);
          if (number === 10) rmSync(file);
          if (number === 20) appendFileSync(file, "scribble\n");
          return number;
        },
      } as never)
      .start();
    expect(ascending(numbers(file))).toEqual(upTo(40));
  });

  it("says once when it cannot write, and the search goes on", async () => {
    const warnings: string[] = [];
    const search = tracked.with({ trials: 5, trackers: [csv({ file: "/dev/null/trials.csv" })] });
    expect((await search.start({ warn: (text) => warnings.push(text) })).trials.length).toBe(5);
    expect(warnings).toEqual([expect.stringMatching(/^the tracker `csv` failed: .*\/dev\/null/)]);
  });

  it.each([
    [{ file: "" }, 'Expected `file` to be a path, got ""'],
    [{ fiel: "x" }, "Unknown option `fiel` of csv. Did you mean `file`?"],
  ])("refuses %j", (options, message) => expect(() => csv(options as object)).toThrow(message));
});
