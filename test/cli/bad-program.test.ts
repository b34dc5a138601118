import { describe, expect, it } from "vitest";
import { Place, program, SQUARE } from "./attune.ts";

const search = (space: string, more = ""): string => program(`space: { x: ${space} }, objective: () => 1,${more}`);

describe.concurrent("a wrong program", () => {
  it.each<[string, string, RegExp]>([
    ["nothing.ts", 'import "attune";\nexport const a = 1;\n', /Expected nothing\.ts to export a search by default/],
    ["nothing.mjs", "export const a = 1;\n", /Expected nothing\.mjs to export a search by default/],
    ["five.ts", "export default 5;\n", /Expected the default export of five\.ts to be a search, .* got 5/],
    ["spec.js", "export default { space: {} };\n", /to be a search, made by defineSearch.* got \{"space":\{\}\}/],
    ["syntax.ts", "const a = 1;\n\nconst = 2;\n", /Cannot load .*syntax\.ts:3: .*Unexpected token/],
    ["syntax.mjs", "const a = 1;\n\nconst = 2;\n", /Cannot load .*syntax\.mjs:3: .*Unexpected token/],
    ["throws.ts", 'import "attune";\nthrow new Error("no licence");\n', /Cannot load .*throws\.ts:2: no licence/],
    ["missing.ts", 'import "./other.ts";\n', /Cannot load .*missing\.ts.*other/],
    ["empty.ts", program("space: {}, objective: () => 1"), /Expected `space` to hold at least one parameter, got \{\}/],
    ["bounds.ts", search("int(5, 1)"), /Expected `low` to be ≤ `high`, got int\(5, 1\)/],
    ["zero.ts", search("float(0, 1, { log: true })"), /Expected `low` to be > 0 on a log scale, got 0/],
    ["negative.ts", search("int(-3, 1, { log: true })"), /Expected `low` to be ≥ 1 on a log scale, got -3/],
    ["option.ts", search("int(0, 1)", " trails: 3"), /Unknown option `trails` of a search\. Did you mean `trials`\?/],
    ["aim.ts", search("int(0, 1)", ' objectives: { ms: "least" }'), /`objectives\.ms` to be "minimize" or "maximize"/],
    ["base.ts", search("int(0, 1)", " baseline: { x: 2 }"), /Wrong `baseline`: `x`: expected an integer from 0 to 1/],
    [
      "hole.ts",
      program('space: { n: int(1, 9) }, objective: command(["true", "{m}"])'),
      /Unknown placeholder `\{m\}` in "\{m\}". Did you mean `\{n\}`\?|Unknown placeholder `\{m\}`/,
    ],
  ])("is refused by name, rule and value: %s", async (name, text, says) => {
    const place = new Place({ [name]: text });
    const { code, stdout, stderr } = await place.attune("run", name, "-q");
    expect(stderr).toMatch(says);
    expect(stderr).toMatch(/^error: /);
    expect(stderr).not.toContain("\n    at ");
    expect([1, 2]).toContain(code);
    expect({ stdout, files: place.files }).toEqual({ stdout: "", files: [name] });
  });

  it("is refused where there is none", async () => {
    const place = new Place({ "tune.ts": SQUARE });
    expect(await place.attune("run", "none.ts")).toMatchObject({
      code: 2,
      stderr: "error: Cannot find none.ts: there is no such file\n",
    });
    expect((await place.attune("run", ".")).stderr).toContain(
      "Expected . to be a program or a JSON search, got a directory",
    );
    expect((await place.attune("run")).stderr).toContain("Expected a file to run");
    expect((await place.attune("run", "tune.ts", "more")).stderr).toContain('Expected one file, got also "more"');
  });
});

describe.concurrent("a wrong option", () => {
  const place = new Place({ "tune.ts": SQUARE });
  it.each<[string[], string]>([
    [["--trials", "0"], "Expected `--trials` to be an integer ≥ 1, got 0"],
    [["--trials", "abc"], 'Expected `--trials` to be an integer, got "abc"'],
    [["--trials", "1.5"], 'Expected `--trials` to be an integer, got "1.5"'],
    [["--workers", "0"], "Expected `--workers` to be an integer ≥ 1, got 0"],
    [["--seed", "x"], 'Expected `--seed` to be an integer, got "x"'],
    [
      ["--timeout", "banana"],
      'Expected `--timeout` to be a time such as 10s or 5m, or a multiple such as 3xbest, 3xbaseline or 3xbest,10s, got "banana"',
    ],
    [["--time-limit", "0s"], 'Expected `--time-limit` to be a time such as 500ms, 10s, 5m or 2h, got "0s"'],
    [["--sampler", "genetik"], 'Expected `sampler` to be "genetic" or another of'],
    [["--sampler", "?"], "genetic, "],
    [["--evaluator", "cloud"], "Expected `evaluator` to be one of inline, "],
    [["--tracker", "smoke"], "Expected `tracker` to be one of csv, "],
    [
      ["--sampler", "random", "--generations", "3"],
      'Expected a generational sampler (genetic) for `generations`, got "random"',
    ],
  ])("is refused: %j", async (words, says) => {
    const { code, stdout, stderr } = await place.attune("run", "tune.ts", ...words);
    expect(stderr).toContain(says);
    expect({ code, stdout, files: place.files }).toEqual({ code: 2, stdout: "", files: ["tune.ts"] });
  });
});
