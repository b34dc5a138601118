import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { jsonLines, Place, type PrintedTrial, program, said } from "./attune.ts";

/** Trials that say that they run, and take `ms`. */
const sleeping = (ms: number): string =>
  program(
    `space: { x: int(0, 9999) }, trials: 6,
  objective: async (p: { x: number }): Promise<number> => { console.log("begun"); await new Promise((wake) => setTimeout(wake, ${ms})); return p.x; }`,
  );

describe.concurrent("Ctrl-C", () => {
  it.each(["inline", "processes"])(
    "once: running trials finish, and resume completes the budget (%s)",
    async (evaluator) => {
      const place = new Place({ "tune.ts": sleeping(700) });
      const running = place.start("run", "tune.ts", "-w", "2", "-e", evaluator);
      await said(running, "begun");
      running.child.kill("SIGINT");
      const { code, stdout, stderr } = await running.ended;
      expect(stderr).toMatch(/Stopping: \d trials? still running; Ctrl-C again ends at once/);
      expect(stderr).toContain("attune resume ./tune.attune.jsonl");
      expect(stdout).toContain("Best: trial");
      expect(code).toBe(130);
      const before = jsonLines<PrintedTrial>((await place.attune("show", "tune.attune.jsonl", "--json")).stdout);
      expect(before.length).toBeLessThan(6);
      for (const { state } of before) expect(state).toBe("complete");

      const resumed = await new Place().attune("resume", place.path("tune.attune.jsonl"));
      expect(resumed.stderr).toContain("6 complete in");
      expect(resumed.stderr).toContain(evaluator === "inline" ? "2 at a time" : "2 processes");
      expect(resumed.code).toBe(0);
      const after = jsonLines<PrintedTrial>((await place.attune("show", "tune.attune.jsonl", "--json")).stdout);
      expect(after.slice(0, before.length)).toEqual(before);
      expect(after.filter(({ state }) => state === "complete")).toHaveLength(6);
    },
  );

  it("twice: ends at once, and leaves nothing running", async () => {
    const mark = `60.${process.pid}`; // seconds, and what to look for among the processes
    const place = new Place({ "sleep.sh": `echo begun > begun-$ATTUNE_TRIAL; sleep ${mark} & wait` });
    const command = ["--param", "x=int:1:99", "--minimize", "wall", "-w", "2", "--", "sh", "sleep.sh", mark];
    const running = place.start("run", ...command);
    while (!place.files.some((name) => name.startsWith("begun"))) await new Promise((wake) => setTimeout(wake, 50));
    running.child.kill("SIGINT");
    await said(running, "Stopping");
    const began = performance.now();
    running.child.kill("SIGINT");
    const { code } = await running.ended;
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(code).toBe(130);
    expect(execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })).not.toContain(mark);
    const shown = await place.attune("show", "sh.attune.jsonl");
    expect(shown.code).toBe(0);
  });

  it("twice with processes: the same", async () => {
    const place = new Place({ "tune.ts": sleeping(60_000) });
    const running = place.start("run", "tune.ts", "-w", "2");
    await said(running, "begun");
    running.child.kill("SIGINT");
    await said(running, "Stopping");
    const began = performance.now();
    running.child.kill("SIGINT");
    expect((await running.ended).code).toBe(130);
    expect(performance.now() - began).toBeLessThan(2_000);
    const trials = jsonLines<PrintedTrial>((await place.attune("show", "tune.attune.jsonl", "--json")).stdout);
    expect(trials.map(({ state }) => state)).not.toContain("complete");
    expect(execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })).not.toContain(place.directory);
  });
});
