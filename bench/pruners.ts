import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createRandom,
  dominance,
  hyperband,
  hypervolume,
  median,
  patient,
  percentile,
  type Pruner,
  type PrunerFactory,
  successiveHalving,
} from "attune";
import { printMachine } from "./support/machine.ts";
import { findPython, peerProgram } from "./support/python.ts";
import { DATA, meanInterval, playCurves, type Recorded, recordedCurves } from "./support/recorded-curves.ts";
import { printTable } from "./support/table.ts";

const [SEEDS, TRIALS, EPOCHS] = [20, 100, 27];
const PRUNERS: Readonly<Record<string, PrunerFactory>> = {
  median: median(),
  percentile: percentile({ percentile: 25 }),
  successiveHalving: successiveHalving({ minResource: 1 }),
  hyperband: hyperband({ maxResource: EPOCHS, key: "study" }),
  patient: patient({ of: median(), patience: 3 }),
};
const BY_TIME: Readonly<Record<string, PrunerFactory>> = {
  "median, by step": median(),
  "median, by time": median({ by: "time", interval: 1 }),
  "halving, by step": successiveHalving({ minResource: 1 }),
  "halving, by time": successiveHalving({ by: "time", minResource: 5 }),
};
const PAIRS: readonly (readonly [Recorded, Recorded])[] = [
  ["loss", "size"],
  ["loss", "noisy"],
  ["noisy", "size"],
];

interface Peer {
  readonly reports: number;
  readonly best: number;
  readonly verdicts: string;
  readonly seconds: number;
}

function start(factory: PrunerFactory, objectives: number): Pruner {
  const directions = Array.from({ length: objectives }, () => "minimize" as const);
  return factory.create({ objectives, directions, random: createRandom(0), warn: () => {} });
}

/** `12.3 [11.9, 13.0]`: a mean and its interval, times a factor. */
function text(values: readonly number[], factor = 1, digits = 1): string {
  const random = createRandom(1);
  const { mean, low, high } = meanInterval(values, () => random.uniform());
  const shown = [mean, low, high].map((value) => (factor * value).toFixed(digits));
  return `${shown[0]} [${shown[1]}, ${shown[2]}]`;
}

function uniformOf(seed: number): () => number {
  const random = createRandom(`bench ${seed}`);
  return () => random.uniform();
}

/** The pruner with what it says written down, and how long it takes. */
function watched(pruner: Pruner): { readonly pruner: Pruner; verdicts: string; seconds: number } {
  const out = { verdicts: "", seconds: 0, pruner };
  out.pruner = {
    report: (number, report) => {
      const began = performance.now();
      const verdict = pruner.report(number, report);
      out.seconds += (performance.now() - began) / 1000;
      out.verdicts += verdict === "prune" && report.step < EPOCHS - 1 ? "p" : "c";
      return verdict;
    },
    tell: (observation) => {
      const began = performance.now();
      pruner.tell(observation);
      out.seconds += (performance.now() - began) / 1000;
    },
  };
  return out;
}

/** What Optuna makes of the same curves in the same order. */
function theirs(python: string, pruner: string, plays: readonly (readonly number[])[][]): Peer[] {
  const directory = mkdtempSync(join(tmpdir(), "attune-bench-"));
  try {
    const file = join(directory, "jobs.jsonl");
    writeFileSync(file, plays.map((curves) => JSON.stringify({ pruner, curves })).join("\n"));
    const ran = spawnSync(python, [peerProgram("optuna_pruners"), file], { encoding: "utf8", maxBuffer: 2 ** 28 });
    if (ran.status !== 0) throw new Error(ran.stderr);
    return ran.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Peer);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** One objective: ours and Optuna's, trial after trial. */
function single(python: string | undefined): void {
  const rows: string[][] = [];
  for (const data of DATA) {
    const curves = recordedCurves(data, ["loss"]);
    for (const [name, factory] of Object.entries(PRUNERS)) {
      const [saved, lost, pace] = [[], [], []] as number[][];
      const verdicts: string[] = [];
      const plays: number[][][] = [];
      for (let seed = 0; seed < SEEDS; seed++) {
        const own = watched(start(factory, 1));
        const played = playCurves(curves, own.pruner, { trials: TRIALS, workers: 1, uniform: uniformOf(seed) });
        const best = (all: readonly (readonly number[])[]): number => Math.min(...all.map(([loss]) => loss!));
        saved!.push(played.saved);
        lost!.push(best(played.complete) - best(played.all));
        pace!.push(own.seconds / played.reports);
        verdicts.push(own.verdicts);
        plays.push(played.order.map(({ losses }) => losses.map(([loss]) => loss!)));
      }
      const peer = python === undefined ? [] : theirs(python, name, plays);
      const alike = peer.filter((one, seed) => one.verdicts === verdicts[seed]).length;
      const known = peer.length > 0;
      rows.push([
        data,
        name,
        text(saved!, 100),
        known ? text(peer.map(({ reports }) => 1 - reports / (TRIALS * EPOCHS)), 100) : "–", // prettier-ignore
        text(lost!, 1, 3),
        `${lost!.filter((loss) => loss > 0).length} of ${SEEDS}`,
        known ? `${alike} of ${SEEDS}` : "–",
        text(pace!, 1e6),
        known ? text(peer.map(({ seconds, reports }) => seconds / reports), 1e6, 0) : "–", // prettier-ignore
      ]);
    }
  }
  printTable(
    [
      "data",
      "pruner",
      "attune: epochs saved, %",
      "Optuna: epochs saved, %",
      "best loss lost (log10)",
      "seeds that lost it",
      "seeds with the same decisions",
      "attune, µs per report",
      "Optuna, µs per report",
    ],
    rows,
  );
}

/** One objective: what is saved of the time where trials are compared at equal steps, and at equal times. */
function byTime(): void {
  const rows = DATA.flatMap((data) => {
    const curves = recordedCurves(data, ["loss"]);
    return Object.entries(BY_TIME).map(([name, factory]) => {
      const played = Array.from({ length: SEEDS }, (_, seed) =>
        playCurves(curves, start(factory, 1), { trials: TRIALS, workers: 4, uniform: uniformOf(seed) }),
      );
      const lost = played.map(
        ({ complete, all }) => Math.min(...complete.map(([loss]) => loss!)) - Math.min(...all.map(([loss]) => loss!)),
      );
      return [data, name, text(played.map((one) => one.saved), 100), text(played.map((one) => one.savedTime), 100), text(lost, 1, 3)]; // prettier-ignore
    });
  });
  printTable(["data", "pruner", "epochs saved, %", "training time saved, %", "best loss lost (log10)"], rows);
}

/** Two objectives: Optuna prunes none of these. */
function double(): void {
  const rows = DATA.flatMap((data) =>
    PAIRS.map((pair) => {
      const curves = recordedCurves(data, pair);
      const reference = pair.map((_, k) => Math.max(...curves.map(({ losses }) => losses.at(-1)![k]!)));
      const [saved, lost] = [[], []] as number[][];
      for (let seed = 0; seed < SEEDS; seed++) {
        const played = playCurves(curves, start(dominance(), 2), {
          trials: TRIALS,
          workers: 4,
          uniform: uniformOf(seed),
        });
        saved!.push(played.saved);
        lost!.push(1 - hypervolume(played.complete, reference) / hypervolume(played.all, reference));
      }
      return [
        data,
        pair.join(", "),
        text(saved!, 100),
        text(lost!, 100, 2),
        `${lost!.filter((l) => l > 1e-12).length} of ${SEEDS}`,
      ];
    }),
  );
  printTable(["data", "objectives", "epochs saved, %", "hypervolume lost, %", "seeds that lost any"], rows);
}

const python = findPython();
printMachine(`Pruners on recorded learning curves: ${TRIALS} trials of ${EPOCHS} epochs, ${SEEDS} seeds`, python, [
  "optuna",
]);
single(python);
byTime();
double();
