import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineSearch, optuna } from "attune";
import { giveResult, givenJob, runJob, runProgram } from "./support/child.ts";
import { printMachine } from "./support/machine.ts";
import { findPython, peerProgram } from "./support/python.ts";
import { digits, Sample } from "./support/sample.ts";
import { spaces } from "./support/spaces.ts";
import { printTable } from "./support/table.ts";

interface Job {
  /** Where the study is mirrored to; none is mirrored without. */
  readonly mirror?: string;
  readonly journal: string;
}
interface Search {
  /** Seconds until the last trial had ended, and until everything was written. */
  readonly trials: number;
  readonly all: number;
}
interface Reload {
  readonly trials: number;
  readonly bytes: number;
  readonly wall: number;
  readonly cpu: number;
}

const REPEATS = 5;
const TRIALS = 10_000;

async function measure({ mirror, journal }: Job): Promise<Search> {
  const began = performance.now();
  let last = began;
  const handle = defineSearch({
    space: spaces["5 floats"]!,
    sampler: "random",
    seed: 1,
    trials: TRIALS,
    objective: () => 0,
    journal,
    trackers: mirror === undefined ? [] : [optuna({ file: mirror, study: "s" })],
  }).start();
  handle.watch(({ event }) => {
    if (event.type === "trial-finished") last = performance.now();
  });
  await handle;
  return { trials: (last - began) / 1000, all: (performance.now() - began) / 1000 };
}

function compare(directory: string, python: string | undefined): void {
  const runs: Record<string, Search[]> = { "without a mirror": [], "with a mirror": [] };
  for (let i = 0; i < REPEATS; i++)
    for (const name of Object.keys(runs)) {
      const journal = join(directory, `${name} ${i}.jsonl`);
      const mirror = name === "with a mirror" ? { mirror: join(directory, `mirror-${i}.log`) } : {};
      runs[name]!.push(runJob<Job, Search>("optuna-mirror", { journal, ...mirror }));
    }
  const rows = Object.entries(runs).map(([name, all]) => {
    const ended = new Sample(all.map(({ trials }) => trials));
    const written = new Sample(all.map(({ all }) => all));
    const rate = new Sample(all.map(({ all }) => TRIALS / all));
    return [name, `${ended.n}`, ended.text, written.text, rate.text];
  });
  printTable(["search", "n", "s until the last trial ended", "s until all is written", "trials/s in all"], rows);
  if (python === undefined) return;
  console.log();
  const theirs = join(directory, "theirs.log");
  runProgram(python, [peerProgram("optuna_replay"), "write", theirs, `${TRIALS}`]);
  const files = { "mirrored by attune": join(directory, "mirror-0.log"), "written by Optuna": theirs };
  const reloads: Record<string, Reload[]> = {};
  for (let i = 0; i < REPEATS; i++)
    for (const [name, file] of Object.entries(files))
      (reloads[name] ??= []).push(runProgram<Reload>(python, [peerProgram("optuna_replay"), "read", file]));
  const loads = Object.entries(reloads).map(([name, all]) => {
    const [wall, cpu] = [new Sample(all.map(({ wall }) => wall)), new Sample(all.map(({ cpu }) => cpu))];
    const { trials, bytes } = all[0]!;
    return [
      name,
      trials.toLocaleString("en-US"),
      `${digits(bytes / 1e6)} MB`,
      `${wall.n}`,
      wall.text,
      wall.range,
      cpu.text,
    ];
  });
  printTable(["journal", "trials", "file", "n", "reload s, median [quartiles]", "min–max", "CPU s"], loads);
  console.log(
    `\nThe mirror of one search: ${digits(statSync(files["mirrored by attune"]).size / TRIALS)} B per trial.`,
  );
}

const job = givenJob<Job>();
if (job !== undefined) giveResult(await measure(job));
else {
  const python = findPython();
  printMachine(`optuna-mirror: ${TRIALS.toLocaleString("en-US")} trials of 5 floats`, python);
  const directory = mkdtempSync(join(tmpdir(), "attune-optuna-mirror-"));
  try {
    compare(directory, python);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
