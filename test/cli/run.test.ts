import { describe, expect, it } from "vitest";
import { jsonLines, Place, type PrintedTrial, program, SQUARE } from "./attune.ts";

const spec = "space: { x: int(0, 999) }, objective: (p) => p.x, trials: 4";
const js = (from: string): string =>
  `${from}\nexport default defineSearch({ space: { x: int(0, 999) }, objective: measure, trials: 4 });\n`;

describe.concurrent("attune run FILE", () => {
  it.each([
    ["tune.ts", program("space: { x: int(0, 9) }, objective: (p: { x: number }): number => p.x, trials: 4"), {}],
    ["tune.js", program(spec), {}],
    ["tune.mjs", program(spec), {}],
    ["enum.ts", program(spec.replace("p.x", "Way.Up * p.x"), "enum Way { Up = 2 }"), {}],
    [
      "sibling.ts",
      js('import { defineSearch, int } from "attune"; import { measure } from "./measure.ts";'),
      { "measure.ts": "export const measure = (p: { x: number }): number => p.x;\n" },
    ],
    [
      "bundler.ts",
      js('import { defineSearch, int } from "attune"; import { measure } from "./measure.js";'),
      { "measure.ts": "export const measure = (p: { x: number }): number => p.x;\n" },
    ],
  ])("takes %s", async (name, text, others) => {
    const place = new Place({ [name]: text, ...others });
    const { code, stdout, stderr } = await place.attune("run", name, "-w", "1");
    expect(stderr).toContain("4 complete in");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Best: trial \d, value /);
    const stem = name.replace(/\.\w+$/, "");
    expect(place.files).toEqual(expect.arrayContaining([`${stem}.attune.csv`, `${stem}.attune.jsonl`]));
    expect(place.read(`${stem}.attune.csv`).trim().split("\n")).toHaveLength(5);
  });

  it("goes on where it stopped, says when it is done, and keeps the old journal with --fresh", async () => {
    const place = new Place({ "tune.ts": SQUARE });
    const run = (...words: string[]) => place.attune("run", "tune.ts", "-e", "inline", ...words);
    await run();
    const before = jsonLines((await place.attune("show", "tune.attune.jsonl", "--json")).stdout);
    expect(before).toHaveLength(8);

    const again = await run();
    expect(again.code).toBe(0);
    expect(again.stderr).toContain("Nothing was left to do: the budget of trials is used, 8 trials in all.");
    expect(again.stderr).toContain("--trials 16");
    expect(again.stdout).toMatch(/^Best: trial/);

    const more = await run("--trials", "11");
    expect(more.stderr).toContain("goes on after 8 trials");
    expect(more.stderr).toContain("11 complete in");
    const after = jsonLines((await place.attune("show", "tune.attune.jsonl", "--json")).stdout);
    expect(after).toHaveLength(11);
    expect(after.slice(0, 8)).toEqual(before);

    const journal = place.read("tune.attune.jsonl");
    const fresh = await run("--fresh", "--trials", "3");
    expect(fresh.stderr).toContain("the former journal is kept as");
    expect(fresh.stderr).toContain("3 complete in");
    expect(place.read("tune.attune.jsonl.1")).toBe(journal);
  });

  it("goes on without a word about the objective when only the budget changes in a JSON search", async () => {
    const search = { space: { x: { type: "int", low: 1, high: 9 } }, command: ["echo", "{x}"], trials: 2 };
    const place = new Place({ "tune.json": JSON.stringify(search) });
    await place.attune("run", "tune.json");
    place.write("tune.json", JSON.stringify({ ...search, trials: 4 }));
    const { code, stderr } = await place.attune("run", "tune.json");
    expect(code).toBe(0);
    expect(stderr).toContain("4 complete in");
    expect(stderr).not.toContain("changed");
  });

  it("says when the objective, or its file, has changed", async () => {
    const place = new Place({ "tune.ts": SQUARE });
    await place.attune("run", "tune.ts", "-q", "-e", "inline", "--trials", "2");
    place.write("tune.ts", SQUARE.replace("p.x ** 2", "p.x ** 4"));
    const { code, stderr } = await place.attune("run", "tune.ts", "-e", "inline", "--trials", "3");
    expect(code).toBe(0);
    expect(stderr).toContain("has changed since the journal was written");
  });

  it("prints the best trial as JSON, whatever the program prints", async () => {
    const place = new Place({
      "tune.ts": SQUARE.replace("p.x ** 2", "{ console.log('measuring'); return p.x ** 2; }"),
    });
    const { code, stdout, stderr } = await place.attune("run", "tune.ts", "-e", "inline", "--json", "--quiet");
    expect(code).toBe(0);
    const [best, ...more] = jsonLines<PrintedTrial>(stdout);
    expect(more).toEqual([]);
    expect(Object.keys(best!).slice(0, 4)).toEqual(["number", "state", "params", "values"]);
    expect(best).toMatchObject({ state: "complete", params: { x: expect.any(Number) } });
    expect(best!.values["value"]).toBe((best!.params["x"] as number) ** 2);
    expect(stderr).toContain("measuring");
  });

  it("prints the front of two objectives, one trial per line", async () => {
    const place = new Place({
      "tune.ts": program(
        "space: { x: int(0, 9) }, objectives: { a: 'minimize', b: 'maximize' }, objective: ({ x }) => ({ a: x, b: x }), trials: 10, sampler: 'random'",
      ),
    });
    const { stdout } = await place.attune("run", "tune.ts", "-e", "inline", "--json");
    const front = jsonLines<PrintedTrial>(stdout);
    expect(front.map(({ values }) => values["a"]).toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const report = (await place.attune("best", "tune.attune.jsonl")).stdout;
    expect(report).toContain("Pareto front: 10 trials that no other one beats in everything");
  });

  it("gives the same trials for the same seed, and keeps the seed of a journal", async () => {
    const place = new Place({ "tune.ts": SQUARE });
    const run = (journal: string, seed: string) =>
      place.attune("run", "tune.ts", "-e", "inline", "-w", "1", "--seed", seed, "-j", journal);
    const params = async (journal: string): Promise<unknown[]> =>
      jsonLines((await place.attune("show", journal, "--json")).stdout).map((trial) => trial["params"]);
    await Promise.all([run("a.jsonl", "5"), run("b.jsonl", "5"), run("c.jsonl", "6")]);
    expect(await params("a.jsonl")).toEqual(await params("b.jsonl"));
    expect(await params("a.jsonl")).not.toEqual(await params("c.jsonl"));
    expect((await run("a.jsonl", "6")).stderr).toContain("the journal's seed 5 holds, not --seed 6");
  });

  it("leaves the number of workers to a program that configures its evaluator", async () => {
    const place = new Place({
      "tune.ts": SQUARE.replace("trials: 8", "trials: 2, evaluator: inline({ workers: 7 })").replace(
        "import {",
        "import { inline,",
      ),
    });
    expect((await place.attune("run", "tune.ts")).stderr).toContain("7 at a time");
    expect((await place.attune("run", "tune.ts", "-w", "3")).stderr).toContain("3 at a time");
  });

  it("says when generations are done, and when nothing is left to try", async () => {
    const place = new Place({
      "few.ts": program("space: { x: int(1, 3) }, objective: (p: { x: number }) => p.x, trials: 9"),
      "many.ts": program("space: { x: float(0, 1) }, objective: (p: { x: number }) => p.x"),
    });
    const run = (...words: string[]) => place.attune("run", ...words, "-e", "inline", "-w", "1");
    const [few, many] = await Promise.all([run("few.ts"), run("many.ts", "--generations", "1")]);
    expect(few.stderr).toContain("3 complete in");
    expect(few.stderr).toContain("every configuration was tried");
    expect(many.stderr).toContain("all generations are done");
    const again = await run("many.ts", "--generations", "1");
    expect(again.stderr).toContain("Nothing was left to do: all generations are done");
    expect(again.stderr).toContain("raise it: --generations");
  });
});
