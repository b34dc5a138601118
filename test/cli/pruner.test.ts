import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { jsonLines, Place, type PrintedTrial, program } from "./attune.ts";

/** Every other trial is bad from its first step on. */
const TRAIN = program(
  `space: { x: int(0, 99) }, objectives: { loss: "minimize" }, trials: 24, seed: 1, sampler: "random",
  async objective({ x }, trial) {
    for (let step = 1; step <= 6; step++) await trial.report(step, x + 10 / step);
    return x;
  }`,
);

const statesOf = (text: string): Record<string, number> => {
  const out: Record<string, number> = {};
  for (const { state } of jsonLines<PrintedTrial>(text)) out[state] = (out[state] ?? 0) + 1;
  return out;
};

describe.concurrent("attune run --pruner", () => {
  it("prunes, is remembered by the journal, and can be left out", async () => {
    const place = new Place({ "tune.ts": TRAIN });
    const run = (...words: string[]) => place.attune("run", "tune.ts", "-e", "inline", "-w", "1", ...words);
    const { code, stderr } = await run("--pruner", "median");
    expect(code).toBe(0);
    expect(stderr).toContain("24 trials, random, median, 1 at a time");
    expect(stderr).toMatch(/\d+ complete, \d+ pruned in/);
    const shown = (await place.attune("show", "tune.attune.jsonl")).stdout;
    expect(shown).toContain("last run   random, median, inline");
    expect(shown).toMatch(/trials +\d+ complete, \d+ pruned|\d+ pruned/);
    expect((await place.attune("status", "tune.attune.jsonl")).stdout).toMatch(
      /random, median, inline[\s\S]*24 of 24 \(100 %\), \d+ pruned/,
    );
    const curves = (await place.attune("plot", "tune.attune.jsonl", "curves")).stdout;
    expect(curves).toMatch(/●[\s\S]*step[\s\S]*● best {3}dots: reports of other trials/);
    expect((await place.attune("plot", "tune.attune.jsonl", "curves", "--svg", "-")).stdout).toContain("<svg");
    const whole = (await place.attune("show", "tune.attune.jsonl", "--json")).stdout;

    // the same, stopped in between
    const parts = new Place({ "tune.ts": TRAIN });
    const first = ["run", "tune.ts", "-e", "inline", "-w", "1"];
    await parts.attune(...first, "--pruner", "median", "--trials", "9");
    const { stderr: second } = await parts.attune("resume", "tune.attune.jsonl", "--trials", "24");
    expect(second).toContain("random, median, ");
    const again = (await parts.attune("show", "tune.attune.jsonl", "--json")).stdout;
    expect(jsonLines<PrintedTrial>(again).map(({ state, params }) => [state, params])).toEqual(
      jsonLines<PrintedTrial>(whole).map(({ state, params }) => [state, params]),
    );

    const { stderr: none } = await run("--pruner", "none", "--fresh");
    expect(none).toContain("24 trials, random, 1 at a time");
    expect(none).toContain("24 complete in");
  });

  it("refuses a pruner that is not there or compares one objective, before anything is written", async () => {
    const two = TRAIN.replace('loss: "minimize"', 'loss: "minimize", size: "minimize"');
    const place = new Place({ "tune.ts": TRAIN, "two.ts": two });
    const wrong = await place.attune("run", "tune.ts", "--pruner", "medain");
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('Expected `pruner` to be "median" or')]);
    const many = await place.attune("run", "two.ts", "--pruner", "median");
    expect([many.code, many.stderr]).toEqual([2, expect.stringContaining("compares 2 objectives, such as dominance")]);
    expect(place.files).toEqual(["tune.ts", "two.ts"]);
  });

  it("ends commands that report by lines, with all that they started", async () => {
    const script =
      'sleep 300 & for i in 1 2 3 4 5; do echo "{\\"step\\": $i, \\"loss\\": $ATTUNE_PARAM_X}"; sleep 0.02; done; kill $!; echo $ATTUNE_PARAM_X';
    const search = {
      space: { x: { type: "int", low: 0, high: 99 } },
      command: { run: ["sh", "-c", script], reports: true },
      objectives: { loss: "minimize" },
      pruner: { name: "successiveHalving", minResource: 2, factor: 3 },
      trials: 14,
      sampler: "random",
      seed: 2,
      workers: 2,
      keep: "always",
      scratch: "kept",
    };
    const place = new Place({ "tune.json": JSON.stringify(search) });
    const { code, stderr } = await place.attune("run", "tune.json");
    expect([code, stderr]).toEqual([0, expect.stringMatching(/\d+ complete, \d+ pruned in/)]);
    const trials = jsonLines<PrintedTrial & { reports: { step: number }[] }>(place.read("tune.attune.jsonl"));
    expect(trials.filter((event) => "step" in event).length).toBeLessThan(14 * 5);
    expect(place.left).toEqual([]);
    expect(readdirSync(place.path("kept")).length).toBeGreaterThan(0);
  });

  it("takes reports by a pattern, and completes a command at its last step", async () => {
    const place = new Place();
    const words = ["run", "-p", "x=int:0:99", "--minimize", "loss=final (\\d+)", "--trials", "6", "--seed", "1"];
    const more = ["--reports", "epoch (?<step>\\d+): (?<loss>\\S+)", "--max-steps", "3", "-j", "s.jsonl", "--pruner", "threshold"]; // prettier-ignore
    const script = "for i in 1 2 3 4 5; do echo epoch $i: $(({x} * 10 + $i)); sleep 0.02; done; echo final 1";
    const refused = await place.attune(...words, ...more, "--", "sh", "-c", script);
    expect(refused.stderr).toContain("Expected threshold() to be given `lower` or `upper`, got neither");
    const { code } = await place.attune(...words, ...more.slice(0, -2), "--", "sh", "-c", script);
    expect(code).toBe(0);
    const trials = jsonLines<PrintedTrial>((await place.attune("show", "s.jsonl", "--json")).stdout);
    expect(trials.map(({ state, values, params }) => [state, values["loss"]! - 10 * Number(params["x"])])).toEqual(
      Array.from({ length: 6 }, () => ["complete", 3]),
    );
  });

  it("prunes programs in Python", async () => {
    const train = `def objective(p, trial):
    for step in range(1, 7):
        trial.report(step, p["x"] + 10 / step)
    return p["x"]
`;
    const place = new Place({ "train.py": train });
    const words = ["run", "-p", "x=int:0:99", "--minimize", "loss", "--trials", "24", "-w", "1", "-s", "random", "--seed", "1"]; // prettier-ignore
    const { code } = await place.attune(...words, "--pruner", "median", "train.py");
    expect(code).toBe(0);
    const states = statesOf((await place.attune("show", "train.attune.jsonl", "--json")).stdout);
    expect(states).toMatchObject({ complete: expect.any(Number) as number, pruned: expect.any(Number) as number });
    const ours = new Place({ "tune.ts": TRAIN });
    await ours.attune("run", "tune.ts", "-e", "inline", "-w", "1", "--pruner", "median");
    expect(states).toEqual(statesOf((await ours.attune("show", "tune.attune.jsonl", "--json")).stdout));
  });

  it("judges what attune tell reports", async () => {
    const place = new Place();
    const about = ["-p", "x=int:0:99", "--minimize", "loss", "--trials", "20", "--pruner", "median"];
    for (let number = 0; number < 6; number++) {
      await place.attune("ask", "s.jsonl", ...(number === 0 ? about : []));
      const told = await place.attune("tell", "s.jsonl", String(number), "--step", "1", "--value", String(number));
      expect(told.stdout).toBe(number < 5 ? "continue\n" : "prune\n");
      await place.attune("tell", "s.jsonl", String(number), ...(number < 5 ? ["--value", "1"] : ["--pruned"]));
    }
  });
});

describe.concurrent("attune run --failures", () => {
  it("says how many failed trials are too many", async () => {
    const place = new Place({
      "tune.ts": program('space: { x: int(0, 999) }, sampler: "random", objective: () => { throw new Error("no"); }'),
    });
    const run = (...words: string[]) =>
      place.attune("run", "tune.ts", "-e", "inline", "-w", "1", "--trials", "30", "--fresh", ...words);
    expect((await run()).stderr).toContain("all of the first trials failed");
    const some = await run("--failures", "4");
    expect(some.stderr).toContain("4 failed in");
    expect(some.stderr).toContain("too many trials failed");
    expect((await run("--failures", "50%")).stderr).toContain("5 failed in");
    expect((await run("--failures", "any")).stderr).toContain("30 failed in");
    expect((await run("--failures", "few")).stderr).toContain("Expected `--failures` to be an integer");
  });
});
