import { openStudy } from "attune";
import { giveResult, givenJob, runJob } from "./support/child.ts";
import { printMachine } from "./support/machine.ts";
import { Sample } from "./support/sample.ts";
import { spaces } from "./support/spaces.ts";
import { printTable } from "./support/table.ts";

interface Job {
  readonly sampler: string;
  readonly space: string;
}
/** Growth in bytes per trial. */
interface Growth {
  /** Of the heap and the buffers outside it, after a collection. */
  readonly held: number;
  /** Of the resident set. */
  readonly resident: number;
}

const REPEATS = 5;
/** Trials before the first look: code is compiled, tables have their size. */
const BEFORE = 2_000;
const TRIALS = 10_000;

async function measure({ sampler, space }: Job): Promise<Growth> {
  const study = await openStudy({ space: spaces[space]!, sampler, seed: 1 });
  const run = async (trials: number): Promise<void> => {
    for (let i = 0; i < trials; i++) {
      const trial = await study.ask();
      if (trial === "wait" || trial === undefined) throw new Error(`Expected a trial, got ${trial}`);
      await study.tell(trial.number, (trial.params as { x0: number }).x0);
    }
  };
  await run(BEFORE);
  const [held, resident] = look();
  await run(TRIALS);
  const after = look();
  return { held: (after[0] - held) / TRIALS, resident: (after[1] - resident) / TRIALS };
}

function look(): [held: number, resident: number] {
  for (let i = 0; i < 3; i++) globalThis.gc!();
  const { heapUsed, external, rss } = process.memoryUsage();
  return [heapUsed + external, rss];
}

const job = givenJob<Job>();
if (job !== undefined) giveResult(await measure(job));
else {
  printMachine(`memory: growth over ${TRIALS.toLocaleString("en-US")} trials of a study in memory, after collection`);
  const rows = ["random", "genetic"].flatMap((sampler) =>
    ["5 floats", "20 floats"].map((space) => {
      const growths = Array.from({ length: REPEATS }, () =>
        runJob<Job, Growth>("memory", { sampler, space }, ["--expose-gc"]),
      );
      const held = new Sample(growths.map((growth) => growth.held));
      const resident = new Sample(growths.map((growth) => growth.resident));
      return [sampler, space, `${held.n}`, held.text, held.range, resident.text, resident.range];
    }),
  );
  printTable(
    ["sampler", "space", "n", "heap and buffers, bytes per trial", "min–max", "resident, bytes per trial", "min–max"],
    rows,
  );
}
