import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import * as evaluators from "../../src/evaluators/index.ts";
import { jsonLines, Place, type PrintedTrial, program, type Running, said } from "./attune.ts";

const EVALUATORS = Object.keys(evaluators);
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** Those that may be repeated: a closed terminal is one event, however often it is told. */
const INSISTENT = ["SIGINT", "SIGTERM"] as const;
const EVERY = EVALUATORS.flatMap((evaluator) => SIGNALS.map((signal) => [signal, evaluator] as const));
const TWICE = EVALUATORS.flatMap((evaluator) => INSISTENT.map((signal) => [signal, evaluator] as const));

/** Trials that say that they run, and take `ms`. */
const sleeping = (ms: number, trials = 6): string =>
  program(
    `space: { x: int(0, 9999) }, trials: ${trials},
  objective: async (p: { x: number }): Promise<number> => { console.log("begun"); await new Promise((wake) => setTimeout(wake, ${ms})); return p.x; }`,
  );

/** Signals the whole group, as a terminal does. */
function send({ child }: Running, signal: NodeJS.Signals): void {
  process.kill(-child.pid!, signal);
}

async function trialsOf(place: Place, journal = "tune.attune.jsonl"): Promise<PrintedTrial[]> {
  return jsonLines<PrintedTrial>((await place.attune("show", journal, "--json")).stdout);
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((wake) => setTimeout(wake, 20));
}

describe.concurrent("a search that is told to stop", () => {
  it.each(EVERY)("once, by %s: running trials finish, nothing is left (%s)", async (signal, evaluator) => {
    const place = new Place({ "tune.ts": sleeping(700, 100) });
    const running = place.startSession("run", "tune.ts", "-w", "2", "-e", evaluator);
    await said(running, "begun");
    send(running, signal);
    const { code, stdout, stderr } = await running.ended;
    expect(stderr).toMatch(/Stopping: \d trials? still running; Ctrl-C again ends at once/);
    expect(stderr).toContain("attune resume ./tune.attune.jsonl");
    expect(stdout).toContain("Best: trial");
    expect(code).toBe(130);
    expect(place.left).toEqual([]);
    const trials = await trialsOf(place);
    expect(trials.length).toBeLessThan(100);
    for (const { state } of trials) expect(state).toBe("complete");
    expect(place.files).toContain("tune.attune.csv");
  });

  it.each(EVALUATORS)("is completed by resume (%s)", async (evaluator) => {
    const place = new Place({ "tune.ts": sleeping(400) });
    const running = place.startSession("run", "tune.ts", "-w", "2", "-e", evaluator);
    await said(running, "begun");
    send(running, "SIGHUP");
    await running.ended;
    const before = await trialsOf(place);
    const resumed = await new Place().attune("resume", place.path("tune.attune.jsonl"));
    expect(resumed.stderr).toContain("6 complete in");
    expect(resumed.stderr).toContain(evaluator === "processes" ? "2 processes" : "2 at a time");
    expect(resumed.code).toBe(0);
    const after = await trialsOf(place);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.filter(({ state }) => state === "complete")).toHaveLength(6);
  });

  it.each(TWICE)("twice, by %s: ends at once, nothing is left (%s)", async (signal, evaluator) => {
    const place = new Place({ "tune.ts": sleeping(60_000) });
    const running = place.startSession("run", "tune.ts", "-w", "2", "-e", evaluator);
    await said(running, "begun");
    send(running, signal);
    await said(running, "Stopping");
    send(running, signal);
    expect((await running.ended).code).toBe(130);
    expect(place.left).toEqual([]);
    expect((await trialsOf(place)).map(({ state }) => state)).not.toContain("complete");
    expect(place.read("tune.attune.jsonl")).toContain('"state":"cancelled"');
  });

  it.each(INSISTENT)("by %s while a command runs that ignores it: the third kills everything", async (signal) => {
    const stubborn = `trap '' INT TERM HUP; echo > begun-$ATTUNE_TRIAL; setsid sleep 60 & while :; do sleep 0.1; done`;
    const place = new Place({ "stubborn.sh": stubborn });
    const command = ["--param", "x=int:1:99", "--minimize", "wall", "-w", "2", "--", "sh", "stubborn.sh", "{x}"];
    const running = place.startSession("run", ...command);
    await until(() => place.files.filter((name) => name.startsWith("begun")).length === 2);
    send(running, signal);
    await said(running, "Stopping: 2 trials");
    send(running, signal);
    await said(running, "Ending at once");
    send(running, signal);
    expect((await running.ended).code).toBe(130);
    expect(place.left).toEqual([]);
    expect((await place.attune("show", "sh.attune.jsonl")).code).toBe(0);
  });

  it("twice, while a command runs with children: all are ended", async () => {
    const place = new Place({ "sleep.sh": `echo begun > begun-$ATTUNE_TRIAL; sleep 60 & wait` });
    const command = ["--param", "x=int:1:99", "--minimize", "wall", "-w", "2", "--", "sh", "sleep.sh", "{x}"];
    const running = place.startSession("run", ...command);
    await until(() => place.files.some((name) => name.startsWith("begun")));
    send(running, "SIGINT");
    await said(running, "Stopping");
    send(running, "SIGTERM");
    expect((await running.ended).code).toBe(130);
    expect(place.left).toEqual([]);
  });
});

describe.concurrent("a search whose output nobody reads any more", () => {
  it.each(EVALUATORS)("goes on to its end, and keeps every trial (%s)", async (evaluator) => {
    const place = new Place({ "tune.ts": sleeping(150) });
    const running = place.startSession("run", "tune.ts", "-w", "2", "-e", evaluator);
    await said(running, "begun");
    running.child.stdout!.destroy();
    running.child.stderr!.destroy();
    expect((await running.ended).code).toBe(0);
    expect(await trialsOf(place)).toHaveLength(6);
    expect(place.files).toContain("tune.attune.csv");
  });

  it.runIf(process.platform === "linux").each(EVALUATORS)(
    "stops cleanly when its terminal is closed (%s)",
    async (evaluator) => {
      const place = new Place({ "tune.ts": sleeping(700, 100) });
      // a shell that passes the news on, as those for people do; the system may have told the search before
      const run = `$ATTUNE run tune.ts -w 2 -e ${evaluator}`;
      place.write(
        "in-terminal.sh",
        `trap 'kill -HUP $!; sleep 0.1; kill -HUP $!' HUP; ${run} & wait $!; wait $!; echo $? > code`,
      );
      // a terminal of its own, which is gone when `script` is
      const terminal = place.shell("echo $$ > terminal; exec script -qfec 'bash in-terminal.sh' output");
      await until(() => place.files.includes("output") && place.read("output").includes("begun"));
      process.kill(Number(place.read("terminal")), "SIGKILL");
      await terminal;
      await until(() => place.files.includes("code") && place.read("code") !== "");
      expect(place.read("code")).toBe("130\n");
      expect(place.left).toEqual([]);
      const trials = await trialsOf(place);
      expect(trials.length).toBeGreaterThan(0);
      for (const { state } of trials) expect(state).toBe("complete");
    },
  );

  it("fails when its results cannot be written, and keeps them in the journal", async () => {
    const place = new Place({ "tune.ts": sleeping(1) });
    const { code, stderr } = await place.shell("$ATTUNE run tune.ts -e inline > /dev/full");
    expect(stderr).toContain("Cannot write to stdout: ENOSPC");
    expect(code).toBe(1);
    expect(await trialsOf(place)).toHaveLength(6);
  });

  it("does not keep a listing going for nobody", () => {
    const { directory } = new Place({ "tune.ts": sleeping(1) });
    const all = execFileSync("bash", ["-c", "$ATTUNE sample tune.ts -n 100000 --json | head -2"], {
      cwd: directory,
      encoding: "utf8",
      env: {
        ...process.env,
        ATTUNE: `${process.execPath} ${new URL("../../dist/cli/main.js", import.meta.url).pathname}`,
      },
    });
    expect(jsonLines(all)).toHaveLength(2);
  });
});
