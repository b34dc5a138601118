import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Losses, Param, Point, Test } from "./test.ts";

interface Given {
  readonly params: readonly { readonly name: string; readonly values: readonly unknown[] }[];
}
interface Kernel extends Given {
  readonly idx: readonly Point[];
  readonly mean_ms?: readonly (number | null)[];
  readonly mean_us?: readonly (number | null)[];
}
interface Table extends Given {
  readonly y: readonly (readonly number[])[];
  readonly direction: string;
}

function read<T>(folder: string, name: string): T {
  return JSON.parse(gunzipSync(readFileSync(join(folder, `${name}.json.gz`))).toString()) as T;
}

/** The names of the tables in a folder, in order. */
export function tablesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json.gz"))
    .map((file) => file.slice(0, -".json.gz".length))
    .sort();
}

function paramsOf({ params }: Given, ordered: boolean): Param[] {
  return params.map(({ name, values }) => ({
    name,
    low: 0,
    high: values.length - 1,
    cells: values.length,
    ordered: ordered && values.every((value) => typeof value === "number"),
  }));
}

const BUDGETS = [25, 50, 100, 200];

/**
 * A recorded GPU kernel: the score S and the fractions of the optimum after 25, 50, 100 and 200 evaluations. S is the mean
 * of (F − F₀) / (1 − F₀), F₀ the exact expectation of random search without replacement.
 */
export function kernel(folder: string, name: string, ordered: boolean): Test {
  const table = read<Kernel>(folder, name);
  const times = table.mean_ms ?? table.mean_us!;
  const rows = new Map(table.idx.map((point, row) => [point.join(), times[row] ?? undefined]));
  const optimum = Math.min(...times.filter((time) => time !== null));
  const fractions = Float64Array.from(times, (time) => (time === null ? 0 : optimum / time)).sort();
  const chance = BUDGETS.map((budget) => expectedBest(fractions, budget));
  return {
    family: ordered ? "kernels, ordered" : "kernels, categorical",
    name,
    params: paramsOf(table, ordered),
    objectives: 1,
    budget: BUDGETS.at(-1)!,
    freeRepeats: true,
    allowed: (point) => rows.has(point.join()),
    evaluate: (point): Losses => {
      const time = rows.get(point.join());
      return time === undefined ? "failed" : [time];
    },
    score: (run) => {
      const reached = BUDGETS.map((budget) => optimum / best(run.slice(0, budget)));
      const s = reached.reduce((sum, f, i) => sum + (f - chance[i]!) / (1 - chance[i]!), 0) / BUDGETS.length;
      return { S: s, ...Object.fromEntries(reached.map((f, i) => [`F${BUDGETS[i]}`, f])) };
    },
  };
}

/** The expectation of the largest of `k` values drawn without replacement from an ascending list. */
export function expectedBest(ascending: ArrayLike<number>, k: number): number {
  const n = ascending.length;
  if (k >= n) return ascending[n - 1]!;
  let sum = 0;
  let below = 1; // the chance that all draws lie at or below this place
  for (let i = n; i >= 1 && below > 0; i--) {
    const next = i > k ? (below * (i - k)) / i : 0;
    sum += ascending[i - 1]! * (below - next);
    below = next;
  }
  return sum;
}

/**
 * A complete table of hyper-parameters, the mean over its training seeds: the normalised regret and RSE, the number of
 * random evaluations that would do as well, after 25, 50 and 100 evaluations.
 */
export function hyperParameters(folder: string, name: string): Test {
  const table = read<Table>(folder, name);
  const sign = table.direction.startsWith("max") ? -1 : 1;
  const losses = Float64Array.from(table.y, (seeds) => (sign * seeds.reduce((a, b) => a + b, 0)) / seeds.length);
  const ascending = losses.slice().sort();
  const median = ascending[losses.length >> 1]!;
  const sizes = table.params.map(({ values }) => values.length);
  /** The last one first: it ranks. */
  const budgets = [100, 50, 25];
  return {
    family: "tables",
    name,
    params: paramsOf(table, true),
    objectives: 1,
    budget: 100,
    evaluate: (point) => [losses[point.reduce((row, i, k) => row * sizes[k]! + i, 0)]!],
    score: (run) =>
      Object.fromEntries(
        budgets.flatMap((budget) => {
          const found = best(run.slice(0, budget));
          const better = ascending.findIndex((loss) => loss >= found) / ascending.length;
          const regret = (found - ascending[0]!) / (median - ascending[0]!);
          return [
            [`regret${budget}`, regret],
            [`log RSE${budget}`, -Math.log(Math.max(better, 0.5 / ascending.length)) - 0.5772156649],
          ];
        }),
      ),
  };
}

function best(run: readonly Losses[]): number {
  return run.reduce((least, losses) => (losses === "failed" ? least : Math.min(least, losses[0]!)), Infinity);
}
