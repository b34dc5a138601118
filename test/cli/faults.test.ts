import { describe, expect, it } from "vitest";
import { jsonLines, Place, type PrintedTrial, program } from "./attune.ts";

const FAULTY = program(
  `space: { how: choice(["fine", "throw", "nan", "names", "exit", "loop"]), x: int(0, 9) },
  objectives: { ms: "minimize" }, trials: 24, seed: 1, sampler: "random", stop: failures(false),
  objective: ({ how, x }: { how: string; x: number }): any => {
    if (how === "throw") throw new RangeError("no such device");
    if (how === "nan") return { ms: NaN };
    if (how === "names") return { seconds: 1 };
    if (how === "exit") process.exit(3);
    if (how === "loop") for (;;);
    return { ms: x };
  }`,
);

const KINDS: Readonly<Record<string, string>> = {
  throw: "error",
  nan: "invalid",
  names: "invalid",
  exit: "crash",
  loop: "timeout",
};

describe.concurrent("trials that fail", () => {
  it("in processes never end the search: its budget is exact, and each failure has its kind", async () => {
    const place = new Place({ "tune.ts": FAULTY });
    const { code, stdout, stderr } = await place.attune("run", "tune.ts", "-w", "2", "--timeout", "300ms");
    expect(code).toBe(0);
    const trials = jsonLines<PrintedTrial & { twin?: number }>(
      (await place.attune("show", "tune.attune.jsonl", "--json")).stdout,
    ).filter(({ twin }) => twin === undefined);
    expect(trials).toHaveLength(24);
    for (const { params, state, failure } of trials)
      expect(failure?.kind ?? state).toBe(KINDS[params["how"] as string] ?? "complete");
    const failed = trials.filter(({ state }) => state === "failed");
    expect(new Set(failed.map(({ failure }) => failure?.kind))).toEqual(new Set(Object.values(KINDS)));
    expect(stderr).toContain(`${24 - failed.length} complete, ${failed.length} failed in`);
    expect(stdout).toContain(`${failed.length} of 24 trials failed: `);
    for (const kind of new Set(Object.values(KINDS))) {
      const n = failed.filter(({ failure }) => failure?.kind === kind).length;
      expect(stdout).toContain(`${n} ${kind}`);
    }
  });

  it.each([
    ["throws", 'throw new Error("no such device")', "error", "no such device"],
    ["wrong names", "return { seconds: 1 }", "invalid", "Expected the objective to return `ms`, got `seconds`"],
  ])("all of them: exit code 3, and the journal holds the failures (%s)", async (_, body, kind, message) => {
    const place = new Place({
      "tune.ts": program(
        `space: { x: int(0, 99) }, objectives: { ms: "minimize" }, objective: (): any => { ${body}; }`,
      ),
    });
    const run = await place.attune("run", "tune.ts", "-e", "inline", "-w", "1");
    expect(run.code).toBe(3);
    expect(run.stderr).toContain("all of the first trials failed");
    expect(run.stdout).toMatch(new RegExp(`^(\\d+) of \\1 trials failed: \\1 ${kind}\n  ${kind}, first in trial 0: `));
    expect(run.stdout).toContain(message);
    const trials = jsonLines<PrintedTrial>((await place.attune("show", "tune.attune.jsonl", "--json")).stdout);
    for (const { failure } of trials)
      expect(failure).toMatchObject({ kind, message: expect.stringContaining(message) });
    const best = await place.attune("best", "tune.attune.jsonl");
    expect(best).toMatchObject({ code: 3, stdout: "" });
    expect(best.stderr).toContain(
      `error: No trial succeeded (${trials.length} ${kind}); the first failure: ${message}`,
    );
  });

  it("neither steer the terminal nor fill it", async () => {
    const place = new Place({
      "loud.mjs": program(`space: { x: int(0, 9) }, trials: 1, objective() {
        throw new Error("\\x1b[2J" + "x".repeat(9000) + "\\n" + "line\\n".repeat(99));
      }`),
    });
    const { stdout } = await place.attune("run", "loud.mjs", "--evaluator", "inline");
    expect(stdout).not.toContain("\x1b");
    expect(stdout).toContain(`trial 0: \uFFFD[2J${"x".repeat(300)}`);
    expect(stdout).toContain("line\n    … and 80 more lines");
    expect(stdout.length).toBeLessThan(2000);
  });

  it("of a command say what it said", async () => {
    const place = new Place();
    const script = "echo 'cannot open device' >&2; exit 4";
    const options = ["--param", "x=int:1:9", "--minimize", "ms", "--trials", "2"];
    const run = await place.attune("run", ...options, "--", "sh", "-c", script);
    expect(run.code).toBe(3);
    expect(run.stdout).toContain(
      "2 of 2 trials failed: 2 error\n  error, first in trial 0: `sh` exited with code 4: cannot open device",
    );
    const [trial] = jsonLines((await place.attune("show", "sh.attune.jsonl", "--json")).stdout);
    expect(trial).toMatchObject({ failure: { exitCode: 4, stderr: "cannot open device\n" } });
  });

  it("that keep no limit are told apart from failed ones", async () => {
    const place = new Place({
      "tune.ts": program(
        `space: { x: int(0, 99) }, constraints: { rss: { max: 5 } }, trials: 3, objective: ({ x }: { x: number }) => ({ value: x, rss: 6 + x })`,
      ),
    });
    const { code, stdout } = await place.attune("run", "tune.ts", "-e", "inline");
    expect(stdout).toMatch(
      /^None of the 3 complete trials keeps the constraints; the nearest is trial \d: `rss` is \d+/,
    );
    expect(code).toBe(0);
  });
});
