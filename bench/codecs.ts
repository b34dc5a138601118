/**
 * Does the default sampler find a better front of the codec search than random search? Ten seeds, the same budget, in
 * turns. The measure is the hypervolume of the front in (bytes, log ms), against the baseline's ideal box: the reference
 * point is twice the baseline's bytes and eight times its time, both axes scaled to 1 there.
 */
import { resolve } from "node:path";
import { processes, type SearchResult } from "attune";
import { hypervolume } from "../src/math/hypervolume.ts";

const SEEDS = 10;
const TRIALS = Number(process.env["TRIALS"] ?? 60);

const path = resolve("examples/codecs/tune.ts");
const { default: search } = (await import(path)) as typeof import("../examples/codecs/tune.ts");

type Front = Pick<SearchResult<unknown, { readonly bytes: number; readonly ms: number }>, "paretoFront" | "baseline">;

function volume({ paretoFront, baseline }: Front, base = baseline!.values): number {
  const unit = (v: number, b: number, worst: number): number => Math.log(v / (b / 16)) / Math.log(16 * worst);
  const points = paretoFront().map(({ values }) => [unit(values.bytes, base.bytes, 2), unit(values.ms, base.ms, 8)]);
  return hypervolume(
    points.filter((p) => p.every((x) => x < 1)),
    [1, 1],
  );
}

let wins = 0;
const rows: string[] = [];
for (let seed = 1; seed <= SEEDS; seed++) {
  const found: Record<string, number> = {};
  for (const sampler of seed % 2 ? ["genetic", "random"] : ["random", "genetic"]) {
    const result = await search
      .with({ sampler, seed, trials: TRIALS, evaluator: processes({ workers: 2 }) })
      .start({ module: path });
    found[sampler] = volume({ paretoFront: () => result.paretoFront(), baseline: result.baseline });
  }
  if (found["genetic"]! > found["random"]!) wins++;
  rows.push(
    `seed ${String(seed).padStart(2)}  genetic ${found["genetic"]!.toFixed(4)}  random ${found["random"]!.toFixed(4)}`,
  );
  console.log(rows.at(-1));
}
console.log(`genetic beats random in ${wins} of ${SEEDS} seeds, ${TRIALS} trials each; node ${process.versions.node}`);
