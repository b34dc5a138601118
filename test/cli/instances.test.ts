import { describe, expect, it } from "vitest";
import { readCsv } from "../../src/formats/csv.ts";
import { python3 } from "../equipment.ts";
import { jsonLines, Place } from "./attune.ts";

/** A command that takes as long as x is away from what the instance likes. */
const BENCH = `import { appendFileSync } from "node:fs";
const [x, at] = process.argv.slice(2).map(Number);
appendFileSync("runs.txt", \`\${process.env.ATTUNE_TRIAL} \${process.env.ATTUNE_INSTANCE} \${process.env.ATTUNE_BASELINE}\\n\`);
if (x === 2 && at === 6) { console.error("cannot"); process.exit(3); }
console.log(JSON.stringify({ ms: 10 + (x - at) ** 2 }));
`;
const WORDS = ["-p", "x=int:1:9", "--baseline", "x=1", "--minimize", "ms", "--seed", "1", "-w", "1", "-s", "grid"];
const INSTANCES = ["--instance", "4", "--instance", "6", "--holdout", "7"];
const COMMAND = ["--", process.execPath, "bench.mjs", "{x}", "{instance}"];
const RUN = ["run", "--no-check", "-n", "9", "-j", "j.jsonl", ...WORDS, ...INSTANCES];

describe.concurrent("instances on the command line", () => {
  it("are measured by every trial, told, exported, and held out for validate", async () => {
    const place = new Place({ "bench.mjs": BENCH });
    const ran = await place.attune(...RUN, ...COMMAND);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain("each trial is measured on 2 instances; 1 further one held out\n");
    expect(ran.stdout).toMatch(/Best: trial \d, ms 11 \(−59\.2 % against the baseline's 27\)/);
    expect(ran.stdout).toContain("`node` exited with code 3".replace("node", process.execPath));
    expect(ran.stdout).toContain("on instance 6: ");
    const runs = place.read("runs.txt").trimEnd().split("\n");
    expect(runs.some((line) => line.includes(" 7 "))).toBe(false);
    expect(runs).toHaveLength(18);

    const best = (await place.attune("best", "--per-instance", "j.jsonl")).stdout;
    expect(best).toMatch(/^ +4 +\d +10 +−47\.3 % +11 +4$/m);
    expect(best).toMatch(/^ +6 +\d +10 +−71\.4 % +11 +6$/m);
    expect(best).toContain("The best of 2 trials for each instance: ms 10, −9.09 % against trial");
    const json = jsonLines((await place.attune("best", "--per-instance", "--json", "j.jsonl")).stdout);
    expect(json).toMatchObject([
      { objective: "ms", instance: "4", value: 10, trial: { params: { x: 4 } } },
      { objective: "ms", instance: "6", value: 10, trial: { params: { x: 6 } } },
    ]);
    const few = (await place.attune("best", "--portfolio", "2", "j.jsonl")).stdout;
    expect(few).toMatch(/2 trials serve all instances best: ms 10/);
    expect((await place.attune("best", "--portfolio", "0", "j.jsonl")).code).toBe(2);
    expect((await place.attune("best", "--portfolio", "2", "--top", "3", "j.jsonl")).stderr).toContain(
      "--portfolio and --top exclude each other",
    );

    const { number } = jsonLines((await place.attune("best", "--json", "j.jsonl")).stdout)[0] as { number: number };
    const shown = (await place.attune("show", "--trial", String(number), "j.jsonl")).stdout;
    expect(shown).toMatch(/^trial \d +complete, from sampler/);
    expect(shown).toMatch(/^ +4 +11 +−42\.1 %/m);
    expect(shown).toMatch(/^ +6 +11 +−68\.5 %/m);
    const one = jsonLines((await place.attune("show", "--trial", String(number), "--json", "j.jsonl")).stdout)[0] as {
      reports: { instance: string }[];
    };
    expect(one.reports.map(({ instance }) => instance).sort()).toEqual(["4", "6"]);
    expect((await place.attune("show", "--trial", "99", "j.jsonl")).code).toBe(2);

    const [head, ...rows] = readCsv((await place.attune("export", "j.jsonl")).stdout);
    const column = head!.indexOf("instances.ms.4");
    expect(rows.map((row) => Number(row[column]))).toContain(19);

    const validated = await place.attune("validate", "j.jsonl", "--top", "1", "--json");
    const report = JSON.parse(validated.stdout) as { on: string; candidates: { instances: object[] }[] };
    expect(report.on).toBe("holdout");
    expect(report.candidates[0]!.instances).toMatchObject([{ instance: "7", baseline: 46, value: 14 }]);
    const again = place.read("runs.txt").trimEnd().split("\n").slice(18);
    expect(new Set(again.map((line) => line.split(" ")[1]))).toEqual(new Set(["7"]));
    expect((await place.attune("validate", "j.jsonl", "--on", "houldout")).code).toBe(2);

    const resumed = await place.attune("resume", "j.jsonl", "--trials", "9");
    expect(resumed.code).toBe(0);
    const other = await place.attune(...RUN, "--instance", "8", ...COMMAND);
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining("trials of another search")]);
  });

  it("are printed as a program, and refused where they mean nothing", async () => {
    const place = new Place({ "bench.mjs": BENCH });
    const printed = (await place.attune(...RUN, "--print", ...COMMAND)).stdout;
    expect(printed).toContain('objective: instances({ over: ["4", "6"], holdout: ["7"] }, command([');
    const fails = async (...words: string[]): Promise<string> => {
      const { code, stderr } = await place.attune("run", ...WORDS, ...words);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await fails("--holdout", "7", ...COMMAND)).toContain("Expected --instance beside --holdout");
    expect(await fails(...COMMAND)).toContain("Unknown placeholder `{instance}`");
    expect(await fails("--instance", "4", "--instance", "4", ...COMMAND)).toContain("to have different names");
    place.write("tune.ts", "");
    expect((await place.attune("run", "tune.ts", "--instance", "4")).stderr).toContain("--instance needs --param");
  });

  it.runIf(python3.found)("reach a Python function of a search in JSON", async () => {
    const place = new Place({
      "train.py": "def objective(params, trial):\n    return {'loss': params['x'] * trial.instance['scale']}\n",
      "search.json": JSON.stringify({
        space: { x: { type: "int", low: 1, high: 4 } },
        objective: { python: "train.py" },
        instances: {
          over: [
            { name: "fold 1", scale: 1 },
            { name: "fold 2", scale: 3 },
          ],
          reduce: { quantile: 1 },
        },
        objectives: { loss: "minimize" },
        trials: 4,
        sampler: "grid",
      }),
    });
    const { code, stdout } = await place.attune("run", "search.json", "--json", "-q");
    expect(code).toBe(0);
    const best = JSON.parse(stdout) as { values: object; reports: { instance: string; values: object }[] };
    expect(best.values).toEqual({ loss: 3 });
    expect(Object.fromEntries(best.reports.map(({ instance, values }) => [instance, values]))).toEqual({
      "fold 1": { loss: 1 },
      "fold 2": { loss: 3 },
    });
  });
});
