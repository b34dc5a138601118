import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { createRandom, measure, type Random } from "attune";
import { printMachine } from "./support/machine.ts";
import { printTable } from "./support/table.ts";

/** Something that is drawn from, and what its median is. */
interface Population {
  readonly name: string;
  readonly truth: number;
  /** Draws for one measurement. */
  draws(random: Random): () => number;
}

const REPETITIONS = 4_000;
const OPTIONS = { of: "returned", warmup: 0, maxTime: 1e9, maxRepeats: 1_000 };
const PRECISIONS = [0.01, 0.03];
/** How many draws the median of a distribution without a formula is taken from. */
const MANY = 1_000_001;
/** How many timings are recorded of each, after as many as a tenth that are not. */
const RECORDED = 3_000;
const recording = fileURLToPath(new URL("fixtures/timings.csv", import.meta.url));

const exponential = (random: Random): number => -Math.log(1 - random.uniform());
const DISTRIBUTIONS: Readonly<Record<string, (random: Random) => number>> = {
  "normal, sd 0.5 %": (random) => 1 + 0.005 * random.normal(),
  "normal, sd 2 %": (random) => 1 + 0.02 * random.normal(),
  "normal, sd 10 %": (random) => 1 + 0.1 * random.normal(),
  "lognormal, σ 0.05": (random) => Math.exp(0.05 * random.normal()),
  "lognormal, σ 0.2": (random) => Math.exp(0.2 * random.normal()),
  "1 + exponential of 5 %": (random) => 1 + 0.05 * exponential(random),
  "1 + exponential of 20 %": (random) => 1 + 0.2 * exponential(random),
  "two modes 10 % apart, 70 to 30": (random) => (random.uniform() < 0.7 ? 1 : 1.1) + 0.01 * random.normal(),
  "two modes 10 % apart, 50 to 50": (random) => (random.uniform() < 0.5 ? 1 : 1.1) + 0.01 * random.normal(),
  "normal, sd 1 %, one in twenty up to 3": (random) =>
    random.uniform() < 0.05 ? 1 + 2 * random.uniform() : 1 + 0.01 * random.normal(),
  "normal, sd 5 %, in steps of 2 %": (random) => Math.round((1 + 0.05 * random.normal()) * 50) / 50,
};

function median(values: Float64Array): number {
  const sorted = values.toSorted();
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

function synthetic(): Population[] {
  return Object.entries(DISTRIBUTIONS).map(([name, draw]) => {
    const random = createRandom(1).fork(name);
    const truth = median(Float64Array.from({ length: MANY }, () => draw(random)));
    return { name, truth, draws: (own) => () => draw(own) };
  });
}

/** The recorded timings: drawn at random, and as they followed one another from a random place on. */
function recorded(): Population[] {
  const [head, ...rows] = readFileSync(recording, "utf8").trim().split("\n");
  return head!.split(",").flatMap((name, column) => {
    const times = Float64Array.from(rows, (row) => Number(row.split(",")[column]));
    const truth = median(times);
    return [
      { name: `${name}, at random`, truth, draws: (random: Random) => () => times[random.integer(times.length)]! },
      {
        name: `${name}, in their order`,
        truth,
        draws: (random: Random) => {
          let at = random.integer(times.length);
          return () => times[at++ % times.length]!;
        },
      },
    ];
  });
}

/** Times functions and commands of this machine. */
function record(): void {
  const random = createRandom(1);
  const numbers = Float64Array.from({ length: 5_000 }, () => random.uniform());
  const text = JSON.stringify(Array.from(numbers.subarray(0, 2_000)));
  const bytes = Buffer.from(text.repeat(4));
  const subjects: Readonly<Record<string, () => unknown>> = {
    "sort of 5000 numbers": () => numbers.toSorted(),
    "JSON.parse of 39 kB": () => JSON.parse(text) as unknown,
    "sha256 of 156 kB": () => createHash("sha256").update(bytes).digest(),
    "gzip of 39 kB": () => gzipSync(text),
    "the command true": () => spawnSync("true"),
    "the command node --version": () => spawnSync(process.execPath, ["--version"]),
  };
  const times = Object.values(subjects).map((subject) => {
    const all: number[] = [];
    for (let i = 0; i < RECORDED * 1.1; i++) {
      const began = performance.now();
      subject();
      all.push(performance.now() - began);
    }
    return all.slice(-RECORDED);
  });
  const rows = times[0]!.map((_, i) => times.map((all) => String(Number(all[i]!.toPrecision(5)))).join(","));
  writeFileSync(recording, `${Object.keys(subjects).join(",")}\n${rows.join("\n")}\n`);
}

async function rowOf({ name, truth, draws }: Population, precision: number): Promise<string[]> {
  let [covered, settled, taken, half] = [0, 0, 0, 0];
  for (let i = 0; i < REPETITIONS; i++) {
    const found = await measure(draws(createRandom(i).fork(name)), { ...OPTIONS, precision });
    if (found.low <= truth && truth <= found.high) covered++;
    if (found.settled) settled++;
    taken += found.samples.length;
    half += (found.high - found.low) / 2 / found.value;
  }
  return [
    name,
    `± ${precision * 100} %`,
    `${((100 * covered) / REPETITIONS).toFixed(1)} %`,
    `${Math.round(taken / REPETITIONS)}`,
    `± ${((100 * half) / REPETITIONS).toFixed(2)} %`,
    `${((100 * settled) / REPETITIONS).toFixed(0)} %`,
  ];
}

if (process.argv.includes("--record")) record();
else {
  printMachine(`measure: how often its 95 % interval holds the median, ${REPETITIONS} repetitions each`);
  const rows: string[][] = [];
  for (const population of [...synthetic(), ...recorded()])
    for (const precision of PRECISIONS) rows.push(await rowOf(population, precision));
  printTable(["samples from", "precision", "coverage", "samples", "half width", "settled"], rows);
}
