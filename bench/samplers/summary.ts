import { createRandom } from "attune";
import type { Entry } from "./store.ts";

/** How runs of one metric come to one figure of a contestant. */
interface Metric {
  readonly name: string;
  readonly better: "high" | "low";
  /** From the values of one test's seeds. */
  of(values: readonly number[]): number;
  /** From the figures of the tests. */
  over(figures: readonly number[]): number;
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/**
 * Means of means; for the evaluations to a target the expected running time, all evaluations by the number of successes
 * (Hansen et al., COCO), and its geometric mean. Without a success half of one is counted.
 */
function metric(name: string): Metric {
  if (name.startsWith("to "))
    return {
      name: `ERT ${name}`,
      better: "low",
      of: (values) =>
        values.reduce((sum, value) => sum + Math.abs(value), 0) / Math.max(0.5, values.filter((v) => v > 0).length),
      over: (figures) => Math.exp(mean(figures.map(Math.log))),
    };
  const low = name.startsWith("regret") || name.startsWith("log gap");
  return { name, better: low ? "low" : "high", of: mean, over: mean };
}

/** A figure with its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface Row {
  readonly contestant: string;
  readonly runs: number;
  readonly figures: Readonly<Record<string, Estimate>>;
  /** Against the first contestant, by the main metric: a difference, or a ratio of running times. */
  readonly against?: Estimate & { readonly verdict: "better" | "worse" | "tie" };
  /** Milliseconds of CPU per evaluation. */
  readonly cpu: number;
}

export interface Summary {
  readonly family: string;
  readonly tests: readonly string[];
  /** The metric that ranks. */
  readonly main: string;
  readonly rows: readonly Row[];
}

const DRAWS = 2_000;

/**
 * One family: its contestants by the main metric, the first one of a test's scores, best first. Intervals are of a bootstrap over
 * seeds within tests; seeds are drawn alike for both sides of a comparison.
 */
export function summarise(family: string, entries: readonly Entry[], reference: string): Summary {
  const mine = entries.filter((entry) => entry.family === family);
  const tests = [...new Set(mine.map(({ test }) => test))];
  const metrics = Object.keys(mine[0]!.scores).map((name) => ({ ...metric(name), key: name }));
  const [main] = metrics;
  const contestants = [...new Set(mine.map(({ contestant }) => contestant))];
  const table = (contestant: string): readonly (readonly Entry[])[] =>
    tests.map((test) => mine.filter((entry) => entry.test === test && entry.contestant === contestant));
  const tables = new Map(contestants.map((name) => [name, table(name)]));
  // a contestant that has not finished every test has no figure for the family
  const whole = contestants.filter((name) => tables.get(name)!.every((of) => of.length > 0));
  const figure = (
    { key, of, over }: Metric & { readonly key: string },
    runs: readonly (readonly Entry[])[],
    pick: (size: number, test: number) => readonly number[],
  ): number => over(runs.map((seeds, t) => of(pick(seeds.length, t).map((i) => seeds[i]!.scores[key]!))));
  const all = (size: number): number[] => Array.from({ length: size }, (_, i) => i);
  const estimate = (
    value: number,
    draw: (pick: (size: number, test: number) => readonly number[]) => number,
  ): Estimate => {
    const random = createRandom(family);
    const draws = Float64Array.from({ length: DRAWS }, () => {
      const drawn = tests.map(() => [random.uniform(), random.uniform()]);
      const streams = drawn.map(([u]) => createRandom(u!));
      return draw((size, t) => {
        const stream = streams[t]!.fork(0);
        return all(size).map(() => stream.integer(size));
      });
    }).sort();
    return { value, low: draws[Math.floor(0.025 * DRAWS)]!, high: draws[Math.floor(0.975 * DRAWS)]! };
  };
  const rows = whole.map((contestant): Row => {
    const runs = tables.get(contestant)!;
    const base = tables.get(reference);
    const flat = runs.flat();
    const versus = (pick: (size: number, test: number) => readonly number[]): number => {
      const [a, b] = [figure(main!, runs, pick), figure(main!, base!, pick)];
      return main!.key.startsWith("to ") ? a / b : a - b;
    };
    const none = main!.key.startsWith("to ") ? 1 : 0;
    const difference = base === undefined || contestant === reference ? undefined : estimate(versus(all), versus);
    const tie = difference === undefined || (difference.low <= none && difference.high >= none);
    const higher = difference !== undefined && difference.value > none;
    return {
      contestant,
      runs: flat.length,
      figures: Object.fromEntries(
        metrics.map((each) => [each.name, estimate(figure(each, runs, all), (pick) => figure(each, runs, pick))]),
      ),
      ...(difference === undefined
        ? {}
        : {
            against: {
              ...difference,
              verdict: tie ? "tie" : higher === (main!.better === "high") ? "better" : "worse",
            },
          }),
      cpu:
        (1000 * flat.reduce((sum, { cpu }) => sum + cpu, 0)) /
        flat.reduce((sum, { evaluations }) => sum + evaluations, 0),
    };
  });
  const value = ({ figures }: Row): number => figures[main!.name]!.value;
  const order = main!.better === "high" ? -1 : 1;
  return { family, tests, main: main!.name, rows: rows.sort((a, b) => order * (value(a) - value(b))) };
}
