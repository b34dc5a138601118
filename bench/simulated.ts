import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineSearch, float, median, simulated } from "attune";
import { giveResult, givenJob, runJob } from "./support/child.ts";
import { printMachine } from "./support/machine.ts";
import { Sample } from "./support/sample.ts";
import { printTable } from "./support/table.ts";

/** One simulated search, whose trials take 1 to 3 hours each. */
interface Job {
  readonly sampler: "random" | "tpe";
  readonly workers: number;
  readonly journal: boolean;
  /** Each trial reports so often, and the median pruner stops some. */
  readonly reports: number;
  readonly trials: number;
}
interface Speed {
  /** Real seconds from the start to the result. */
  readonly wall: number;
  /** Virtual hours from the first start to the last end. */
  readonly hours: number;
  readonly pruned: number;
}

const HOUR = 3_600_000;
const REPEATS = 5;
const JOBS: readonly Job[] = [
  { sampler: "random", workers: 8, journal: false, reports: 0, trials: 10_000 },
  { sampler: "random", workers: 1_000, journal: false, reports: 0, trials: 10_000 },
  { sampler: "random", workers: 8, journal: true, reports: 0, trials: 10_000 },
  { sampler: "random", workers: 8, journal: false, reports: 10, trials: 10_000 },
  { sampler: "tpe", workers: 8, journal: false, reports: 0, trials: 2_000 },
];

async function measure({ sampler, workers, journal, reports, trials }: Job): Promise<Speed> {
  const directory = mkdtempSync(join(tmpdir(), "attune-simulated-"));
  try {
    const length = reports === 0 ? { duration: HOUR } : { step: HOUR / reports };
    const search = defineSearch({
      space: { x0: float(0, 1), x1: float(0, 1), x2: float(0, 1), x3: float(0, 1), x4: float(0, 1) },
      objective: async ({ x0, x1 }, trial) => {
        for (let step = 1; step <= reports; step++) await trial.report(step, x0 + x1 / step);
        return x0;
      },
      sampler,
      seed: 1,
      trials,
      evaluator: simulated({
        workers,
        ...Object.fromEntries(
          Object.entries(length).map(([name, ms]) => [
            name,
            ({ random }: { random: { uniform(): number } }) => Math.round(ms * (1 + 2 * random.uniform())),
          ]),
        ),
      }),
      ...(reports === 0 ? {} : { pruner: median() }),
      ...(journal ? { journal: join(directory, "bench.attune.jsonl") } : {}),
    });
    const began = performance.now();
    const result = await search.start();
    const wall = (performance.now() - began) / 1000;
    const last = result.trials.reduce((end, { finishedAt = 0 }) => Math.max(end, finishedAt), 0);
    const pruned = result.trials.filter(({ state }) => state === "pruned").length;
    return { wall, hours: (last - result.trials[0]!.startedAt!) / HOUR, pruned };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const job = givenJob<Job>();
if (job !== undefined) giveResult(await measure(job));
else {
  printMachine("simulated: simulated trials per second, 5 floats, hours of virtual time each");
  printTable(
    [
      "sampler",
      "workers",
      "journal",
      "reports",
      "trials",
      "n",
      "trials/s, median [quartiles]",
      "min–max",
      "virtual hours",
    ],
    JOBS.map((each) => {
      const runs = Array.from({ length: REPEATS }, () => runJob<Job, Speed>("simulated", each));
      const rates = new Sample(runs.map(({ wall }) => each.trials / wall));
      const { hours, pruned } = runs[0]!;
      const reports = each.reports === 0 ? "none" : `${each.reports}, ${pruned} pruned`;
      const cells = [each.sampler, `${each.workers}`, each.journal ? "file" : "none", reports, `${each.trials}`];
      return [...cells, `${rates.n}`, rates.text, rates.range, Math.round(hours).toLocaleString("en-US")];
    }),
  );
}
