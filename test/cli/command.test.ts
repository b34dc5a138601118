import { describe, expect, it } from "vitest";
import { jsonLines, Place, type PrintedTrial } from "./attune.ts";

/** Prints what it was given; `fast` halves the time, threads divide it. */
const BENCH = `const [, , threadsFlag, threads, modeFlag, mode] = process.argv;
if (threadsFlag !== "-t" || modeFlag !== "-m") process.exit(2);
console.log("warming up\\ntime: " + (64 / Number(threads)) * (mode === "fast" ? 0.5 : 1) + " ms\\nsize: " + Number(threads) * 10);
`;
const PARAMS = ["--param", "threads=int:1:64:log", "--param", "mode=fast,safe"];
const COMMAND = ["--", process.execPath, "bench.js", "-t", "{threads}", "-m", "{mode}"];
const MS = "ms=time: ([0-9.]+)";
const SIZE = "size=size: (\\d+)";

/** What one trial of BENCH must give. */
function expected({ threads, mode }: Record<string, unknown>): number {
  return (64 / (threads as number)) * (mode === "fast" ? 0.5 : 1);
}

describe.concurrent("attune run -- COMMAND", () => {
  const here = (files = {}): Place => new Place({ "bench.js": BENCH, ...files });

  it("tunes a command, goes on and resumes", async () => {
    const place = here();
    const run = (...words: string[]) => place.attune("run", ...PARAMS, "--minimize", MS, ...words, ...COMMAND);
    const first = await run("--trials", "6");
    expect(first.stderr).toContain("node: minimize ms over 2 parameters (128 configurations)");
    expect(first.stderr).not.toContain("attune:");
    expect(first.code).toBe(0);
    expect(place.files).toEqual(["bench.js", "node.attune.csv", "node.attune.jsonl"]);
    expect((await run("--trials", "8")).stderr).toContain("goes on after 6 trials");
    const elsewhere = new Place();
    const resumed = await elsewhere.attune("resume", place.path("node.attune.jsonl"), "--trials", "10", "--json", "-q");
    expect(resumed).toMatchObject({ code: 0, stderr: "" });
    expect(jsonLines(resumed.stdout)).toHaveLength(1);
    const trials = jsonLines<PrintedTrial>((await place.attune("show", "node.attune.jsonl", "--json")).stdout);
    expect(trials.filter(({ state }) => state === "complete")).toHaveLength(10);
    for (const { params, values } of trials) expect(values["ms"]).toBeCloseTo(expected(params), 10);
  });

  it("has two objectives, limits, further measurements and a baseline", async () => {
    const aims = ["--minimize", MS, "--maximize", SIZE, "--measure", "t=time: (\\d)", "--limit", "t=3.."];
    const more = ["--baseline", "threads=1", "--baseline", "mode=safe", "--trials", "8", "--json"];
    const { code, stdout, stderr } = await here().attune("run", ...PARAMS, ...aims, ...more, ...COMMAND);
    expect(code).toBe(0);
    expect(stderr).toContain("minimize ms, maximize size over 2 parameters");
    expect(stderr).toContain("8 complete, and the baseline, in");
    const front = jsonLines<PrintedTrial>(stdout);
    expect(front.length).toBeGreaterThan(0);
    for (const { values } of front) expect(values["t"]).toBeGreaterThanOrEqual(3);
  });

  it("takes the space from a file, measures wall, and warns of a parameter that only the environment has", async () => {
    const place = new Place({
      "space.json": JSON.stringify({
        $schema: "x",
        depth: { n: { type: "int", low: 1, high: 3 } },
        unused: { type: "choice", values: ["a", "b"] },
      }),
      "env.sh": 'test -n "$1" -a -n "$ATTUNE_PARAM_UNUSED" -a "$ATTUNE_PARAM_DEPTH_N" = "$1"',
    });
    const run = ["run", "--space", "space.json", "--minimize", "wall", "--trials", "3", "--", "sh", "env.sh"];
    const { code, stdout, stderr } = await place.attune(...run, "{depth.n}");
    expect(stderr).toContain("attune: the command does not use {unused}");
    expect(stderr).toContain("ATTUNE_PARAM_UNUSED");
    expect(stdout).toMatch(/^Best: trial \d, wall /);
    expect(code).toBe(0);
  });

  it("--print prints a program that evaluates the same configurations", async () => {
    const place = here();
    const aims = ["--minimize", MS, "--measure", SIZE, "--limit", "size=..500"];
    const baseline = ["--baseline", "threads=1", "--baseline", "mode=safe"];
    const words = [...PARAMS, ...aims, ...baseline, "--seed", "7", "--trials", "6", "-w", "1", "--timeout", "30s"];
    const printed = await place.attune("run", ...words, "--print", ...COMMAND);
    expect(printed.code).toBe(0);
    expect(place.files).toEqual(["bench.js"]);
    expect(printed.stdout).toContain(
      'space: {\n    threads: int(1, 64, { log: true }),\n    mode: choice(["fast", "safe"]),\n  },',
    );
    place.write("tune.ts", printed.stdout);
    const outcomes = await Promise.all([
      place.attune("run", ...words, "-j", "one.jsonl", ...COMMAND),
      place.attune("run", "tune.ts", "-j", "two.jsonl"),
    ]);
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0]);
    const [one, two] = await Promise.all(
      ["one.jsonl", "two.jsonl"].map(async (journal) =>
        jsonLines<PrintedTrial>((await place.attune("show", journal, "--json")).stdout).map(
          ({ params, values: { ms, size } }) => ({ params, ms, size }),
        ),
      ),
    );
    expect(one!.length).toBeGreaterThanOrEqual(7); // twins are listed too
    expect(two).toEqual(one);
  });

  it("--print writes every kind of parameter so that it is read back", async () => {
    const space = {
      lr: { type: "float", low: 0.001, high: 1, log: true, default: 0.01 },
      "odd name": { type: "range", start: 0, end: 8, step: 2, anchor: "start" },
      grid: { type: "logGrid", start: 1, end: 1000, total: 4 },
      size: { type: "ordinal", values: ["s", "m", "l"] },
      flag: { type: "optional", of: "-O3", absent: 0.25 },
      arch: "native",
      list: { type: "constant", value: [1, { a: 2 }] },
      nested: { deep: { type: "int", low: 1, high: 9, step: 2 } },
      how: { type: "variant", branches: { off: {}, on: { level: { type: "int", low: 1, high: 4 } } }, default: "off" },
    };
    const place = new Place({ "space.json": JSON.stringify(space) });
    const words = ["--space", "space.json", "--minimize", "wall", "--seed", "3"];
    const { stdout } = await place.attune("run", ...words, "--print", "--", "true");
    place.write("tune.ts", stdout);
    place.write("tune.json", JSON.stringify({ space, command: ["true"], objectives: { wall: "minimize" }, seed: 3 }));
    const [a, b] = await Promise.all(
      ["tune.ts", "tune.json"].map((file) => place.attune("sample", file, "-n", "4", "--json")),
    );
    expect(a).toMatchObject({ code: 0, stderr: "" });
    expect(a!.stdout).toBe(b!.stdout);
  });

  it.each<[string[], string]>([
    [
      [...PARAMS, "--minimize", MS, "--", "true", "{thread}"],
      'Unknown placeholder `{thread}` in "{thread}". Did you mean `{threads}`?',
    ],
    [[...PARAMS, "--minimize", MS], "Expected a command after --"],
    [[...PARAMS, "--", "true"], "Expected at least one --minimize or --maximize"],
    [["--minimize", MS, "--", "true"], "Expected at least one --param name=domain, or --space FILE"],
    [[...PARAMS, "--minimize", "ms=(", "--", "true"], "Expected --minimize ms to be a regular expression"],
    [
      [...PARAMS, "--minimize", MS, "--minimize", "size", "--", "true"],
      "Expected `size` to have a pattern too, as others have one: size=REGEX",
    ],
    [[...PARAMS, "--minimize", MS, "--limit", "rss=..9", "--", "true"], "--measure rss=REGEX"],
    [
      [...PARAMS, "--minimize", "ms", "--limit", "rss=9", "--", "true"],
      'Expected --limit rss to be MIN..MAX, ..MAX or MIN.., got "9"',
    ],
    [[...PARAMS, "--minimize", "ms", "--maximize", "ms", "--", "true"], "Expected `ms` once, got it twice"],
    [
      ["--param", "x=int:1", "--minimize", "ms", "--", "true"],
      'Expected --param x to be int:LOW:HIGH[:STEP][:log], got "int:1"',
    ],
    [
      ["--param", "x=flaot:0:1", "--minimize", "ms", "--", "true"],
      'Expected --param x to be one of int, float, range, loggrid, ordinal, or a,b,c, got "flaot:0:1"',
    ],
    [
      ["--param", "x=int:9:1", "--minimize", "ms", "--", "true"],
      "In `x`: Expected `low` to be ≤ `high`, got int(9, 1)",
    ],
    [["--param", "x", "--minimize", "ms", "--", "true"], 'Expected --param to be NAME=VALUE, got "x"'],
    [
      [...PARAMS, "--minimize", "ms", "--baseline", "threads=0", "--baseline", "mode=safe", "--", "true"],
      "Wrong `baseline`: `threads`: expected an integer from 1 to 64, got 0",
    ],
    [
      [...PARAMS, "--minimize", "ms", "./bench", "{threads}"],
      'Expected the command after --, as --param and --minimize describe one, got "./bench" "{threads}" before it',
    ],
    [["tune.ts", "--print"], "--print needs --param and a command after --"],
    [["--", "true"], "Expected --param and --minimize beside a command"],
    [["--space", "none.json", "--minimize", "ms", "--", "true"], "Cannot read the space file none.json"],
  ])("refuses %j", async (words, says) => {
    const place = new Place();
    const { code, stdout, stderr } = await place.attune("run", ...words);
    expect(stderr).toContain(says);
    expect({ code, stdout, files: place.files }).toEqual({ code: 2, stdout: "", files: [] });
  });
});
