import { openStudy } from "attune";
import * as samplers from "attune/samplers";
import { giveResult, givenJob, runJob, runProgram } from "./support/child.ts";
import { printMachine } from "./support/machine.ts";
import { findPython, peerProgram } from "./support/python.ts";
import { Sample } from "./support/sample.ts";
import { spaces } from "./support/spaces.ts";
import { printTable } from "./support/table.ts";

/** What one process does: all trials of one study in memory, and of the same again when the code is compiled. */
interface Job {
  readonly sampler: string;
  readonly space: string;
}
/** CPU microseconds per trial in the window before each of `POINTS`, and over all trials. */
interface Costs {
  readonly windows: readonly number[];
  readonly all: number;
}

const REPEATS = 5;
const WARM_UP = 3;
/** Numbers of trials, and how many trials before them are timed. */
const POINTS = [
  { n: 100, window: 50 },
  { n: 1_000, window: 200 },
  { n: 10_000, window: 1_000 },
] as const;
const PEERS: Readonly<Record<string, string>> = { random: "RandomSampler", genetic: "NSGAIISampler" };
const FINITE = new Set(["grid"]);

/** The costs in a fresh process, compilation on other threads included, and in one that has run `WARM_UP` studies. */
interface Ours {
  readonly fresh: Costs;
  readonly warm: Costs;
}

async function measure({ sampler, space }: Job): Promise<Costs> {
  const objectives = sampler === "genetic" ? ({ a: "minimize", b: "minimize" } as const) : undefined;
  const study = await openStudy({
    space: spaces[space]!,
    sampler,
    seed: 1,
    ...(objectives === undefined ? {} : { objectives }),
  });
  const last = POINTS.at(-1)!.n;
  const windows: number[] = [];
  let point = 0;
  const start = process.cpuUsage();
  let from = start;
  for (let n = 1; n <= last; n++) {
    const trial = await study.ask();
    if (trial === "wait" || trial === undefined) throw new Error(`Expected a trial, got ${trial}`);
    const { x0, x1 } = trial.params as { x0: number; x1: number };
    await study.tell(trial.number, objectives === undefined ? x0 + x1 : { a: x0 * x0 + x1, b: (x0 - 1) ** 2 + x1 });
    const { n: at, window } = POINTS[point]!;
    if (n === at - window) from = process.cpuUsage();
    if (n === at) {
      windows.push(micros(from) / window);
      point++;
    }
  }
  return { windows, all: micros(start) / last };
}

function micros(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return user + system;
}

function compare(python: string | undefined, sampler: string): string[][] {
  const names = Object.keys(spaces).filter((space) => FINITE.has(sampler) === (space === "6 ints"));
  return names.flatMap((space) => {
    const peer = python === undefined ? undefined : PEERS[sampler];
    const [ours, theirs]: [Ours[], Costs[]] = [[], []];
    for (let i = 0; i < REPEATS; i++) {
      ours.push(runJob<Job, Ours>("ask-tell", { sampler, space }));
      if (peer !== undefined) theirs.push(runProgram<Costs>(python!, [peerProgram("optuna_ask_tell"), peer, space]));
    }
    const row = (label: string, pick: (costs: Costs) => number): string[] => {
      const [fresh, warm] = [new Sample(ours.map((o) => pick(o.fresh))), new Sample(ours.map((o) => pick(o.warm)))];
      const its = new Sample(theirs.map(pick));
      const ratio = (sample: Sample): string => (its.n === 0 ? "–" : its.over(sample).text);
      const cells = [`${fresh.n}`, fresh.text, warm.text, warm.range, peer ?? "–", its.text];
      return [sampler, space, label, ...cells, ratio(fresh), ratio(warm)];
    };
    return [
      ...POINTS.map(({ n }, i) => row(n.toLocaleString("en-US"), (costs) => costs.windows[i]!)),
      row("all 10,000", (costs) => costs.all),
    ];
  });
}

const job = givenJob<Job>();
if (job !== undefined) {
  const fresh = await measure(job);
  for (let i = 1; i < WARM_UP; i++) await measure(job); // V8 compiles again for the second and third study
  giveResult({ fresh, warm: await measure(job) } satisfies Ours);
} else {
  const python = findPython();
  printMachine("ask-tell: CPU µs per trial (ask and tell) in the window before a number of trials", python);
  const head = ["sampler", "space", "trials", "n", "fresh process, µs", "warm, µs", "warm, min–max"];
  printTable(
    [...head, "peer", "its µs", "its / fresh", "its / warm"],
    Object.keys(samplers).flatMap((sampler) => compare(python, sampler)),
  );
}
