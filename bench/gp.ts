import { createRandom } from "attune";
import { gp } from "attune/samplers";
import { defineSpace, float } from "attune/space";
import { giveResult, givenJob, runJob, runProgram } from "./support/child.ts";
import { printMachine } from "./support/machine.ts";
import { findPython, peerProgram } from "./support/python.ts";
import { digits, Sample } from "./support/sample.ts";
import { printTable } from "./support/table.ts";

/** What one process does: tells so many random trials, and then asks and tells. */
interface Job {
  readonly floats: number;
  readonly trials: number;
  readonly asks: number;
}

const REPEATS = 3;
const JOBS: readonly Job[] = [5, 20].flatMap((floats) => [100, 500].map((trials) => ({ floats, trials, asks: 20 })));

/** CPU milliseconds of every ask and tell, compilation and what it does on other threads included. */
async function measure({ floats, trials, asks }: Job): Promise<number[]> {
  const space = defineSpace(Object.fromEntries(Array.from({ length: floats }, (_, i) => [`x${i}`, float(0, 1)])));
  const random = createRandom(1);
  const { cube } = space;
  const setting = { cube, objectives: 1, constraints: 0, random, warn: () => undefined };
  const sampler = gp().create(setting);
  const tell = (number: number, unit: Float64Array): void => {
    const loss = unit.reduce((sum, x, i) => sum + (x - 0.3) ** 2 * (1 + i), 0);
    const [state, constraints, cost, duration, reports] = ["complete" as const, [], 1, 1, []];
    sampler.tell({ number, state, unit, losses: [loss], constraints, cost, duration, reports });
  };
  for (let number = 0; number < trials; number++)
    tell(
      number,
      cube.draw(() => random.uniform()),
    );
  const times: number[] = [];
  for (let number = trials; number < trials + asks; number++) {
    const start = process.cpuUsage();
    const answer = await sampler.ask({ number, running: [], random: random.fork(number), taken: () => false });
    if (typeof answer === "string") throw new Error(`Expected a suggestion, got ${answer}`);
    tell(number, cube.settle(answer.unit)!);
    const { user, system } = process.cpuUsage(start);
    times.push((user + system) / 1e3);
  }
  return times;
}

const job = givenJob<Job>();
if (job !== undefined) giveResult(await measure(job));
else {
  // the peer needs them all
  const python = ["optuna", "torch", "scipy"].map((name) => findPython(name)).reduce((a, b) => a && b);
  printMachine("gp: CPU ms per trial (ask and tell) after a number of random trials", python);
  const rows = JOBS.map((job) => {
    const [ours, theirs]: [number[], number[]] = [[], []];
    for (let i = 0; i < REPEATS; i++) {
      ours.push(...runJob<Job, number[]>("gp", job));
      const args = [job.floats, job.trials, job.asks].map(String);
      if (python !== undefined) theirs.push(...runProgram<number[]>(python, [peerProgram("optuna_gp"), ...args]));
    }
    const cells = [ours, theirs].flatMap((times) => {
      const sample = new Sample(times);
      return times.length === 0 ? ["–", "–"] : [sample.text, digits(times.reduce((a, b) => a + b, 0) / times.length)];
    });
    return [`${job.floats} floats`, `${job.trials}`, `${ours.length}`, ...cells];
  });
  printTable(["space", "trials", "asks", "attune's gp", "mean", "Optuna's GPSampler", "mean"], rows);
}
