import { describe, expect, it } from "vitest";
import { Place } from "./attune.ts";

const PROGRAM = `import { appendFileSync } from "node:fs";
import { float, inline } from "attune";
import { defineJobs } from "attune/jobs";

export default defineJobs({
  template: { name: "job", run: ({ x }, trial, job) => {
    console.log("runs", job.name, job.plan.settings.a);
    return x + job.plan.settings.a - 1;
  }, settings: { a: 1 } },
  space: { x: float(0, 1, { default: 0.5 }) },
  labels: { name: (base) => base + "@" + process.pid, project: "p" },
  hooks: {
    createJob: ({ number }, make) => (appendFileSync("made", number + "\\n"), make({ settings: { a: 2 } })),
    monitorJob: () => true,
    completed: ({ number, id }) => appendFileSync("completed", number + " " + id + "\\n"),
  },
  trials: 6,
  seed: 1,
});
`;
const numbers = (text: string): number[] =>
  text
    .trim()
    .split("\n")
    .map((line) => Number(line.split(" ")[0]));

describe("attune run of jobs", () => {
  it.each(["inline", "isolated", "threads"])("makes each job once, and runs it with %s", async (evaluator) => {
    const place = new Place({ "jobs.ts": PROGRAM });
    const { code, stdout, stderr } = await place.attune(
      "run",
      "jobs.ts",
      "--evaluator",
      evaluator,
      "--no-check",
      "-w",
      "2",
    );
    expect([code, stderr]).toEqual([0, expect.stringContaining("6 complete, and the baseline")]);
    expect(stdout).toContain("Best: trial");
    expect(numbers(place.read("made")).sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(numbers(place.read("completed")).sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(place.read("jobs.attune.csv")).toMatch(/\n0,complete,baseline,.*,0\.5,1\.5,/);
  });

  it("resumes: the jobs of before keep their names, further ones are made", async () => {
    const place = new Place({ "jobs.ts": PROGRAM });
    await place.attune("run", "jobs.ts", "--no-check", "--trials", "2");
    const names = (): (string | undefined)[] =>
      Array.from(place.read("jobs.attune.jsonl").matchAll(/"trial-placed".*?"name":"(.*?)"/g), ([, name]) => name);
    const before = names();
    expect(before).toHaveLength(3);
    const { code } = await place.attune("resume", "jobs.attune.jsonl", "--trials", "4");
    expect(code).toBe(0);
    expect(names().slice(0, 3)).toEqual(before);
    expect(names()).toHaveLength(5);
    expect(new Set(names()).size).toBe(2);
    expect(numbers(place.read("completed"))).toEqual([0, 1, 2, 3, 4]);
  });
});
