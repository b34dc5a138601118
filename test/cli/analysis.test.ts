import { rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { defineSearch, int } from "../../src/index.ts";
import { Place, program, said } from "./attune.ts";

/** Mode "slow" costs 20 of 100, level 9 fails, x does nothing; noise of deviation 1 from the seed and the parameters. */
const TUNE = program(
  `space: { level: int(1, 9, { default: 5 }), mode: choice(["slow", "fast"], { default: "slow" }), x: float(0, 1, { default: 0.5 }) },
  objectives: { ms: "minimize" },
  objective: (p: { level: number; mode: string; x: number }, trial) => {
    if (p.level === 9) throw new Error("level 9 is not built");
    const noise = createRandom(trial.seed).fork(Math.round(p.x * 1e9) % 1e9);
    return { ms: [0, 1, 2].map(() => (p.mode === "slow" ? 100 : 80) + p.level / 10 + noise.normal()), rss: p.level };
  },
  sampler: "random", evaluator: "inline", seed: 3, trials: 80`,
  'import { createRandom } from "attune";',
);

const journal = "tune.attune.jsonl";

describe.concurrent("what the trials of a journal say", async () => {
  const place = new Place({ "tune.ts": TUNE });
  const ran = await place.attune("run", "tune.ts", "-q");
  expect(ran.code).toBe(0);

  it("importance: bars, the most important first; by either method; of any measured name", async () => {
    const { code, stdout } = await place.attune("importance", journal);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Importance for ms: what sets the best trials apart from the others \(ped-anova\)\n {2}mode {3,}\d+ % {2}█+/,
    );
    const fanova = await place.attune("importance", journal, "-m", "fanova", "--objective", "rss", "--json");
    const { method, objective, importance } = JSON.parse(fanova.stdout) as {
      method: string;
      objective: string;
      importance: { name: string; share: number }[];
    };
    expect({ method, objective, first: importance[0]!.name }).toEqual({
      method: "fanova",
      objective: "rss",
      first: "level",
    });
    expect(importance.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
  });

  it("effects: the mean, median and best of each value", async () => {
    const { code, stdout } = await place.attune("effects", journal, "--param", "mode");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^mode\n {2}mode +trials +mean ms +± +median +best\n/);
    expect(stdout).toMatch(/^ {2}slow +\d+ +100\.\d+ +0\.\d+ /m);
    expect(stdout).toMatch(/^ {2}fast +\d+ +80\.\d+ +0\.\d+ /m);
    const json = await place.attune("effects", journal, "--objective", "rss", "--json");
    const { objective, effects } = JSON.parse(json.stdout) as {
      objective: string;
      effects: { name: string; levels: { label: string; mean: number }[] }[];
    };
    expect([objective, effects.map(({ name }) => name)]).toEqual(["rss", ["level", "mode", "x"]]);
    expect(effects[0]!.levels[0]).toMatchObject({ label: "1", mean: 1 });
  });

  it("failures: by kind, with the first message, and the values that go with them", async () => {
    const { code, stdout } = await place.attune("failures", journal, "--all");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^\d+ of 81 trials failed: \d+ error\n {2}error, first in trial \d+: level 9 is not built$/m,
    );
    expect(stdout).toMatch(/^ *level = 9 +error +(\d+) of \1 \(100 %\) +0 of \d+ \(0 %\) +< 0\.0001$/m);
    expect(stdout).toMatch(/^ +\d+ +error +level 9 is not built$/m);
    const { trials, failures, causes } = JSON.parse((await place.attune("failures", journal, "--json")).stdout) as {
      trials: number;
      failures: object[];
      causes: object[];
    };
    expect(trials).toBe(81);
    expect(failures).toMatchObject([
      { kind: "error", first: { params: { level: 9 }, message: "level 9 is not built" } },
    ]);
    expect(causes).toMatchObject([{ name: "level", label: "9", kind: "error", otherFailed: 0 }]);
  });

  it("compare: two trials by their errors, and themselves without a difference", async () => {
    const best = JSON.parse((await place.attune("best", journal, "--json")).stdout) as { number: number };
    const { code, stdout } = await place.attune("compare", journal, "0", `${best.number}`);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^mode +slow +fast$/m);
    expect(stdout).toMatch(/^ {2}Welch .* at 95 %, p = /m);
    expect(stdout).toContain(`trial ${best.number} is better.`);
    const same = await place.attune("compare", journal, "0", "0");
    expect(same.stdout).toContain("Both have the same parameters");
    expect(same.stdout).toContain("No difference is shown. That does not mean that there is none");
  });

  it("compare: ways of searching by their runs; one of each tells nothing", async () => {
    const runs = ["1", "2", "3"].flatMap((seed) => [`a${seed}`, `b${seed}`]);
    await Promise.all(
      runs.map((name) => {
        const flags = name.startsWith("a") ? ["-s", "genetic"] : ["--trials", "6"];
        return place.attune("run", "tune.ts", "-q", "--no-check", "--seed", name[1]!, "-j", `${name}.jsonl`, ...flags);
      }),
    );
    const one = await place.attune("compare", "a1.jsonl", "b1.jsonl");
    expect(one.code).toBe(0);
    expect(one.stdout).toContain(
      "Compared after 6 trials of each. Which way of searching is better nobody can tell from one run",
    );
    const several = await place.attune(
      "compare",
      "a1.jsonl",
      "a2.jsonl",
      "a3.jsonl",
      "--with",
      "b1.jsonl",
      "b2.jsonl",
      "b3.jsonl",
    );
    expect(several.code).toBe(0);
    expect(several.stdout).toMatch(
      /^ {2}Welch .*\n {2}bootstrap .*\n {2}effect size .*\n {2}(A is better\.|B is better\.|No difference is shown\.)/m,
    );
    const json = JSON.parse((await place.attune("compare", "a1.jsonl", "b1.jsonl", "--json")).stdout) as object;
    expect(json).toMatchObject({ name: "ms", trials: 6 });
    expect(json).not.toHaveProperty("comparison");
  });

  it("refuses what is not there", async () => {
    const cases: [string[], RegExp][] = [
      [["compare", journal, "0", "4711"], /Expected the number of a finished trial of tune.attune.jsonl, got 4711/],
      [["compare", journal, "0"], /Cannot find the journal 0/],
      [["compare", journal, "a", "b"], /Expected two trials of a journal, two journals, or several on each side/],
      [["compare", journal, "0", "1", "--confidence", "100"], /`--confidence` to be from 50 to below 100/],
      [["effects", journal, "--param", "lvl"], /Expected --param to be one of level, mode, x, got "lvl"/],
      [["effects", journal, "--objective", "watts"], /with a value `watts`, got none/],
      [["importance", journal, "--best", "x"], /Expected `--best` to be a number, got "x"/],
      [["failures", "none.jsonl"], /Cannot find the journal none.jsonl/],
    ];
    for (const [words, says] of cases) {
      const { code, stdout, stderr } = await place.attune(...words);
      expect(stderr).toMatch(says);
      expect(code).not.toBe(0);
      expect(stdout).toBe("");
    }
    const failed = JSON.parse((await place.attune("failures", journal, "--json")).stdout) as {
      failures: { first: { number: number } }[];
    };
    const { number } = failed.failures[0]!.first;
    const { stderr } = await place.attune("compare", journal, "0", `${number}`);
    expect(stderr).toContain(`Trial ${number} has no values to compare: it failed (error)`);
  });

  it("without standard errors compare says that nobody can know, and how to", async () => {
    const plain = new Place({
      "tune.ts": program("space: { x: float(-1, 1) }, objective: (p: { x: number }) => p.x ** 2, trials: 3"),
    });
    await plain.attune("run", "tune.ts", "-q", "-e", "inline");
    const { code, stdout } = await plain.attune("compare", journal, "0", "1");
    expect(code).toBe(0);
    expect(stdout).toContain("no standard error is known of value. Let the objective return samples");
    const none = await plain.attune("failures", journal);
    expect(none.stdout).toBe("No trial failed\n");
    expect((await plain.attune("importance", journal)).stderr).toContain("Expected at least 4 complete trials");
  });
});

describe.concurrent("attune validate", () => {
  it("keeps a true gain, rejects lucky ones, writes no journal and a report where it is told", async () => {
    const place = new Place({ "tune.ts": TUNE });
    await place.attune("run", "tune.ts", "-q");
    const text = place.read(journal);
    const { code, stdout } = await place.attune("validate", journal, "--top", "2", "-o", "report.json");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ +\d+ +kept +ms +100\.\d+ +80\.\d+ +−\d+\.\d+ % +−[\d.]+ % … −[\d.]+ % +−[\d.]+ %$/m);
    expect(stdout).toMatch(/^Trial \d+: better in ms$/m);
    expect(stdout).toContain("5 rounds of all in turn, then all was clear. The intervals hold together at 95 %.");
    expect(stdout).toMatch(/^Kept: trials \d+, \d+ are better than the baseline\. To use it: attune best tune/m);
    expect(JSON.parse(place.read("report.json"))).toMatchObject({
      journal,
      rounds: 5,
      ended: "clear",
      candidates: [{ kept: true }, { kept: true }],
    });
    expect(place.read(journal)).toBe(text);
    // a search in which nothing matters: whatever was best was lucky
    place.write("tune.ts", TUNE.replace('p.mode === "slow" ? 100 : 80', "100").replace("p.level / 10", "0"));
    const lucky = await place.attune("validate", "tune.ts", "--json");
    expect(lucky.code).toBe(7);
    const { kept, candidates, rounds } = JSON.parse(lucky.stdout) as {
      kept: object[];
      candidates: object[];
      rounds: number;
    };
    expect({ kept, rounds }).toEqual({ kept: [], rounds: 10 });
    expect(candidates).toMatchObject([{ reason: "no-gain" }, { reason: "no-gain" }, { reason: "no-gain" }]);
    const said = await place.attune("validate", "tune.ts", "--repeats", "3");
    expect(said).toMatchObject({
      code: 7,
      stdout: expect.stringContaining("Nothing is kept: stay with the baseline.") as string,
    });
  });

  it("finds a command again from its journal, with its limits", async () => {
    const place = new Place();
    const words =
      "-p x=int:1:9 --baseline x=5 --minimize value -n 9 -s grid --timeout 20s --no-check -q -j one.jsonl --".split(
        " ",
      );
    await place.attune("run", ...words, "node", "-e", "console.log(process.argv[1])", "{x}");
    const { code, stdout } = await place.attune("validate", "one.jsonl", "--top", "1", "--repeats", "5");
    expect(code).toBe(0);
    expect(stdout).toContain("Kept: trial ");
    const late = await place.attune("validate", "one.jsonl", "--timeout", "1ms");
    expect(late).toMatchObject({ code: 3, stderr: expect.stringContaining("The baseline failed (timeout)") as string });
  });

  it("refuses a journal without a program, a search without a baseline, and numbers that are none", async () => {
    const place = new Place({
      "tune.ts": program("space: { x: float(-1, 1) }, objective: (p: { x: number }) => p.x ** 2, trials: 3"),
    });
    await place.attune("run", "tune.ts", "-q", "-e", "inline");
    const says = async (...more: string[]): Promise<string> => {
      const { code, stderr } = await place.attune("validate", ...more);
      expect(code).not.toBe(0);
      return stderr;
    };
    expect(await says("tune.ts")).toContain("Expected a baseline to compare with");
    expect(await says("tune.ts", "--repeats", "2")).toContain("`repeats`");
    expect(await says("tune.ts", "--top", "x")).toContain("`--top`");
    expect(await says("tune.ts", "-j", "none.jsonl")).toContain("Cannot find the journal none.jsonl");
    expect(await says(journal, "-j", journal)).toContain("--journal needs a program beside it");
    await defineSearch({
      space: { x: int(0, 3, { default: 0 }) },
      objective: ({ x }) => x,
      evaluator: "inline",
      trials: 3,
      journal: place.path("alone.jsonl"),
    }).start();
    expect(await says("alone.jsonl")).toContain("does not say which program it came from");
    rmSync(place.path("tune.ts"));
    expect(await says(journal)).toMatch(/Cannot find .*tune\.ts.*attune validate FILE --journal/s);
  });

  it.each(["SIGINT", "SIGTERM"] as const)("ends at %s, and leaves nothing running", async (signal) => {
    const slow = program(
      `space: { x: int(0, 3, { default: 0 }) }, sampler: "grid", trials: 3,
  objective: async (p: { x: number }, trial) => {
    if (existsSync("slow")) { console.log("begun"); await new Promise((wake) => setTimeout(wake, 60_000)); }
    return p.x;
  }`,
      'import { existsSync } from "node:fs";',
    );
    const place = new Place({ "tune.ts": slow });
    await place.attune("run", "tune.ts", "-q", "-w", "1");
    place.write("slow", "");
    const running = place.startSession("validate", "tune.ts");
    await said(running, "begun");
    process.kill(-running.child.pid!, signal);
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toContain("Ending at once; nothing was recorded");
    expect(place.left).toEqual([]);
  });
});
