import { createRandom } from "attune";
import { cmaEs, nsga2, tpe } from "attune/samplers";
import { defineSpace } from "attune/space";
import { giveResult, givenJob, runJob, runProgram } from "./support/child.ts";
import { printMachine } from "./support/machine.ts";
import { findPython, peerProgram } from "./support/python.ts";
import { digits, Sample } from "./support/sample.ts";
import { spaces } from "./support/spaces.ts";
import { printTable } from "./support/table.ts";

/** A sampler without a study, after so many trials at random places; `fresh` begins another one after as many trials. */
interface Job {
  readonly sampler: keyof typeof SAMPLERS;
  readonly space: string;
  readonly objectives: 1 | 2;
  readonly told: number;
  readonly asks: number;
  readonly fresh?: number;
}
interface Costs {
  /** CPU microseconds for an ask and a tell, in each of several blocks. */
  readonly blocks: readonly number[];
  /** The same for 20 million steps of a loop, before and after: how fast the processor was. */
  readonly loop: readonly number[];
  /** What the sampler holds of each trial told at random, in bytes. */
  readonly held: number;
}

const SAMPLERS = { cmaEs, nsga2, tpe };
const REPEATS = 3;
const BLOCKS = 5;
const JOBS: readonly Job[] = [
  { sampler: "tpe", space: "5 floats", objectives: 1, told: 1_000, asks: 100 },
  { sampler: "tpe", space: "20 floats", objectives: 1, told: 10_000, asks: 40 },
  { sampler: "tpe", space: "mixed", objectives: 1, told: 10_000, asks: 40 },
  { sampler: "tpe", space: "20 floats", objectives: 2, told: 10_000, asks: 40 },
  { sampler: "cmaEs", space: "20 floats", objectives: 1, told: 0, asks: 10_000, fresh: 5_000 },
  { sampler: "nsga2", space: "20 floats", objectives: 2, told: 10_000, asks: 4_000 },
];

function measure({ sampler, space, objectives, told, asks, fresh = Infinity }: Job): Costs {
  const { cube } = defineSpace(spaces[space]!);
  const random = createRandom(1);
  let count = 0;
  const create = () =>
    SAMPLERS[sampler]().create({ cube, objectives, constraints: 0, random: random.fork(`${count}`), warn: () => {} });
  let subject = create();
  const tell = (point: ArrayLike<number>, more: object): void => {
    const unit = Float64Array.from(point);
    let sum = 0;
    for (let i = 0; i < unit.length; i++) sum += (i + 1) * (unit[i]! - 0.3) ** 2;
    const losses = objectives === 1 ? [sum] : [sum, unit[0]!];
    const rest = { constraints: [], cost: 1, duration: 1, reports: [] };
    subject.tell({ number: count++, state: "complete", unit, losses, ...rest, ...more });
  };
  const ask = (): void => {
    if (count % fresh === 0) subject = create();
    const ours = random.fork(count);
    const answer = subject.ask({ number: count, running: [], random: ours, taken: () => false });
    if (answer instanceof Promise || typeof answer === "string") throw new Error("Expected a point at once");
    tell(answer.unit, { memo: answer.memo, generation: answer.generation });
  };
  const fill = random.fork("points");
  // what is told is looked at with the next ask; the first ones are to make room for the tables of any size
  const tellSome = (trials: number): void => {
    for (let i = 0; i < trials; i++)
      tell(
        cube.draw(() => fill.uniform()),
        {},
      );
    if (trials > 0) ask();
  };
  tellSome(told / 5);
  const before = heap();
  tellSome(told - told / 5);
  const held = told === 0 ? 0 : (heap() - before) / (told - told / 5);
  for (let i = 0; i < asks; i++) ask();
  loop();
  const first = loop();
  const blocks = Array.from(
    { length: BLOCKS },
    () =>
      micros(() => {
        for (let i = 0; i < asks; i++) ask();
      }) / asks,
  );
  return { blocks, loop: [first, loop()], held };
}

function micros(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

function loop(): number {
  let sum = 0;
  return micros(() => {
    for (let i = 0; i < 2e7; i++) sum += (i - sum) * 1e-9;
  });
}

function heap(): number {
  for (let i = 0; i < 4; i++) globalThis.gc!();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const job = givenJob<Job>();
if (job !== undefined) giveResult(measure(job));
else {
  const python = findPython();
  printMachine("sampler-cost: CPU µs of an ask and a tell of a sampler alone, and what it holds of a trial", python);
  const rows = JOBS.map((one) => {
    const [ours, theirs]: [Costs[], number[]] = [[], []];
    for (let i = 0; i < REPEATS; i++) {
      ours.push(runJob<Job, Costs>("sampler-cost", one, ["--expose-gc"]));
      if (python === undefined || one.sampler !== "tpe") continue;
      const args = [one.space, `${one.objectives}`, `${one.told}`];
      theirs.push(runProgram<number>(python, [peerProgram("optuna_tpe"), ...args]));
    }
    const cost = new Sample(ours.map(({ blocks }) => new Sample(blocks).median));
    const its = new Sample(theirs);
    const ratio = its.n === 0 ? "–" : its.over(cost).text;
    const speed = new Sample(ours.flatMap((costs) => costs.loop)).range;
    const held = one.told === 0 ? "–" : digits(new Sample(ours.map((costs) => costs.held)).median);
    const name = `${one.sampler}${one.objectives === 1 ? "" : ", 2 objectives"}`;
    const told = one.told.toLocaleString("en-US");
    return [name, one.space, told, `${cost.n}`, cost.text, speed, its.text, ratio, held];
  });
  const head = ["sampler", "space", "trials told", "n", "µs", "the loop, µs", "Optuna's TPE, µs", "its / ours"];
  printTable([...head, "bytes held per trial"], rows);
}
