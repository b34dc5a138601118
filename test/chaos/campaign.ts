import { createRandom } from "../../src/core/random.ts";
import { type Scenario, scenarios } from "./scenarios.ts";
import { killsOf, storm, type Tally } from "./storm.ts";

/** What a campaign has to say of one scenario. */
export interface Row {
  readonly name: string;
  readonly tally: Tally;
  readonly milliseconds: number;
}

/** At least `kills` kills, over all scenarios with one process and over those of functions with three on one journal. */
export async function campaign(seed: number, kills: number, told: (row: Row) => void): Promise<readonly Row[]> {
  const fields: readonly (readonly [Scenario, number])[] = [
    ...scenarios.map((scenario) => [scenario, 1] as const),
    ...scenarios.filter(({ name }) => name.endsWith("function")).map((scenario) => [scenario, 3] as const),
  ];
  const each = Math.ceil(kills / fields.length);
  const rows: Row[] = [];
  for (const [scenario, mains] of fields) {
    const began = performance.now();
    const name = mains === 1 ? scenario.name : `${scenario.name} × ${mains}`;
    const tally = await storm(scenario, { random: createRandom(seed).fork(name), kills: each, mains });
    const row = { name, tally, milliseconds: performance.now() - began };
    rows.push(row);
    told(row);
  }
  return rows;
}

/** The cells of a row, in the order of {@link HEAD}. */
export function cellsOf({ name, tally, milliseconds }: Row): readonly (string | number)[] {
  const { kills, resumes, trials, torn, violations } = tally;
  const count = (...kinds: readonly string[]): number => violations.filter(({ kind }) => kinds.includes(kind)).length;
  const [lost, doubled, survivors] = [count("lost"), count("doubled"), count("survivor")];
  const other = violations.length - lost - doubled - survivors;
  const { worker, main, both } = kills;
  const seconds = (milliseconds / 1000).toFixed(1);
  return [name, killsOf(tally), worker, main, both, resumes, torn, trials, lost, doubled, survivors, other, seconds];
}

/** The columns of a campaign's table. */
export const HEAD: readonly string[] = [
  "evaluator",
  "kills",
  "worker",
  "main",
  "both",
  "resumes",
  "torn",
  "trials",
  "lost",
  "doubled",
  "survivors",
  "other",
  "s",
];
