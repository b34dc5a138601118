import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { file } from "attune";
import { runJob, runProgram } from "../support/child.ts";
import { peerProgram } from "../support/python.ts";
import { digits, Sample } from "../support/sample.ts";
import { printTable } from "../support/table.ts";
import { isThere, type Ours, type Peers, startOurs } from "./ours.ts";

interface Job {
  readonly part: "refill";
  readonly who: Ours;
  readonly journal: boolean;
}

const ROUNDS = 4;
const TRIALS = 600;

/** The gaps between two trials in the same worker, in milliseconds, by the worker's own clock. */
async function run({ who, journal }: Job): Promise<{ readonly gaps: readonly number[] }> {
  const directory = mkdtempSync(join(tmpdir(), "attune-refill-"));
  const kept = journal ? { journal: file(join(directory, "refill.attune.jsonl")) } : {};
  const [handle] = await startOurs(who, 2, "gap-search.mjs", { seed: 1, trials: TRIALS, ...kept });
  const { trials } = await handle;
  rmSync(directory, { recursive: true });
  return { gaps: trials.map(({ values }) => values["gap"]!).filter((gap) => gap >= 0) };
}

function compare({ deephyper }: Peers): void {
  const node = (who: Ours, journal: boolean) => (): readonly number[] =>
    runJob<Job, { gaps: number[] }>("evaluators", { part: "refill", who, journal }).gaps;
  const python = (method: string) => (): readonly number[] =>
    runProgram<{ gaps: number[] }>(deephyper!, [peerProgram("deephyper_evaluator"), "gaps", method, `${TRIALS}`]).gaps;
  const all: [name: string, gaps: () => readonly number[]][] = (["threads", "processes"] as const)
    .filter(isThere)
    .flatMap((who) => [
      [`attune, ${who}, no journal`, node(who, false)],
      [`attune, ${who}, journal file`, node(who, true)],
    ]);
  if (deephyper !== undefined)
    for (const method of ["thread", "process"]) all.push([`DeepHyper, ${method}, no search`, python(method)]);
  const found = all.map((): Sample[] => []);
  for (let round = 0; round < ROUNDS; round++)
    for (const [i, [, gaps]] of all.entries()) found[i]!.push(new Sample(gaps()));
  console.log("\n## From the end of a trial to the start of the next one on the same worker, ms\n");
  console.log(`2 workers whose objective blocks for 2 ms, ${TRIALS} trials a run, random sampler.\n`);
  printTable(
    ["who", "n", "p50, median [quartiles]", "p99, median [quartiles]", "longest of all"],
    all.map(([name], i) => {
      const of = (q: number): Sample => new Sample(found[i]!.map((run) => run.quantile(q)));
      return [name, `${ROUNDS}`, of(0.5).text, of(0.99).text, digits(of(1).quantile(1))];
    }),
  );
}

export const refill = { run, compare };
