/**
 * Does the default sampler find a better front of the codec search than random search? Ten seeds, the same budget, in
 * turns. The measure is the hypervolume of the front on logarithmic axes. TRIALS=60 changes the budget.
 */
import { resolve } from "node:path";
import { processes, type SearchResult } from "attune";
import { hypervolume } from "../src/math/hypervolume.ts";

const SEEDS = 10;
const TRIALS = Number(process.env["TRIALS"] ?? 100);

const path = resolve("examples/codecs/tune.ts");
const { default: search } = (await import(path)) as typeof import("../examples/codecs/tune.ts");

type Result = SearchResult<unknown, { readonly bytes: number; readonly ms: number }>;

/** The hypervolume of a front, in the box from a sixteenth of the baseline's values to twice its bytes and eight times its time. */
function volume(result: Result, base: { readonly bytes: number; readonly ms: number }): number {
  const unit = (v: number, b: number, worst: number): number => Math.log(v / (b / 16)) / Math.log(16 * worst);
  const points = result
    .paretoFront()
    .map(({ values }) => [unit(values.bytes, base.bytes, 2), unit(values.ms, base.ms, 8)])
    .filter((point) => point.every((x) => x < 1));
  return hypervolume(points, [1, 1]);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

const results: Record<"genetic" | "random", Result[]> = { genetic: [], random: [] };
for (let seed = 1; seed <= SEEDS; seed++) {
  for (const sampler of seed % 2 ? (["genetic", "random"] as const) : (["random", "genetic"] as const)) {
    const changed = search.with({ sampler, seed, trials: TRIALS, evaluator: processes({ workers: 2 }) });
    results[sampler].push(await changed.start({ module: path }));
  }
}

// one baseline for all: that of a single run is a sample like any other
const baselines = [...results.genetic, ...results.random].map(({ baseline }) => baseline!.values);
const base = { bytes: baselines[0]!.bytes, ms: median(baselines.map(({ ms }) => ms)) };
const volumes = results.genetic.map((genetic, i) => [volume(genetic, base), volume(results.random[i]!, base)] as const);
volumes.forEach(([genetic, random], i) =>
  console.log(`seed ${String(i + 1).padStart(2)}  genetic ${genetic.toFixed(4)}  random ${random.toFixed(4)}`),
);
const wins = volumes.filter(([genetic, random]) => genetic > random).length;
const ratios = volumes.map(([genetic, random]) => genetic / random).sort((a, b) => a - b);
console.log(
  `genetic beats random in ${wins} of ${SEEDS} seeds, ${TRIALS} trials each; ratio of hypervolumes ` +
    `${median(ratios).toFixed(3)} (${ratios[0]!.toFixed(3)} … ${ratios.at(-1)!.toFixed(3)}); ` +
    `baseline ${base.bytes} bytes, ${base.ms.toFixed(1)} ms; node ${process.versions.node}`,
);
