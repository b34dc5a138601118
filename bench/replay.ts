import { copyFileSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineSearch, openStudy } from "attune";
import { readJournal } from "../src/search/read-journal.ts";
import { giveResult, givenJob, runJob, runProgram } from "./support/child.ts";
import { printMachine } from "./support/machine.ts";
import { findPython, peerProgram } from "./support/python.ts";
import { digits, Sample } from "./support/sample.ts";
import { spaces } from "./support/spaces.ts";
import { printTable } from "./support/table.ts";

type What = "write" | "openStudy" | "readJournal";
interface Job {
  readonly what: What;
  readonly path: string;
}
interface Cost {
  readonly trials: number;
  readonly bytes: number;
  /** Seconds. */
  readonly wall: number;
  readonly cpu: number;
}

const REPEATS = 7;
const TRIALS = 100_000;
const PEER_TRIALS = 10_000;
const space = spaces["5 floats"]!;

const work: Readonly<Record<What, (path: string) => Promise<number>>> = {
  write: async (journal) => {
    const search = defineSearch({ space, sampler: "random", seed: 1, trials: TRIALS, objective: () => 0, journal });
    return (await search.start()).trials.length;
  },
  openStudy: async (journal) => {
    const study = await openStudy({ space, sampler: "random", seed: 1, journal });
    const trials = study.counted;
    await study.close();
    return trials;
  },
  readJournal: async (path) => (await readJournal(path)).result.trials.length,
};

async function measure({ what, path }: Job): Promise<Cost> {
  const { size: bytes } = what === "write" ? { size: 0 } : statSync(path);
  const [began, before] = [performance.now(), process.cpuUsage()];
  const trials = await work[what](path);
  const wall = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(before);
  return { trials, bytes, wall, cpu: (user + system) / 1e6 };
}

function compare(directory: string, python: string | undefined): void {
  const written = join(directory, "written.attune.jsonl");
  runJob<Job, Cost>("replay", { what: "write", path: written });
  const optuna = join(directory, "optuna.log");
  if (python !== undefined) runProgram(python, [peerProgram("optuna_replay"), "write", optuna, `${PEER_TRIALS}`]);
  const costs: Record<string, Cost[]> = { openStudy: [], readJournal: [], "Optuna JournalFile": [] };
  for (let i = 0; i < REPEATS; i++) {
    for (const what of ["openStudy", "readJournal"] as const) {
      const path = join(directory, `copy-${what}-${i}.attune.jsonl`);
      copyFileSync(written, path);
      costs[what]!.push(runJob<Job, Cost>("replay", { what, path }));
    }
    if (python !== undefined)
      costs["Optuna JournalFile"]!.push(runProgram<Cost>(python, [peerProgram("optuna_replay"), "read", optuna]));
  }
  const micros = ({ cpu, trials }: Cost): number => (cpu / trials) * 1e6;
  const peers = new Sample(costs["Optuna JournalFile"]!.map(micros));
  const rows = Object.entries(costs).flatMap(([name, all]) => {
    if (all.length === 0) return [];
    const [walls, each] = [new Sample(all.map(({ wall }) => wall)), new Sample(all.map(micros))];
    const { trials, bytes } = all[0]!;
    const size = `${digits(bytes / 1e6)} MB, ${digits(bytes / trials)} B`;
    const ratio = peers.n === 0 || name.startsWith("Optuna") ? "–" : peers.over(each).text;
    return [[name, trials.toLocaleString("en-US"), size, `${walls.n}`, walls.text, walls.range, each.text, ratio]];
  });
  const head = ["what", "trials", "file, per trial", "n", "wall s, median [quartiles]", "min–max"];
  printTable([...head, "CPU µs per trial", "Optuna / this, per trial"], rows);
}

const job = givenJob<Job>();
if (job !== undefined) giveResult(await measure(job));
else {
  const python = findPython();
  printMachine("replay: opening a finished journal of 5 floats in a fresh process", python);
  const directory = mkdtempSync(join(tmpdir(), "attune-replay-"));
  try {
    compare(directory, python);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
