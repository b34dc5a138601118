import { closeSync, fdatasync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineSearch, file, float, inline, processes, timeLimit } from "attune";
import { giveResult, givenJob, runJob, runProgram } from "./support/child.ts";
import { printMachine } from "./support/machine.ts";
import { findPython, peerProgram } from "./support/python.ts";
import { Sample } from "./support/sample.ts";
import { printTable } from "./support/table.ts";

/** One search with an objective that does nothing. */
interface Job {
  readonly workers: number;
  readonly evaluator: "inline" | "processes";
  readonly journal: "none" | "file" | "file, each finish synced";
  readonly trials: number;
  /** With a time limit that is not reached. */
  readonly limited?: true;
}
interface Speed {
  /** Trials per second, from the first finish to the last. */
  readonly rate: number;
  /** Seconds of that. */
  readonly wall: number;
  /** CPU microseconds per trial of the main process, opening and result included. */
  readonly cpu: number;
}

const REPEATS = 5;
const JOBS: readonly Job[] = [
  { evaluator: "inline", workers: 1, journal: "none", trials: 200_000 },
  { evaluator: "inline", workers: 1, journal: "none", trials: 200_000, limited: true },
  { evaluator: "inline", workers: 1, journal: "file", trials: 40_000 },
  { evaluator: "inline", workers: 1, journal: "file, each finish synced", trials: 15_000 },
  { evaluator: "processes", workers: 2, journal: "none", trials: 50_000 },
  { evaluator: "processes", workers: 2, journal: "file", trials: 25_000 },
  { evaluator: "processes", workers: 2, journal: "file, each finish synced", trials: 15_000 },
];
/** How many appends the bare disk is given. */
const SYNCS = 5_000;
const PEERS: Readonly<Record<Job["journal"], readonly [name: string, ...args: string[]]>> = {
  none: ["Optuna, memory", "memory", "25000"],
  file: ["Optuna, JournalFile", "journal", "2000"],
  "file, each finish synced": ["170 bytes and fdatasync"],
};

/** What `durability: "each"` cannot beat: a loop of one append and one sync. */
async function measureDisk(): Promise<Speed> {
  const directory = mkdtempSync(join(tmpdir(), "attune-throughput-"));
  const fd = openSync(join(directory, "bare"), "a");
  const line = Buffer.alloc(170, "x");
  const began = performance.now();
  for (let i = 0; i < SYNCS; i++) {
    writeSync(fd, line);
    await new Promise((resolve) => fdatasync(fd, resolve));
  }
  const wall = (performance.now() - began) / 1000;
  closeSync(fd);
  rmSync(directory, { recursive: true });
  return { rate: SYNCS / wall, wall, cpu: 0 };
}

async function measure({ evaluator, workers, journal, trials, limited }: Job): Promise<Speed> {
  const directory = mkdtempSync(join(tmpdir(), "attune-throughput-"));
  try {
    const durability = journal === "file" ? "grouped" : "each";
    const search = defineSearch({
      space: { x0: float(0, 1), x1: float(0, 1), x2: float(0, 1), x3: float(0, 1), x4: float(0, 1) },
      sampler: "random",
      seed: 1,
      trials,
      ...(limited ? { stop: timeLimit(600_000) } : {}),
      objective: () => 0,
      evaluator: evaluator === "inline" ? inline({ workers }) : processes({ workers }),
      ...(journal === "none" ? {} : { journal: file(join(directory, "bench.attune.jsonl"), { durability }) }),
    });
    const before = process.cpuUsage();
    const result = await search.start({ module: fileURLToPath(new URL("fixtures/empty.mjs", import.meta.url)) });
    const { user, system } = process.cpuUsage(before);
    const ends = result.trials.map(({ finishedAt }) => finishedAt!);
    const [first, last] = range(ends);
    const wall = (last - first) / 1000;
    return { rate: (ends.length - 1) / wall, wall, cpu: (user + system) / ends.length };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The least and the greatest of many numbers. */
function range(values: readonly number[]): [number, number] {
  return values.reduce<[number, number]>(
    ([low, high], x) => [Math.min(low, x), Math.max(high, x)],
    [Infinity, -Infinity],
  );
}

function compare(python: string | undefined): string[][] {
  return JOBS.map((of) => {
    const { evaluator, workers, journal, limited } = of;
    const [ours, theirs]: [Speed[], Speed[]] = [[], []];
    const [peer, ...args] = PEERS[journal];
    const bare = args.length === 0;
    const program = [peerProgram("optuna_throughput"), ...args];
    for (let i = 0; i < REPEATS; i++) {
      ours.push(runJob<Job, Speed>("throughput", of));
      if (bare) theirs.push(runJob<"disk", Speed>("throughput", "disk"));
      else if (python !== undefined) theirs.push(runProgram<Speed>(python, program));
    }
    const [rates, others] = [ours, theirs].map((runs) => new Sample(runs.map(({ rate }) => rate))) as [Sample, Sample];
    return [
      `${evaluator}, ${workers}${limited ? ", a time limit" : ""}`,
      journal,
      `${rates.n}`,
      rates.text,
      rates.range,
      new Sample(ours.map(({ wall }) => wall)).range,
      new Sample(ours.map(({ cpu }) => cpu)).text,
      others.n === 0 ? "–" : peer,
      others.text,
      others.n === 0 ? "–" : rates.over(others).text,
    ];
  });
}

const job = givenJob<Job | "disk">();
if (job !== undefined) giveResult(await (job === "disk" ? measureDisk() : measure(job)));
else {
  const python = findPython();
  printMachine("throughput: trials per second with an empty objective, random, 5 floats", python);
  const head = [
    "evaluator",
    "journal",
    "n",
    "trials/s, median [quartiles]",
    "min–max",
    "s per run",
    "main CPU µs/trial",
  ];
  printTable([...head, "peer, 1 worker", "its trials/s", "attune / peer"], compare(python));
}
