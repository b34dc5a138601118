import { createRandom, defineSearch, int, random, type SearchResult, verdict } from "attune";
import { printMachine } from "./support/machine.ts";
import { printTable } from "./support/table.ts";

/** An objective of 100 for every configuration but one, and noise. */
interface Case {
  /** How many samples a trial returns. */
  readonly samples: number;
  /** How many trials a search has. */
  readonly trials: number;
  /** The deviation of one sample, and of what all samples of a run have in common. */
  readonly within: number;
  readonly between: number;
}

const REPETITIONS = 1_000;
const LEVEL = 100;
/** The one configuration that may be better; the baseline is 0. */
const GOOD = 1;
const CASES: readonly Case[] = [
  ...[2, 3, 5, 9, 31].map((samples) => ({ samples, trials: 100, within: 2, between: 0 })),
  { samples: 9, trials: 20, within: 2, between: 0 },
  { samples: 9, trials: 1_000, within: 2, between: 0 },
  { samples: 9, trials: 100, within: 10, between: 0 },
  { samples: 9, trials: 100, within: 2, between: 2 },
];

/** A search of which the good configuration is better by `gain`; it is among the trials. */
function searchOf({ samples, trials, within, between }: Case, gain: number, seed: number) {
  return defineSearch({
    space: { x: int(0, 999_999) },
    baseline: { x: 0 },
    first: [{ x: GOOD }],
    objective: ({ x }, trial) => {
      const noise = createRandom(trial.seed);
      const run = LEVEL - (x === GOOD ? gain : 0) + between * noise.normal();
      return Array.from({ length: samples }, () => run + within * noise.normal());
    },
    sampler: random(),
    trials,
    seed,
  });
}

/** What the report of a search says: which trial is better than the baseline beyond the noise. */
function claimOf(result: SearchResult): { readonly x: number; readonly gain: number } | undefined {
  const baseline = result.baseline!;
  const { gains } = verdict(result.leaders, baseline, result.objectives, result.feasible.length);
  const [best] = gains;
  if (best === undefined) return undefined;
  return { x: (best.params as { x: number }).x, gain: baseline.values["value"]! - best.values["value"]! };
}

async function rowOf(of: Case): Promise<string[]> {
  const [promised, seen]: [number[], number[]] = [[], []];
  let [shown, claimed, warned] = [0, 0, 0];
  for (let seed = 0; seed < REPETITIONS; seed++) {
    const { noise, advice } = await searchOf(of, 0, seed).check();
    const { smallestGain } = noise["value"]!;
    promised.push(smallestGain);
    if (advice.some((one) => one.includes("differs between runs"))) warned++;
    const claim = claimOf(await searchOf(of, smallestGain, seed).start());
    if (claim?.x === GOOD) {
      shown++;
      seen.push(claim.gain);
    }
    const none = await searchOf(of, 0, REPETITIONS + seed).start();
    if (claimOf(none) !== undefined) claimed++;
  }
  const share = (count: number): string => `${((100 * count) / REPETITIONS).toFixed(1)} %`;
  const middle = (values: readonly number[]): string =>
    values.length === 0 ? "–" : `${values.toSorted((a, b) => a - b)[values.length >> 1]!.toFixed(2)} %`;
  return [
    `${of.samples}`,
    `${of.trials}`,
    `${of.within} %`,
    of.between === 0 ? "–" : `${of.between} %`,
    middle(promised),
    share(shown),
    middle(seen),
    share(claimed),
    share(warned),
  ];
}

printMachine(
  `check: the smallest gain that it promises, and what searches show; ${REPETITIONS} checks and twice as many searches each`,
);
const rows: string[][] = [];
for (const one of CASES) rows.push(await rowOf(one));
const noises = ["sd of a sample", "sd of a run"];
printTable(
  ["samples per trial", "trials", ...noises, "promised", "shown", "gain seen", "claimed of none", "warned"],
  rows,
);
