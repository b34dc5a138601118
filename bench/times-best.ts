/**
 * What `timeout: { timesBest: 3 }` saves: searches over recorded GPU kernels, in simulated time, with and without it at the
 * same number of trials.
 *
 *   DATA=FOLDER npm run bench -- times-best     # SEEDS=30, TRIALS=200 by default; some minutes
 *
 * FOLDER/kernels holds brute-forced kernels (AutoTuningAssociation's benchmark_hub, MIT) as gzipped JSON: `params` with
 * their values, `idx` with the configurations that the kernel's own rules allow, `mean_ms` (null where one failed) and
 * `compile_ms`.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { createRandom, defineSpace, genetic, openStudy, ordinal, random, type Space, tpe } from "attune";
import type { SamplerFactory } from "../src/core/sampler.ts";
import type { Trial } from "../src/core/trial.ts";
import { AttemptLimits } from "../src/study/attempt-limits.ts";
import { printMachine } from "./support/machine.ts";
import { printTable } from "./support/table.ts";

interface Table {
  readonly params: readonly { readonly name: string; readonly values: readonly number[] }[];
  readonly idx: readonly (readonly number[])[];
  readonly mean_ms: readonly (number | null)[];
  readonly compile_ms: readonly (number | null)[];
  readonly optimum_ms: number;
}
type Params = Readonly<Record<string, number>>;

const TABLES = {
  "convolution A100": "hub_convolution_milo_A100",
  "convolution W7800": "hub_convolution_milo_W7800",
  "gemm 2080 Ti": "hub_old_gemm_RTX_2080_Ti",
};
const SAMPLERS: Readonly<Record<string, () => SamplerFactory>> = { random, genetic, tpe };
/** What a trial spends: a program of seconds, or the compiler and 100 runs of the kernel. */
const MODELS: Readonly<Record<string, (ms: number, compile: number) => number>> = {
  "run only": (ms) => 1000 * ms,
  "compile + 100 runs": (ms, compile) => compile + 100 * ms,
};
const seeds = Number(process.env["SEEDS"] ?? 30);
const trials = Number(process.env["TRIALS"] ?? 200);
const data = process.env["DATA"];

class Kernel {
  readonly space: Space<Params>;
  readonly optimum: number;
  readonly #rows: ReadonlyMap<string, number>;
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
    this.optimum = table.optimum_ms;
    this.#rows = new Map(table.idx.map((at, row) => [this.#key(at.map((i, k) => table.params[k]!.values[i]!)), row]));
    const shape = Object.fromEntries(table.params.map(({ name, values }) => [name, ordinal(values)]));
    const where = (params: Params): boolean => this.#rows.has(this.#keyOf(params));
    this.space = defineSpace(shape, { where: [where as never] });
  }

  /** The kernel's time, undefined where it failed, and its compiler's; in milliseconds. */
  at(params: Params): { readonly ms: number | undefined; readonly compile: number } {
    const row = this.#rows.get(this.#keyOf(params))!;
    return { ms: this.#table.mean_ms[row] ?? undefined, compile: this.#table.compile_ms[row] ?? 0 };
  }

  #keyOf(params: Params): string {
    return this.#key(this.#table.params.map(({ name }) => params[name]!));
  }

  #key(values: readonly number[]): string {
    return values.join(" ");
  }
}

/** One search, one trial at a time: the milliseconds that it takes and the best kernel's. */
async function search(
  kernel: Kernel,
  sampler: SamplerFactory,
  seed: number,
  spend: (ms: number, compile: number) => number,
  times: number | undefined,
): Promise<{ readonly spent: number; readonly best: number }> {
  let best:
    | { readonly values: { readonly value: number }; readonly duration: number; readonly number: number }
    | undefined;
  let spent = 0;
  const limits = new AttemptLimits(
    times === undefined ? undefined : { timesBest: times },
    [{ name: "value", direction: "minimize" }],
    { timesBest: () => best as Trial | undefined, timesBaseline: () => undefined },
  );
  const study = await openStudy({ space: kernel.space, sampler, seed, trials });
  for (let trial; (trial = await study.ask()) && trial !== "wait";) {
    const { number } = trial;
    const { ms, compile } = kernel.at(trial.params);
    if (ms === undefined) {
      spent += compile;
      await study.tell(number, { state: "failed", failure: { kind: "error", message: "it does not run" } });
      continue;
    }
    const { timeout = Infinity, cutOff } = limits.next(false);
    const duration = spend(ms, compile);
    spent += Math.min(duration, timeout);
    if (duration > timeout) await study.tell(number, cutOff!);
    else {
      await study.tell(number, ms);
      if (ms < (best?.values.value ?? Infinity)) best = { values: { value: ms }, duration, number };
    }
  }
  await study.close();
  return { spent, best: best?.values.value ?? NaN };
}

/** The mean with a 95 % percentile interval of 10,000 bootstrap samples. */
function interval(values: readonly number[], text: (value: number) => string): string {
  const draws = createRandom(1);
  const mean = (of: readonly number[]): number => of.reduce((a, b) => a + b, 0) / of.length;
  const means = Float64Array.from({ length: 10_000 }, () =>
    mean(values.map(() => values[draws.integer(values.length)]!)),
  ).sort();
  return `${text(mean(values))} [${text(means[249]!)}, ${text(means[9749]!)}]`;
}

if (data === undefined || !existsSync(join(data, "kernels"))) {
  console.log("DATA must name the folder of the tables: there is no `kernels` in it.");
} else {
  printMachine(`times-best: ${seeds} searches each, ${trials} trials`);
  const rows: string[][] = [];
  for (const [name, file] of Object.entries(TABLES)) {
    const kernel = new Kernel(
      JSON.parse(gunzipSync(readFileSync(join(data, "kernels", `${file}.json.gz`))).toString()) as Table,
    );
    for (const [model, spend] of Object.entries(MODELS))
      for (const [sampler, make] of Object.entries(SAMPLERS)) {
        const saved: number[] = [];
        const [plain, cut, ratio]: [number[], number[], number[]] = [[], [], []];
        for (let seed = 1; seed <= seeds; seed++) {
          const without = await search(kernel, make(), seed, spend, undefined);
          const withIt = await search(kernel, make(), seed, spend, 3);
          saved.push(100 * (1 - withIt.spent / without.spent));
          plain.push(without.best / kernel.optimum);
          cut.push(withIt.best / kernel.optimum);
          ratio.push(withIt.best / without.best);
        }
        const three = (value: number): string => value.toFixed(3);
        rows.push([
          name,
          model,
          sampler,
          interval(saved, (value) => value.toFixed(1)),
          interval(plain, three),
          interval(cut, three),
          interval(ratio, three),
        ]);
        console.error(rows.at(-1)!.join("  "));
      }
  }
  printTable(
    ["kernel", "a trial's time", "sampler", "time saved, %", "best/optimum without", "with", "with/without"],
    rows,
  );
}
