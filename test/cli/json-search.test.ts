import { describe, expect, it } from "vitest";
import { jsonLines, Place, type PrintedTrial } from "./attune.ts";

const SEARCH = {
  $schema: "./search.schema.json",
  space: "space.json",
  command: { run: ["node", "bench.js"], values: { ms: "ms=(\\d+)", size: "/SIZE=(\\d+)/i" }, cwd: "bench" },
  objectives: { ms: "minimize", size: "maximize" },
  constraints: { size: { min: 3 } },
  baseline: { n: 1 },
  first: [{ n: 20 }],
  trials: 6,
  sampler: { name: "genetic", pool: 8 },
  timeLimit: "5m",
  timeout: 20_000,
  workers: 2,
  journal: "kept/here.jsonl",
  seed: 1,
};
const FILES = {
  "tuning/search.json": JSON.stringify(SEARCH),
  "tuning/space.json": JSON.stringify({ n: { type: "int", low: 1, high: 20 } }),
  "tuning/bench/bench.js": "const n = process.env.ATTUNE_PARAM_N; console.log(`ms=${n * 2}\\nsize=${n}`);",
};

describe.concurrent("attune run search.json", () => {
  it("has a space, a command, objectives, constraints, a sampler and limits; paths start at the file", async () => {
    const place = new Place(FILES);
    const { code, stdout, stderr } = await place.attune("run", "tuning/search.json", "--json");
    expect(stderr).toContain("6 trials, genetic, 2 at a time");
    expect(stderr).toContain("6 complete, and the baseline, in");
    expect(code).toBe(0);
    for (const { values, params } of jsonLines<PrintedTrial>(stdout)) {
      expect(values).toMatchObject({ ms: 2 * (params["n"] as number), size: params["n"] });
      expect(values["size"]).toBeGreaterThanOrEqual(3);
    }
    const trials = jsonLines<PrintedTrial>((await place.attune("show", "tuning/kept/here.jsonl", "--json")).stdout);
    expect(trials.slice(0, 2).map(({ params }) => params)).toEqual([{ n: 1 }, { n: 20 }]);
  });

  it.each<[object, string]>([
    [{ space: undefined }, "Expected a search to be given `space`"],
    [{ command: undefined }, "Expected a search to be given `command`, or `objective` for a program"],
    [{ objective: { python: "a.py" } }, "Expected a search to be given `command` or `objective`, got both"],
    [{ space: { a: { b: { type: "itn" } } } }, 'Expected `a.b.type` to be "int" or another of'],
    [
      { space: { a: { b: { type: "int", low: 3, high: 1 } } } },
      "In `a.b`: Expected `low` to be ≤ `high`, got int(3, 1)",
    ],
    [{ command: { run: ["x", "{m}"] } }, 'Unknown placeholder `{m}` in "{m}"'],
    [{ command: { run: ["x"], successCodes: 0 } }, "Expected `command.successCodes` to be a list of exit codes, got 0"],
    [{ command: { run: ["x"], env: { A: 1 } } }, 'Expected `command.env` to be an object of texts, got {"A":1}'],
    [{ objectives: { ms: "minimise" } }, 'Expected `objectives.ms` to be "minimize" or "maximize", got "minimise"'],
    [{ constraints: { rss: { most: 3 } } }, "Unknown option `most` of constraints.rss"],
    [{ baseline: { n: 21 } }, "Wrong `baseline`: `n`: expected an integer from 1 to 20, got 21"],
    [{ first: [{ n: 1 }, { m: 1 }] }, "Wrong `first[1]`: `n` is missing"],
    [{ sampler: { name: "genetic", pol: 8 } }, "Unknown option `pol` of genetic. Did you mean `pool`?"],
    [{ sampler: { name: "none" } }, "Expected `sampler` to be one of"],
    [{ timeLimit: "soon" }, 'Expected `timeLimit` to be a time such as 500ms, 10s, 5m or 2h, got "soon"'],
    [{ trials: 0 }, "Expected `trials` to be an integer ≥ 1, got 0"],
    [{ trails: 9 }, "Unknown option `trails` of a search in JSON. Did you mean `trials`?"],
  ])("refuses %j, by its path", async (wrong, says) => {
    const place = new Place({ ...FILES, "tuning/search.json": JSON.stringify({ ...SEARCH, ...wrong }) });
    const { code, stderr } = await place.attune("run", "tuning/search.json");
    expect(stderr).toContain(`error: In ${place.path("tuning/search.json")}: ${says}`);
    expect(code).toBe(2);
    expect(place.files).toEqual(["tuning"]);
  });

  it("names the line of a syntax error, and the space file of a wrong space", async () => {
    const place = new Place({
      ...FILES,
      "broken.json": '{\n  "space": {}\n  "command": ["true"]\n}\n',
      "tuning/space.json": '{ "n": { "type": "int", "low": 1 } }',
    });
    expect((await place.attune("run", "broken.json")).stderr).toContain(`${place.path("broken.json")}:3 to hold JSON`);
    expect((await place.attune("run", "tuning/search.json")).stderr).toContain(
      `In the space file ${place.path("tuning/space.json")}: In \`n\`: Expected \`high\` to be an integer, got undefined`,
    );
  });
});
