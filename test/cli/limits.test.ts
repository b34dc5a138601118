import { describe, expect, it, vi } from "vitest";
import { jsonLines, Place } from "./attune.ts";

const SPACE = { x: { type: "int", low: 1, high: 9 } };

interface Line {
  readonly state: string;
  readonly attempt: number;
  readonly values: Readonly<Record<string, number>>;
  readonly atLeast?: true;
  readonly cost?: number;
}

async function trialsOf(place: Place, journal: string): Promise<Line[]> {
  return jsonLines((await place.attune("show", journal, "--json")).stdout) as unknown as Line[];
}

describe("a command that asks to be started again later", () => {
  it("is, as a new attempt of the same trial, at no cost to the budget", async () => {
    const script = 'test "$ATTUNE_ATTEMPT" = 1 && exit 75; echo $((x + ATTUNE_ATTEMPT))';
    const spec = {
      space: SPACE,
      command: { run: [`x={x}; ${script}`], shell: true, exitCodes: { 75: "later" }, retryAfter: "20ms" },
      trials: 4,
      workers: 2,
      seed: 1,
    };
    const place = new Place({ "tune.json": JSON.stringify(spec) });
    const ran = await place.attune("run", "tune.json");
    expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining("4 complete in")]);
    expect(ran.stderr).toContain("asked to come again later: 1 at a time instead of 2");
    const trials = await trialsOf(place, "tune.attune.jsonl");
    // another may have begun while these waited for their time
    const over = trials.filter(({ state }) => state !== "queued");
    expect(over.map(({ state, attempt }) => [state, attempt])).toEqual(
      Array.from({ length: 4 }, () => ["complete", 2]),
    );
    expect(place.read("tune.attune.jsonl")).toContain('"after":20');
  });
});

describe("--cost", () => {
  const run = ["-p", "x=int:1:9", "--minimize", "ms", "-j", "c.attune.jsonl", "-w", "1", "--seed", "1"];
  const pay = ["--", "sh", "-c", 'echo "{\\"ms\\": $1, \\"cost\\": 0.25}"', "sh", "{x}"];

  it("ends the search, shows what is left, and counts what earlier sessions spent", async () => {
    const place = new Place();
    const first = await place.attune("run", ...run, "--cost", "1", ...pay);
    expect(first.code).toBe(0);
    expect(first.stderr).toMatch(/4 complete in .*; what trials may cost is spent\ncost 1 of 1, 0 left\n/);
    expect(first.stderr).toContain("cost 1 of 1, 0 left");
    expect((await place.attune("show", "c.attune.jsonl")).stdout).toContain("cost       1 of 1, 0 left");
    const again = await place.attune("resume", "c.attune.jsonl");
    expect(again.stderr).toContain("Nothing was left to do: what trials may cost is spent, 4 trials in all");
    expect(again.stderr).toContain("To go on, raise it: --cost.");
    await place.attune("resume", "c.attune.jsonl", "--cost", "1.5");
    expect((await trialsOf(place, "c.attune.jsonl")).map(({ cost }) => cost)).toEqual(
      Array.from({ length: 6 }, () => 0.25),
    );
  });

  it("makes failures of trials that say none, and is refused where it is no amount", async () => {
    const place = new Place();
    const ran = await place.attune("run", ...run, "--cost", "1", "-n", "2", "--", "echo", "{x}");
    expect(ran.code).toBe(3);
    expect(ran.stdout).toContain("a number ≥ 0 that the stop rule `cost` adds up, got none");
    for (const amount of ["0", "-1", "much", ""])
      expect(await place.attune("run", ...run, `--cost=${amount}`, ...pay)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining("Expected `--cost` to be a") as unknown,
      });
  });
});

describe("--timeout 3xbest", () => {
  it("cuts off what is slow, shows its bound, and holds when the search is resumed", async () => {
    const spec = {
      space: SPACE,
      command: { run: ["test {x} = 1 || exec sleep 60; echo {x}"], shell: true },
      first: [{ x: 1 }, { x: 9 }],
      trials: 2,
      evaluator: "inline",
      workers: 1,
      seed: 1,
    };
    const place = new Place({ "tune.json": JSON.stringify(spec) });
    const ran = await place.attune("run", "tune.json", "--timeout", "3xbest,50s");
    expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining("1 complete, 1 cut off in")]);
    expect(ran.stderr).toContain("each at most 3 × the best's time or 50.0 s");
    const shown = await place.attune("show", "tune.attune.jsonl", "--all");
    expect(shown.stdout).toMatch(/1 +cut off +≥ 3 +9/);
    await place.attune("resume", "tune.attune.jsonl", "-n", "3");
    const trials = await trialsOf(place, "tune.attune.jsonl");
    expect(trials.map(({ state, values, atLeast }) => [state, values["value"], atLeast])).toEqual([
      ["complete", 1, undefined],
      ["complete", 3, true],
      ["complete", 3, true],
    ]);
    const bad = await place.attune("run", "tune.json", "--timeout", "3x");
    expect([bad.code, bad.stderr]).toEqual([
      2,
      expect.stringContaining("Expected `--timeout` to be a time such as 10s or 5m, or a multiple such as 3xbest"),
    ]);
  });

  it("stands in the program that --print writes", async () => {
    const words = [
      "-p",
      "x=1,2",
      "--minimize",
      "value",
      "--timeout",
      "3xbest,10s",
      "--cost",
      "5",
      "--directory",
      "trial",
    ];
    const { stdout } = await new Place().attune("run", ...words, "--print", "--", "echo", "{x}");
    expect(stdout).toContain("timeout: { timesBest: 3, max: 10000 },");
    expect(stdout).toContain("stop: [cost(5)],");
    expect(stdout).toContain('evaluator: inline({ directory: "trial" }),');
  });
});

describe("--directory trial", () => {
  it("lets a program go on where it was, after kill −9 of the search", async () => {
    const script =
      'echo epoch >> "$ATTUNE_DIR/log"; test "$ATTUNE_ATTEMPT" = 1 && exec sleep 60; grep -c epoch "$ATTUNE_DIR/log"';
    const spec = {
      space: SPACE,
      command: { run: [script], shell: true },
      trials: 1,
      directory: "trial",
      scratch: "scratch",
      evaluator: "inline",
      workers: 1,
    };
    const place = new Place({ "tune.json": JSON.stringify(spec) });
    const { child, ended } = place.start("run", "tune.json", "-q");
    const logs = async (): Promise<string> => (await place.shell("cat scratch/study-*/0/log")).stdout;
    await vi.waitFor(async () => expect(await logs()).toBe("epoch\n"), { timeout: 20_000 });
    child.kill("SIGKILL");
    await ended;
    const resumed = await place.attune("resume", "tune.attune.jsonl");
    expect(resumed.code).toBe(0);
    expect(await trialsOf(place, "tune.attune.jsonl")).toMatchObject([
      { state: "complete", attempt: 2, values: { value: 2 } },
    ]);
    expect((await place.shell("ls scratch")).stdout).toBe("");
    await vi.waitFor(() => expect(place.left).toEqual([]), { timeout: 20_000 });
  });
});
