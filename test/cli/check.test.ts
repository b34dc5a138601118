import { describe, expect, it } from "vitest";
import * as evaluators from "../../src/evaluators/index.ts";
import { jsonLines, Place, program, said } from "./attune.ts";

/** A program with a baseline that notes each call in a file. */
const counting = (body: string, more = "trials: 4"): string =>
  program(
    `space: { x: int(1, 9999, { default: 5 }) }, ${more},
  objective: async (p: { x: number }, trial): Promise<number> => { appendFileSync("calls", trial.baseline ? "b" : "t"); ${body} }`,
    'import { appendFileSync } from "node:fs";',
  );
const sleep = (ms: number): string => `await new Promise((wake) => setTimeout(wake, ${ms}));`;
const calls = (place: Place): string => (place.files.includes("calls") ? place.read("calls") : "");
const inline = (...command: string[]): string[] => [
  ..."-p x=int:1:9 --baseline x=5 --minimize value -n 4 -w 2 --".split(" "),
  ...command,
];

describe.concurrent("attune check", () => {
  it("prints what it understood, seconds per trial, noise, the timer step, the smallest gain and the time of the budget", async () => {
    const place = new Place({ "tune.ts": counting("return 3;") });
    const { code, stdout } = await place.attune("check", "tune.ts", "-w", "2", "--runs", "4");
    expect(code).toBe(0);
    for (const line of [
      /^search +tune$/m,
      /^space +1 parameter, 9,999 configurations$/m,
      /^objectives +minimize value$/m,
      /^budget +4 trials$/m,
      /^sampler +auto$/m,
      /^evaluator +processes, 2 workers$/m,
      /^ran +the baseline, 4 times: x 5$/m,
      /^per trial +[\d.e-]+ s, the first one [\d.e-]+ m?s$/m,
      /^at once +2: [\d.]+ times as long$/m,
      /^timer step +[\d.e-]+ ms$/m,
      /^expected +[\d.e-]+ m?s for the budget$/m,
      /^value +3 +± 0 +0 % +1 +0 +0 %$/m,
    ])
      expect(stdout).toMatch(line);
    expect(stdout).toContain("The smallest gain that 4 trials show: in 80 % of searches");
    expect(calls(place)).toMatch(/^b+$/);
    expect(place.files).toEqual(["calls", "tune.ts"]);
  });

  it("leaves a baseline that asks to be run much later to the search, and says so", async () => {
    const place = new Place({
      "tune.ts": program(
        `space: { x: int(1, 9999, { default: 5 }) }, trials: 2,
  objective: (p: { x: number }): number => {
    if (existsSync("asked")) return p.x;
    writeFileSync("asked", "");
    throw new RetryLater(3_000_000);
  }`,
        'import { existsSync, writeFileSync } from "node:fs";\nimport { RetryLater } from "attune";',
      ),
    });
    const { code, stderr } = await place.attune("run", "tune.ts", "-w", "1");
    expect(stderr).toContain("check: the baseline asks to be run later; then, as trial 0, it will tell");
    expect(stderr).toMatch(/^check: [\d.e-]+ s per trial/m);
    expect(code).toBe(0);
  });

  it("prints how trials are measured and what they may cost, and reckons with the runs of interleaved baselines", async () => {
    const place = new Place();
    const words = ["-p", "x=int:1:9", "--baseline", "x=5", "--minimize", "value", "-n", "4", "-w", "1", "--cost", "7"];
    const options = [...words, "--repeats", "3", "--interleave", "--runs", "2"];
    const { stdout } = await place.attune("check", ...options, "--", "echo", '{"value":{x},"cost":1}');
    expect(stdout).toMatch(/^budget +4 trials, a cost of 7$/m);
    expect(stdout).toMatch(/^measured +the median of 3 runs each, relative to the baseline's, in turn with it$/m);
    const { stdout: json } = await place.attune("check", "--json", ...options, "--", "echo", '{"value":{x},"cost":1}');
    const { expected, duration } = JSON.parse(json) as { expected: number; duration: { median: number } };
    expect(expected).toBeCloseTo(8 * duration.median, 6);
  });

  it("prints the same as JSON, for a command without a file and for a search in JSON", async () => {
    const json = { space: { x: { type: "int", low: 1, high: 9, default: 5 } }, command: ["echo", "{x}"], trials: 4 };
    const place = new Place({ "tune.json": JSON.stringify(json) });
    for (const words of [["tune.json"], inline("echo", "{x}")]) {
      const { code, stdout } = await place.attune("check", "--json", "--runs", "3", ...words);
      expect(code).toBe(0);
      expect(jsonLines(stdout)).toEqual([
        expect.objectContaining({
          search: expect.objectContaining({ parameters: 1, size: 9, trials: 4, evaluator: "inline" }) as object,
          subject: { source: "baseline", params: { x: 5 } },
          runs: 3,
          noise: { value: { value: 5, deviation: 0, relative: 0, smallestGain: 0 } },
        }),
      ]);
    }
    expect(place.files).toEqual(["tune.json"]);
  });

  it.each(Object.keys(evaluators))("runs it by %s, and leaves nothing behind", async (evaluator) => {
    const place = new Place({ "tune.ts": counting("return 3;") });
    const { code, stdout } = await place.attune("check", "tune.ts", "-e", evaluator, "-w", "2", "--runs", "2");
    expect(stdout).toContain("the baseline, 2 times");
    expect(code).toBe(0);
    expect(place.left).toEqual([]);
  });

  it("refuses a baseline that fails: kind, message, the end of stderr, a code", async () => {
    const place = new Place({
      "throws.ts": counting('console.error("looked for it"); throw new Error("no device");'),
      "nothing.ts": counting("return NaN;"),
      "late.ts": counting(`${sleep(60_000)} return 1;`),
    });
    const [throws, invalid, late, command] = await Promise.all([
      place.attune("check", "throws.ts"),
      place.attune("check", "nothing.ts", "--json"),
      place.attune("check", "late.ts", "--timeout", "300ms"),
      place.attune("check", ...inline("sh", "-c", "echo first >&2; echo then >&2; exit 7", "{x}")),
    ]);
    expect(throws.stderr).toContain("error: The baseline failed (error): no device");
    expect(JSON.parse(invalid.stdout)).toMatchObject({ failure: { kind: "invalid" } });
    expect(late.stderr).toContain("error: The baseline failed (timeout): took longer than 300 ms");
    expect(command.stderr).toContain(
      "error: The baseline failed (error): `sh` exited with code 7: then\n  first\n  then\n",
    );
    expect([throws, invalid, late, command].map(({ code }) => code)).toEqual([3, 3, 3, 3]);
    expect(place.left).toEqual([]);
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("ends at %s, and leaves nothing behind", async (signal) => {
    const place = new Place({ "tune.ts": counting(`console.log("begun"); ${sleep(60_000)} return 1;`) });
    const running = place.startSession("check", "tune.ts");
    await said(running, "begun");
    process.kill(-running.child.pid!, signal);
    const { code, stderr } = await running.ended;
    expect(stderr).toContain("Ending at once; nothing was recorded");
    expect(code).toBe(130);
    expect(place.left).toEqual([]);
  });

  it.each([
    [["check"], "Expected a file to run"],
    [["check", "tune.ts", "--runs", "1"], "Expected `runs` to be an integer ≥ 2, got 1"],
    [["check", "tune.ts", "--max-time", "soon"], "Expected `--max-time` to be a time such as 500ms"],
    [["check", "tune.ts", "--no-check"], "unknown option '--no-check'"],
  ])("refuses %j", async (words, says) => {
    const place = new Place({ "tune.ts": counting("return 3;") });
    const { code, stdout, stderr } = await place.attune(...words);
    expect(stderr).toContain(says);
    expect({ code, stdout, files: place.files }).toEqual({ code: 2, stdout: "", files: ["tune.ts"] });
  });
});

describe.concurrent("before a search", () => {
  it("the baseline is run a few times, which are no trials", async () => {
    const place = new Place({ "tune.ts": counting("return p.x;") });
    const { code, stderr } = await place.attune("run", "tune.ts", "-e", "inline");
    expect(stderr).toMatch(/^check: \S+ s per trial, noise 0 % \(5 runs of the baseline\); some \S+ m?s in all$/m);
    expect(code).toBe(0);
    expect(calls(place)).toBe("bbbbbbtttt");
    const trials = jsonLines((await place.attune("show", "tune.attune.jsonl", "--json")).stdout);
    expect(trials.map(({ number, source }) => [number, source])).toEqual([
      [0, "baseline"],
      ...[1, 2, 3, 4].map((number) => [number, "sampler"]),
    ]);
  });

  it("one that fails is refused: there is no search, unless --no-check", async () => {
    const place = new Place({ "tune.ts": counting('if (trial.baseline) throw new Error("no device"); return p.x;') });
    for (const quiet of [[], ["-q"], ["--json"]]) {
      const { code, stdout, stderr } = await place.attune("run", "tune.ts", ...quiet);
      expect(stderr).toContain("error: The baseline failed (error): no device");
      expect(stderr).toContain("To search all the same: --no-check");
      expect({ code, stdout, files: place.files }).toEqual({ code: 3, stdout: "", files: ["calls", "tune.ts"] });
    }
    expect(calls(place)).toBe("bbb");
    const anyway = await place.attune("run", "tune.ts", "--no-check");
    expect(anyway.stderr).not.toContain("check:");
    expect(anyway.code).toBe(0);
    expect(calls(place)).toHaveLength(3 + 5);
  });

  it("one that takes long is ended after a second, and judged as trial 0", async () => {
    const place = new Place({ "tune.ts": counting(`${sleep(1500)} return p.x;`, "trials: 2") });
    const { code, stderr } = await place.attune("run", "tune.ts", "-w", "1");
    expect(stderr).toContain("check: a trial takes more than a second; the baseline, trial 0, will tell");
    expect(stderr).toMatch(/^(\r.*)?check: [\d.]+ s per trial; some [\d.]+ s in all$/m);
    expect(code).toBe(0);
    expect(calls(place)).toBe("bbtt");
    expect(place.left).toEqual([]);
  });

  it("one that takes long and fails ends the search", async () => {
    const place = new Place();
    const script = 'if [ $ATTUNE_BASELINE = 1 ]; then sleep 1.5; echo "no device" >&2; exit 4; fi; sleep 60';
    const { code, stdout, stderr } = await place.attune("run", ...inline("sh", "-c", script, "{x}"));
    expect(stderr).toContain("error: The baseline failed (error): `sh` exited with code 4: no device");
    expect(stderr).toContain("The search was ended.");
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(place.left).toEqual([]);
  });

  it("that goes on, its journal says how long a trial takes", async () => {
    const place = new Place({ "tune.ts": counting("return p.x;") });
    await place.attune("run", "tune.ts", "-e", "inline");
    const before = calls(place);
    const more = await place.attune("run", "tune.ts", "-e", "inline", "--trials", "6");
    expect(more.stderr).toMatch(/^check: \S+ s per trial; some \S+ m?s to go$/m);
    const resumed = await place.attune("resume", "tune.attune.jsonl", "--trials", "7");
    expect(resumed.stderr).toMatch(/^check: \S+ s per trial; some \S+ m?s to go$/m);
    expect(calls(place)).toBe(`${before}ttt`);
    const unchecked = await place.attune("resume", "tune.attune.jsonl", "--trials", "8", "--no-check");
    expect(unchecked.stderr).not.toContain("check:");
    const fresh = await place.attune("run", "tune.ts", "-e", "inline", "--fresh");
    expect(fresh.stderr).toContain("5 runs of the baseline");
  });

  it("without a baseline nothing is run", async () => {
    const place = new Place({ "tune.ts": counting("return p.x;").replace(", { default: 5 }", "") });
    const { stderr } = await place.attune("run", "tune.ts", "-e", "inline");
    expect(stderr).not.toContain("check:");
    expect(calls(place)).toBe("tttt");
  });

  it.each(["SIGINT", "SIGTERM"] as const)("%s ends the check, and nothing was begun", async (signal) => {
    const body = `console.log("begun"); ${sleep(60_000)} return 1;`;
    const place = new Place({ "tune.ts": counting(body) });
    // inline() cannot end it, so that the check waits for it
    const running = place.startSession("run", "tune.ts", "-e", "inline");
    await said(running, "begun");
    process.kill(-running.child.pid!, signal);
    const { code } = await running.ended;
    expect(code).toBe(130);
    expect(place.left).toEqual([]);
    expect(place.files).toEqual(["calls", "tune.ts"]);
  });
});
