import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { choice, defineSearch, defineSpace, float, importance, int, random, type SearchResult } from "attune";
import { giveResult, givenJob, runJob } from "./support/child.ts";
import { printMachine } from "./support/machine.ts";
import { findPython, peerProgram } from "./support/python.ts";
import { kendall, spearman } from "./support/rank.ts";
import { Sample } from "./support/sample.ts";
import { printTable } from "./support/table.ts";

type Method = "ped-anova" | "fanova";
interface Job {
  readonly method: Method;
  readonly trials: number;
}
interface Found {
  readonly seconds: number;
  readonly shares: Readonly<Record<string, number>>;
}

const METHODS: readonly Method[] = ["ped-anova", "fanova"];
const TRIALS = [1_000, 3_000, 10_000];
/** How often each is run, and the milliseconds after which a peer is ended. */
const [REPEATS, CAP] = [3, 300_000];

/** 20 parameters: those of number i count 0.7 ** i, of every kind alike. */
const space = Object.fromEntries(
  Array.from({ length: 20 }, (_, i) => {
    const kinds = [
      float(0, 1),
      float(1e-4, 1, { log: true }),
      int(1, 64, { log: true }),
      int(0, 9),
      choice(["a", "b", "c", "d"]),
    ];
    return [`p${i}`, kinds[i % kinds.length]!];
  }),
);

/** A sum of bowls and steps over the parameters' places in [0, 1], and noise of its size at the tenth. */
async function recorded(trials: number): Promise<SearchResult> {
  const known = defineSpace(space);
  return defineSearch({
    space,
    sampler: random(),
    evaluator: "inline",
    seed: 7,
    trials,
    objective: (params, trial) => {
      const units = known.unit(known.row(params));
      return (
        units.reduce((sum, u, i) => sum + 0.7 ** i * (i % 2 ? u : 4 * (u - 0.3) ** 2), 0) + (trial.seed / 2 ** 32) * 0.1
      );
    },
  }).start();
}

async function ours({ method, trials }: Job): Promise<Found> {
  const result = await recorded(trials);
  const began = performance.now();
  const shares = importance(defineSpace(space), result.trials as never, result.objectives, { method });
  const seconds = (performance.now() - began) / 1000;
  return { seconds, shares: Object.fromEntries(shares.map(({ name, share }) => [name, share])) };
}

function theirs(python: string, method: Method, file: string): Found | "over" {
  const { status, signal, stdout, stderr } = spawnSync(python, [peerProgram("optuna_importance"), method, file], {
    encoding: "utf8",
    timeout: CAP,
    killSignal: "SIGKILL",
    maxBuffer: 2 ** 28,
  });
  if (signal === "SIGKILL") return "over";
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as Found;
}

async function compare(directory: string, python: string | undefined): Promise<void> {
  const rows: string[][] = [];
  for (const trials of TRIALS) {
    const file = join(directory, `${trials}.json`);
    const result = await recorded(trials);
    const own = JSON.parse(JSON.stringify(defineSpace(space).toJSON())) as { of: object };
    const text = { space: own.of, trials: result.trials.map((t) => [t.params, t.values["value"]]) };
    writeFileSync(file, JSON.stringify(text));
    for (const method of METHODS) {
      const mine: Found[] = [];
      const peer: Found[] = [];
      let over = python === undefined;
      for (let i = 0; i < REPEATS; i++) {
        mine.push(runJob<Job, Found>("importance", { method, trials }));
        if (over) continue;
        const found = theirs(python!, method, file);
        if (found === "over") over = true;
        else peer.push(found);
      }
      const seconds = (all: readonly Found[]): Sample => new Sample(all.map((one) => one.seconds));
      const names = Object.keys(space);
      const shares = ({ shares: known }: Found): number[] => names.map((name) => known[name] ?? 0);
      const known = peer.length > 0;
      rows.push([
        method,
        `${trials}`,
        seconds(mine).text,
        known ? seconds(peer).text : `more than ${CAP / 1000}`,
        known ? (seconds(peer).median / seconds(mine).median).toFixed(1) : "–",
        known ? spearman(shares(mine[0]!), shares(peer[0]!)).toFixed(3) : "–",
        known ? kendall(shares(mine[0]!), shares(peer[0]!)).toFixed(3) : "–",
        kendall(
          shares(mine[0]!),
          names.map((_, i) => -i),
        ).toFixed(3),
      ]);
    }
  }
  printTable(
    ["method", "trials", "attune, s", "Optuna, s", "ratio", "Spearman", "Kendall", "Kendall, attune and truth"],
    rows,
  );
}

const job = givenJob<Job>();
if (job !== undefined) giveResult(await ours(job));
else {
  const python = findPython("scikit-learn", "sklearn") && findPython();
  printMachine("Importance of 20 parameters", python, ["optuna", "scikit-learn"]);
  const directory = mkdtempSync(join(tmpdir(), "attune-bench-"));
  try {
    await compare(directory, python);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
