import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readCsv } from "../../src/formats/csv.ts";
import { choice, int, openQueue, SearchResult } from "../../src/index.ts";

interface Params {
  readonly x: number;
  readonly note?: string;
  readonly deep?: object;
  readonly list?: readonly number[];
}
const directory = (): string => mkdtempSync(join(tmpdir(), "attune-dump-"));
const warned: string[] = [];
const open = () =>
  openQueue({
    objective({ x }: Params) {
      if (x < 0) throw new Error('it said "no",\nand went');
      return x > 5 ? { value: x, extra: 2 * x } : x;
    },
    warn: (message) => void warned.push(message),
  });
const run = async (queue: Awaited<ReturnType<typeof open>>, ...configs: Params[]): Promise<void> => {
  queue.submit(configs);
  await queue.gather("all");
};
/** The records as objects, without times. */
const table = (path: string | undefined): Record<string, string>[] => {
  const [header = [], ...records] = readCsv(readFileSync(path!, "utf8"));
  for (const record of records) expect(record).toHaveLength(header.length);
  return records.map((record) =>
    Object.fromEntries(header.flatMap((name, i) => (/At$|duration|worker/.test(name) ? [] : [[name, record[i]!]]))),
  );
};

it("writes each job once, as it is, and appends what ended since", async () => {
  await using queue = await open();
  const into = join(directory(), "made", "here");
  expect(await queue.dump(into)).toBeUndefined();
  expect(existsSync(into)).toBe(false);
  await run(queue, { x: 0 }, { x: -1, note: 'a "b", c' });
  const path = await queue.dump(into);
  expect(path).toBe(join(into, "results.csv"));
  expect(table(path)).toEqual([
    {
      number: "0",
      state: "complete",
      attempt: "1",
      "params.x": "0",
      "params.note": "",
      "values.value": "0",
      failure: "",
      reason: "",
    },
    {
      number: "1",
      state: "failed",
      attempt: "1",
      "params.x": "-1",
      "params.note": 'a "b", c',
      "values.value": "",
      failure: 'error: it said "no",\nand went',
      reason: "",
    },
  ]);
  const before = readFileSync(path!, "utf8");
  await queue.dump(into);
  expect(readFileSync(path!, "utf8")).toBe(before);
  await run(queue, { x: 2 }, { x: 3 });
  await Promise.all([queue.dump(into), queue.dump(into)]);
  expect(readFileSync(path!, "utf8").startsWith(before)).toBe(true);
  expect(table(path).map((row) => row["number"])).toEqual(["0", "1", "2", "3"]);
  expect(readdirSync(into)).toEqual(["results.csv"]);
});

it("widens the file for columns that come up later, and loses nothing", async () => {
  await using queue = await open();
  const into = directory();
  await run(queue, { x: 1 }, { x: -1 });
  const path = await queue.dump(into);
  await run(queue, { x: 7, list: [1, 2], deep: { a: { b: "3" } } });
  await queue.dump(into);
  const rows = table(path);
  expect(rows.map((row) => row["values.extra"])).toEqual(["", "", "14"]);
  expect(rows[2]).toMatchObject({ "params.list": "[1,2]", "params.deep.a.b": '"3"' });
  expect(rows[1]!["failure"]).toContain("\n");
  expect(readdirSync(into)).toEqual(["results.csv"]);
});

it("can be read again as a result", async () => {
  await using queue = await open();
  await run(queue, { x: 3, deep: { a: true } }, { x: 2, note: "true" }, { x: -1 });
  const result = SearchResult.fromCsv((await queue.dump(directory()))!);
  expect(result.best).toMatchObject({ params: { x: 2, note: "true" }, values: { value: 2 } });
  expect(result.trials.map(({ state }) => state)).toEqual(["complete", "complete", "failed"]);
});

it("takes the columns that are asked for", async () => {
  await using queue = await open();
  await run(queue, { x: 1, note: "n", deep: { a: 1, b: 2 } }, { x: 2 });
  const some = table(await queue.dump(directory(), { columns: ["deep", "note"] }));
  expect(Object.keys(some[0]!).filter((name) => name.startsWith("params"))).toEqual([
    "params.deep.a",
    "params.deep.b",
    "params.note",
  ]);
  const record = await queue.dump(directory(), {
    columns: ({ params, values, state }) => ({
      x: params.x,
      objective: values["value"],
      state,
      inner: { of: [1] },
      nan: NaN,
    }),
  });
  expect(readFileSync(record!, "utf8")).toBe(
    "x,objective,state,inner.of,nan\n1,1,complete,[1],NaN\n2,2,complete,[1],NaN\n",
  );
  await expect(queue.dump(directory(), { columns: () => 3 as never })).rejects.toThrow(
    /`columns` to give an object, got 3/,
  );
  await expect(queue.dump(directory(), { columns: "some" as never })).rejects.toThrow(/`columns` to be "all", a list/);
  await expect(queue.dump(directory(), { colums: [] } as never)).rejects.toThrow(/Unknown option `colums` of dump/);
  await using typed = await openQueue({ space: { rate: int(1, 2), kind: choice(["a"]) }, objective: () => 1 });
  await expect(typed.dump(directory(), { columns: ["rte"] })).rejects.toThrow(
    /"rte" in `columns`. Did you mean "rate"\?/,
  );
});

it("keeps a file that is not its own, or not as it left it", async () => {
  await using queue = await open();
  const into = directory();
  const path = join(into, "results.csv");
  writeFileSync(path, "of,somebody\n");
  await run(queue, { x: 1 });
  await queue.dump(into);
  expect(readFileSync(`${path}.1`, "utf8")).toBe("of,somebody\n");
  expect(warned.at(-1)).toBe(`the former ${path} is kept as ${path}.1`);
  appendFileSync(path, "by,hand\n");
  await run(queue, { x: 2 });
  await queue.dump(into);
  expect(readFileSync(`${path}.2`, "utf8")).toContain("by,hand");
  expect(table(path)).toHaveLength(2);
  rmSync(path);
  await run(queue, { x: 3 });
  await queue.dump(into);
  expect(table(path)).toHaveLength(3);
});

it("says which file it cannot write, and writes the same jobs when it can", async () => {
  await using queue = await open();
  const into = directory();
  await run(queue, { x: 1 });
  writeFileSync(join(into, "file"), "");
  await expect(queue.dump(join(into, "file"))).rejects.toThrow(/Cannot write .*file.results\.csv: .*(ENOTDIR|EEXIST)/);
  rmSync(join(into, "file"));
  expect(table(await queue.dump(join(into, "file")))).toHaveLength(1);
});
