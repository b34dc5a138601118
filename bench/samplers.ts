/**
 * attune's samplers beside other optimisers on the same problems, in one run, in turns.
 *
 *   npm run bench -- samplers --data FOLDER [--fast | --full] [--only FAMILY] [--seeds N] [--set development | rest | all]
 *
 * FOLDER holds kernels/ (brute-forced GPU kernels) and hpo/ (complete tables of hyper-parameters) as gzipped JSON; without
 * it those families are left out. `--full` takes hours. It goes on where it was stopped: results are lines of
 * .cache/bench/samplers-MODE.jsonl, a summary stands in bench/results/.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { auto, cmaEs, discrete, genetic, gp, nsga2, nsga3, qmc, random, tpe } from "attune";
import * as problems from "attune/problems";
import { blackBox, several, single } from "./samplers/functions.ts";
import { dots } from "./samplers/dots.ts";
import { ours } from "./samplers/ours.ts";
import { Peer } from "./samplers/peer.ts";
import { Store } from "./samplers/store.ts";
import { summarise, type Summary } from "./samplers/summary.ts";
import { hyperParameters, kernel, tablesIn } from "./samplers/tables.ts";
import type { Contestant, Test } from "./samplers/test.ts";
import { findPythonWith } from "./support/python.ts";
import { printTable } from "./support/table.ts";

const { values: flags } = parseArgs({
  options: {
    data: { type: "string" },
    fast: { type: "boolean", default: false },
    full: { type: "boolean", default: false },
    only: { type: "string" },
    seeds: { type: "string" },
    set: { type: "string", default: "all" },
    peers: { type: "boolean", default: true },
  },
  args: process.argv.slice(3),
  allowNegative: true,
});
const mode = flags.full ? "full" : "fast";
const seeds = Number(flags.seeds ?? (mode === "full" ? 20 : 5));

/** Seen while the samplers were made; the others were looked at only to report. */
const DEVELOPMENT = [
  "hub_convolution_milo_A100",
  "hub_convolution_milo_W7800",
  "hub_old_gemm_RTX_2080_Ti",
  "hpobench_australian",
  "hpobench_kc1",
  "nasbench201_cifar10",
];
/** The kernels and tables of the fast set. */
const FAST = [
  "hub_convolution_milo_A100",
  "hub_convolution_milo_MI250X",
  "hub_dedispersion_milo_W7800",
  "hub_old_gemm_RTX_3090",
  "hpolib_protein_structure",
  "hpobench_phoneme",
  "nasbench201_cifar100",
];

function chosen(folder: string): string[] {
  return tablesIn(folder).filter(
    (name) =>
      (flags.set === "all" || (flags.set === "development") === DEVELOPMENT.includes(name)) &&
      (mode === "full" || flags.set !== "all" || FAST.includes(name)) &&
      !name.includes("time_energy"),
  );
}

function recorded(data: string): Test[] {
  const kernels = join(data, "kernels");
  const tables = join(data, "hpo");
  return [
    ...chosen(kernels).map((name) => kernel(kernels, name, true)),
    ...chosen(kernels).map((name) => kernel(kernels, name, false)),
    ...chosen(tables).map((name) => hyperParameters(tables, name)),
  ];
}

function functions(): Test[] {
  const { dtlz1, dtlz2, dtlz3, dtlz4, zdt1, zdt2, zdt3, zdt4, zdt6, rosenbrock, sphere } = problems;
  const full = mode === "full";
  const numbers = full ? Array.from({ length: 24 }, (_, i) => i + 1) : [8, 10, 15];
  return [
    ...numbers.flatMap((f) => (full ? [5, 20] : [5]).map((d) => blackBox(f, d, 1, d === 5 ? 50_000 : 100_000))),
    ...(full ? [zdt1, zdt2, zdt3, zdt4, zdt6] : [zdt1, zdt4, zdt6]).map((make) => several(make(), 10_000)),
    ...(full ? [dtlz1, dtlz2, dtlz3, dtlz4] : [dtlz2]).map((make) => several(make(), full ? 30_000 : 10_000)),
    ...(full ? [dtlz1, dtlz2] : []).map((make) => several(make(), 300)),
    ...[sphere(6), rosenbrock(6)].map((problem) => single(problem, "few evaluations", 100)),
  ];
}

const MODELS = ["kernels, ordered", "kernels, categorical", "tables", "few evaluations"];
const BBOB = ["bbob, 5 dimensions", "bbob, 20 dimensions"];
const SEVERAL = ["2 objectives", "3 objectives"];
const EVERY = [...MODELS, ...BBOB, ...SEVERAL];
const contestants: Contestant[] = [
  ours(auto(), EVERY),
  ours(tpe(), MODELS),
  ours(gp(), MODELS),
  ours(discrete(), MODELS),
  ours(cmaEs(), [...BBOB, "few evaluations"]),
  ours(nsga2(), SEVERAL),
  ours(nsga3(), SEVERAL),
  ours(genetic(), [...MODELS, ...SEVERAL]),
  ours(qmc(), MODELS),
  ours(random(), [...MODELS, ...SEVERAL]),
];
const PEERS: Readonly<Record<string, readonly string[]>> = {
  "Optuna TPE": MODELS,
  "Optuna NSGA-II": ["kernels, categorical", "kernels, ordered", "tables"],
  "pycma BIPOP": BBOB,
  "cmaes IPOP": BBOB,
  "pymoo NSGA-II": SEVERAL,
  "pymoo NSGA-III": SEVERAL,
  ...(mode === "full" ? { "Nevergrad NGOpt": MODELS, SMAC3: MODELS, "Optuna CMA-ES": ["few evaluations"] } : {}),
};

const python = flags.peers ? findPythonWith("samplers") : undefined;
using peer = python === undefined ? undefined : new Peer(python);
for (const [method, families] of Object.entries(PEERS))
  if (peer !== undefined) contestants.push(peer.contestant(method, families));

const git = spawnSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).stdout.trim();
const frozen = python === undefined ? "" : spawnSync(python, ["-m", "pip", "freeze"], { encoding: "utf8" }).stdout;
const PINNED = /^(optuna|cma|cmaes|pymoo|moocore|nevergrad|smac|numpy|scipy)==/;
const versions = {
  attune: git,
  node: process.version,
  peers: frozen.split("\n").filter((line) => PINNED.test(line)),
};
const store = new Store(`.cache/bench/samplers-${mode}${flags.set === "all" ? "" : `-${flags.set}`}.jsonl`, versions);
const { data } = flags;
const given = data !== undefined && existsSync(join(data, "kernels"));
if (!given) console.log("--data names no folder with kernels/ and hpo/: those families are left out.");
const tests = [...(given ? recorded(data) : []), ...functions()].filter(
  ({ family }) => flags.only === undefined || family.startsWith(flags.only),
);
for (let seed = 0; seed < seeds; seed++) {
  for (const test of tests) {
    for (const contestant of contestants) {
      const key = { family: test.family, test: test.name, contestant: contestant.name, seed };
      if (!contestant.families.includes(test.family) || store.has(key)) continue;
      const { losses, cpu, forbidden, repeats } = await contestant.run(test, seed);
      const scores = test.score(losses);
      store.add({ ...key, scores, cpu, evaluations: losses.length, forbidden, repeats });
      process.stderr.write(`\rseed ${seed}  ${test.family}  ${test.name}  ${contestant.name}`.padEnd(100));
    }
  }
}
process.stderr.write("\n");

const families = [...new Set(store.entries.map(({ family }) => family))];
const summaries = families.map((family) => summarise(family, store.entries, "auto"));
mkdirSync("bench/results", { recursive: true });
const name = `bench/results/samplers-${mode}${flags.set === "all" ? "" : `-${flags.set}`}`;
writeFileSync(`${name}.json`, `${JSON.stringify({ versions, mode, seeds, summaries }, null, 1)}\n`);
for (const summary of summaries) {
  print(summary);
  writeFileSync(`${name}-${summary.family.replaceAll(/[^a-z0-9]+/g, "-")}.svg`, dots(summary));
}
console.log(`\n${name}.json, versions ${JSON.stringify(versions)}`);

function print({ family, tests: of, main, rows }: Summary): void {
  console.log(`\n## ${family}: ${of.length} problems, ${seeds} seeds\n`);
  const columns = Object.keys(rows[0]!.figures);
  const show = (x: number): string => (Math.abs(x) >= 1000 ? Math.round(x).toLocaleString("en") : x.toPrecision(3));
  printTable(
    ["", ...columns, `against auto, ${main}`, "CPU ms per evaluation"],
    rows.map(({ contestant, figures, against, cpu }) => [
      contestant,
      ...columns.map((column) => {
        const { value, low, high } = figures[column]!;
        return `${show(value)} [${show(low)}, ${show(high)}]`;
      }),
      against === undefined
        ? "–"
        : `${show(against.value)} [${show(against.low)}, ${show(against.high)}] ${against.verdict}`,
      cpu.toPrecision(2),
    ]),
  );
}
