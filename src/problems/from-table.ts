import { usage } from "../core/errors.ts";
import { createRandom } from "../core/random.ts";
import { nonDominated } from "../math/non-dominated.ts";
import { choice, ordinal } from "../space/choice.ts";
import { defineSpace } from "../space/space.ts";
import type { Evaluation, Problem } from "./problem.ts";
import { problem } from "./problem.ts";
import type { TuningTable } from "./table.ts";

/** A configuration of a table. */
export type TableParams = Readonly<Record<string, string | number | boolean>>;

/** Options of {@link fromTable}. */
export interface FromTableOptions {
  /**
   * Whether `evaluate` gives single measurements: one of those recorded, or the mean with noise of the recorded deviation.
   * `losses` stay the means. @default false
   */
  readonly noise?: boolean;
  /** How parameters are declared: numbers that ascend in order, or all without. @default "ordinal" */
  readonly declared?: "ordinal" | "choice";
}

/**
 * A recorded tuning space as a problem: evaluating is looking up. `where` refuses configurations that the table does not hold;
 * those that failed throw when they are evaluated, and their `losses` are NaN. Durations are known where the table has them.
 * @example fromTable(readTable(JSON.parse(readFileSync("kernel.json", "utf8"))))
 */
export function fromTable(
  table: TuningTable,
  { noise = false, declared = "ordinal" }: FromTableOptions = {},
): Problem<TableParams> {
  const { params, losses, durations } = table;
  const valid = losses.flatMap((each, row) => (each === undefined ? [] : [row]));
  if (valid.length === 0) throw usage(`Expected a row of the table ${table.name} to have a value, got none`);
  const m = losses[valid[0]!]!.length;
  const rowOf = lookUp(table);
  const cells = params.map(({ values }) => new Map(values.map((value, cell) => [value, cell] as const)));
  const at = (row: ArrayLike<number>): readonly number[] =>
    losses[rowOf(row) ?? -1] ?? Array.from({ length: m }, () => NaN);
  const indices = (p: TableParams): number[] => params.map(({ name }, i) => cells[i]!.get(p[name]!)!);
  const whole = problem<TableParams>(
    { name: table.name, options: {} },
    {
      space: defineSpace(
        Object.fromEntries(
          params.map(({ name, values }) => [
            name,
            declared === "ordinal" && ascending(values) ? ordinal(values) : choice(values),
          ]),
        ),
        table.rows === undefined
          ? {}
          : { where: (p) => rowOf(indices(p)) !== undefined || "the table has no such row" },
      ),
      objectives: m,
      at,
      ...(m > 1 ? {} : best(table, valid)),
      front: (n) => thinned(nonDominated(valid.map((row) => [...losses[row]!])), n),
    },
  );
  const measured = (row: number, trial: Evaluation | undefined): readonly number[] => {
    if (!noise || table.noise === undefined) return losses[row]!;
    if (trial === undefined)
      throw usage(`Expected evaluate() of a noisy table to be given a seed: evaluate(params, { seed: 1 })`);
    const random = createRandom(trial.seed).fork(`table ${table.name}`);
    if ("sd" in table.noise)
      return losses[row]!.map((x) => x + (table.noise as { sd: number[] }).sd[row]! * random.normal());
    const samples = table.noise.samples[row]!;
    return [samples[random.integer(samples.length)]!];
  };
  return {
    ...whole,
    ...(noise ? { noisy: true as const } : {}),
    evaluate: (p, trial) => {
      const row = rowOf(indices(p));
      if (row === undefined || losses[row] === undefined)
        throw new Error(`This configuration ${row === undefined ? "is not in" : "failed in"} the table ${table.name}`);
      const [f1, ...others] = measured(row, trial);
      return { f1: f1!, ...Object.fromEntries(others.map((x, i) => [whole.objectives[i + 1]!, x])) };
    },
    ...(durations === undefined ? {} : { duration: (p: TableParams) => durations[rowOf(indices(p)) ?? -1] ?? 0 }),
  };
}

/** The row of the table in which a configuration stands, by its indices; undefined where it is not there. */
function lookUp({ params, rows }: TuningTable): (indices: ArrayLike<number>) => number | undefined {
  const flat = (indices: ArrayLike<number>): number =>
    params.reduce((sum, { values }, i) => sum * values.length + indices[i]!, 0);
  if (rows === undefined) return flat;
  const known = new Map(rows.map((indices, row) => [flat(indices), row] as const));
  return (indices) => known.get(flat(indices));
}

function best({ params, rows, losses }: TuningTable, valid: readonly number[]): { optimum: number[]; least: number } {
  const row = valid.reduce((least, each) => (losses[each]![0]! < losses[least]![0]! ? each : least));
  if (rows !== undefined) return { optimum: [...rows[row]!], least: losses[row]![0]! };
  let rest = row;
  const optimum = params.map(() => 0);
  for (let i = params.length - 1; i >= 0; i--) {
    optimum[i] = rest % params[i]!.values.length;
    rest = Math.floor(rest / params[i]!.values.length);
  }
  return { optimum, least: losses[row]![0]! };
}

function ascending(values: readonly unknown[]): boolean {
  return values.every((x, i) => typeof x === "number" && (i === 0 || x > (values[i - 1] as number)));
}

/** About evenly spaced ones of a front, by their first loss. */
function thinned(front: number[][], n: number): number[][] {
  const sorted = [...front].sort((a, b) => a[0]! - b[0]!);
  if (sorted.length <= n) return sorted;
  return Array.from({ length: n }, (_, i) => sorted[Math.round((i * (sorted.length - 1)) / Math.max(1, n - 1))]!);
}
