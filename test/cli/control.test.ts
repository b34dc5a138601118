import { describe, expect, it } from "vitest";
import * as evaluators from "../../src/evaluators/index.ts";
import { disk } from "../equipment.ts";
import { until } from "../search/until.ts";
import { jsonLines, Place, type PrintedTrial, program, type Ran, type Running, said } from "./attune.ts";

const EVALUATORS = Object.keys(evaluators);
const JOURNAL = "tune.attune.jsonl";

/** Trials that say that they run, and take until the gate is open. */
const held = (trials: number): string =>
  program(
    `space: { x: int(0, 9999) }, trials: ${trials},
  objective: async (p: { x: number }): Promise<number> => {
    console.log("begun");
    do await new Promise((wake) => setTimeout(wake, 20)); while (!existsSync("gate"));
    return p.x;
  }`,
    'import { existsSync } from "node:fs";',
  );

/** Opens the gate once the command says that it waits for trials; resolves with what the command says. */
async function opening(place: Place, ...words: string[]): Promise<Ran> {
  const command = place.start(...words);
  await said(command, "to finish …");
  place.write("gate", "");
  return command.ended;
}

interface Status {
  readonly state: string;
  readonly trials: number;
  readonly running: readonly { readonly number: number; readonly elapsed: number; readonly outside: boolean }[];
  readonly sessions: readonly {
    readonly state: string;
    readonly process: { readonly pid: number; readonly host: string };
  }[];
}

async function statusOf(place: Place): Promise<Status> {
  return JSON.parse((await place.attune("status", JOURNAL, "--json")).stdout) as Status;
}

async function trialsOf(place: Place): Promise<PrintedTrial[]> {
  return jsonLines<PrintedTrial>((await place.attune("show", JOURNAL, "--json")).stdout);
}

async function begun(place: Place, ...words: string[]): Promise<Running> {
  const running = place.startSession("run", "tune.ts", ...words);
  await said(running, "begun");
  return running;
}

function expectNothingLeft(place: Place): void {
  expect(place.left).toEqual([]);
  expect(place.files.filter((name) => /control|lock/.test(name))).toEqual([]);
}

describe.concurrent("a search that is told from another terminal", () => {
  it.each(EVALUATORS)("to stop: running trials finish (%s)", async (evaluator) => {
    const place = new Place({ "tune.ts": held(6) });
    const running = await begun(place, "-w", "2", "-e", evaluator);
    const stop = await opening(place, "stop", JOURNAL);
    expect(stop).toMatchObject({ code: 0, stdout: expect.stringMatching(/^process \d+ on .*: stopped\n$/) as string });
    expect(stop.stderr).toMatch(/^Waiting for \d trials? of process \d+ on .* to finish …$/m);
    const { code, stdout, stderr } = await running.ended;
    expect(stderr).toMatch(/Stopping, as attune stop said: \d trials? still running\. To go on: attune resume/);
    expect(stdout).toContain("Best: trial");
    expect(code).toBe(0);
    expectNothingLeft(place);
    const trials = await trialsOf(place);
    expect(trials.length).toBeLessThan(6);
    for (const { state } of trials) expect(state).toBe("complete");
    expect(await place.attune("stop", JOURNAL)).toMatchObject({ code: 4, stdout: "" });
  });

  it.each(EVALUATORS)("to stop now: they are cancelled (%s)", async (evaluator) => {
    const place = new Place({ "tune.ts": held(6) });
    const running = await begun(place, "-w", "2", "-e", evaluator);
    expect((await place.attune("stop", JOURNAL, "--now")).code).toBe(0);
    expect((await running.ended).code).toBe(3);
    expectNothingLeft(place);
    expect((await trialsOf(place)).map(({ state }) => state)).not.toContain("complete");
    expect(place.read(JOURNAL)).toContain('"state":"cancelled"');
  });

  it.each(EVALUATORS)("to pause, and to continue (%s)", async (evaluator) => {
    const place = new Place({ "tune.ts": held(8) });
    const running = await begun(place, "-w", "2", "-e", evaluator);
    const pause = await opening(place, "pause", JOURNAL);
    expect(pause).toMatchObject({ code: 0, stdout: expect.stringMatching(/: paused\n$/) as string });
    const { trials, ...rest } = await statusOf(place);
    expect(rest).toMatchObject({ state: "paused", running: [], sessions: [{ state: "paused" }] });
    const shown = (await place.attune("status", JOURNAL)).stdout;
    expect(shown).toContain("paused: no new trials are begun; attune continue goes on");
    expect((await place.attune("pause", JOURNAL)).code).toBe(0);
    expect((await statusOf(place)).trials).toBe(trials);
    const goOn = await place.attune("continue", JOURNAL);
    expect(goOn).toMatchObject({ code: 0, stdout: expect.stringMatching(/: goes on\n$/) as string });
    const { code, stderr } = await running.ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /Paused by attune pause.* To go on: attune continue \.\/tune\.attune\.jsonl\n[^]*Going on, as attune continue said/,
    );
    expect((await trialsOf(place)).filter(({ state }) => state === "complete")).toHaveLength(8);
    expectNothingLeft(place);
  });

  it("ends by Ctrl-C while it is paused", async () => {
    const place = new Place({ "tune.ts": held(6) });
    const running = await begun(place, "-w", "1");
    await opening(place, "pause", JOURNAL);
    process.kill(-running.child.pid!, "SIGINT");
    expect((await running.ended).code).toBe(130);
    expectNothingLeft(place);
  });

  it("runs again when it is resumed after it was killed while paused", async () => {
    const place = new Place({ "tune.ts": held(6) });
    const running = await begun(place, "-w", "1");
    await opening(place, "pause", JOURNAL);
    process.kill(-running.child.pid!, "SIGKILL");
    await running.ended;
    expect(await statusOf(place)).toMatchObject({ state: "idle", sessions: [{ state: "died" }] });
    for (const command of ["continue", "pause", "stop"]) {
      const { code, stderr } = await place.attune(command, JOURNAL);
      expect(code).toBe(4);
      expect(stderr).toContain(`Nobody works on ${JOURNAL}; to go on with it: attune resume ${JOURNAL}`);
    }
    const resumed = await place.attune("resume", JOURNAL);
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).not.toContain("Paused");
    expect((await trialsOf(place)).filter(({ state }) => state === "complete")).toHaveLength(6);
    expectNothingLeft(place);
  });

  it("is told together with another one of the same journal", async () => {
    const place = new Place({ "tune.ts": held(40) });
    const both = [await begun(place, "-w", "1"), await begun(place, "-w", "1")];
    const pids = both.map(({ child }) => child.pid);
    expect((await statusOf(place)).sessions.map(({ process: { pid } }) => pid)).toEqual(pids);
    const pause = await opening(place, "pause", JOURNAL);
    for (const pid of pids) expect(pause.stdout).toContain(`process ${pid} on `);
    expect(await statusOf(place)).toMatchObject({ state: "paused", running: [] });
    const stop = await place.attune("stop", JOURNAL);
    expect(stop.stdout.trim().split("\n")).toHaveLength(2);
    for (const { ended } of both) expect((await ended).code).toBe(0);
    expectNothingLeft(place);
  });

  it("is not waited for with --no-wait, and does it all the same", async () => {
    const place = new Place({ "tune.ts": held(100_000) });
    const running = await begun(place, "-w", "1");
    const { code, stdout } = await place.attune("stop", JOURNAL, "--no-wait");
    expect([code, stdout]).toEqual([0, expect.stringMatching(/: was told to stop\n$/)]);
    place.write("gate", "");
    expect((await running.ended).stderr).toContain("it was stopped");
    expectNothingLeft(place);
  });

  it("goes on whatever else stands in the control file", async () => {
    const place = new Place({ "tune.ts": held(40) });
    const running = await begun(place, "-w", "1");
    place.write(`${JOURNAL}.control`, '{"attune":"control","version":1,"command":"require(\'fs\')","id":"1","to":[]}');
    await said(running, "it is ignored");
    expect((await statusOf(place)).state).toBe("running");
    expect((await opening(place, "stop", JOURNAL)).code).toBe(0);
    expect((await running.ended).code).toBe(0);
    expectNothingLeft(place);
  });
});

describe.concurrent("attune status", () => {
  it("says what was spent, and gains as they are normalised", async () => {
    const place = new Place({
      "tune.ts": program(
        `space: { x: int(0, 9, { default: 9 }) }, trials: 3, seed: 4, objectives: { ms: "minimize" }, stop: cost(50),
  objective: (p: { x: number }) => ({ ms: p.x === 9 ? 100 * (calls += 1) : 50, cost: 2 }),
  evaluator: inline({ normalize: { every: 1 } })`,
        'import { cost, inline } from "attune";\nlet calls = 0;',
      ),
    });
    const { stdout: best } = await place.attune("run", "tune.ts", "--no-check", "--json", "-q");
    const { normalized } = JSON.parse(best) as { normalized: { ms: number } };
    const { stdout } = await place.attune("status", JOURNAL);
    expect(stdout).toMatch(/^cost {5}8 of 50, 42 left$/m);
    expect(normalized.ms).toBeLessThan(0.3);
    expect(stdout).toContain(`ms 50 (−${(100 * (1 - normalized.ms)).toFixed(1)} %)`);
    expect(JSON.parse((await place.attune("status", JOURNAL, "--json")).stdout)).toMatchObject({
      cost: { spent: 8, limit: 50 },
    });
  });

  it("says what runs, how long, what is best and who works on it", async () => {
    const place = new Place({
      "tune.ts": program(
        `space: { x: int(0, 9, { default: 9 }) }, trials: 5, sampler: "random", seed: 4, objectives: { ms: "minimize" },
  objective: async (p: { x: number }, trial: { number: number }) => {
    if (trial.number === 2) throw new Error("no");
    if (trial.number === 3) { console.log("held"); await new Promise((wake) => setTimeout(wake, 600_000)); }
    return { ms: p.x + 1 };
  }`,
      ),
    });
    const running = place.startSession("run", "tune.ts", "-w", "1", "--no-check");
    await said(running, "held");
    const { stdout } = await place.attune("status", JOURNAL);
    expect(stdout).toMatch(/^study {4}minimize ms \(.*tune\.ts\)$/m);
    expect(stdout).toMatch(/^state {4}running$/m);
    expect(stdout).toContain(`process ${running.child.pid} on `);
    expect(stdout).toMatch(/random, processes, 1 worker; for [\d.]+ m?s, 1 running$/m);
    expect(stdout).toMatch(/^trials {3}2 of 5 \(40 %\), .*(each|per second), .* left$/m);
    expect(stdout).toMatch(/^best {5}trial 1 x=\d: ms \d+ \(−.* %\)$/m);
    expect(stdout).toMatch(/^failed {3}1 error$/m);
    expect(stdout).toMatch(/^running {2}trial 3 x=\d: for [\d.]+ m?s; process \d+ on /m);
    expect((await place.attune("stop", JOURNAL, "--now")).code).toBe(0);
    await running.ended;
    const after = await place.attune("status", JOURNAL);
    expect(after.stdout).toContain(`nobody works on it; to go on: attune resume ${JOURNAL}`);
    expect(after.stdout).toMatch(/ended .* ago \(stopped\)$/m);
    expect(await place.attune("status", "none.jsonl")).toMatchObject({
      code: 1,
      stderr: "error: Cannot find the journal none.jsonl\n",
    });
  });
});

const unshared = (script: string): string => `unshare --user --map-root-user --mount --uts bash -euc '${script}'`;

describe.runIf(disk.found).concurrent("from elsewhere", () => {
  it("reaches a search on another host that shares the file", async () => {
    const place = new Place({ "tune.ts": held(100_000), gate: "" });
    const run = place.shell(unshared(`hostname elsewhere; exec $ATTUNE run tune.ts -w 1`));
    await until(() => place.files.includes(JOURNAL) && place.read(JOURNAL).includes("trial-finished"));
    const { stdout } = await place.attune("status", JOURNAL);
    expect(stdout).toMatch(/on elsewhere.*; last heard of .* ago: whether it still runs cannot be seen from this host/);
    expect((await place.attune("pause", JOURNAL)).stdout).toMatch(/on elsewhere.*: paused\n$/);
    expect((await place.attune("continue", JOURNAL)).code).toBe(0);
    expect((await place.attune("stop", JOURNAL)).code).toBe(0);
    expect((await run).code).toBe(0);
    expectNothingLeft(place);
  });

  it("reads a read-only directory, and says why it can tell nobody there", async () => {
    const place = new Place({ "work/tune.ts": held(100_000), "work/gate": "" });
    const run = place.shell("cd work; exec $ATTUNE run tune.ts -w 1");
    await until(() => place.files.includes("work") && place.read("work/tune.ts") !== "" && exists(place));
    const readOnly = (command: string): Promise<Ran> =>
      place.shell(
        unshared(
          `mkdir -p seen; mount --bind work seen; mount -o remount,ro,bind seen; exec $ATTUNE ${command} seen/${JOURNAL}`,
        ),
      );
    const status = await readOnly("status");
    expect([status.code, status.stdout]).toEqual([0, expect.stringMatching(/^state {4}running$/m)]);
    const stop = await readOnly("stop");
    expect(stop).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: Cannot write .*\.control: EROFS/) as string,
    });
    const ask = await readOnly("ask");
    expect(ask.code).toBe(1);
    expect(ask.stderr).toContain("read-only file system");
    expect((await place.shell(`$ATTUNE stop work/${JOURNAL}`)).code).toBe(0);
    expect((await run).code).toBe(0);
    expect(place.left).toEqual([]);
  });
});

function exists(place: Place): boolean {
  try {
    return place.read(`work/${JOURNAL}`).includes("trial-finished");
  } catch {
    return false;
  }
}
