import { availableParallelism } from "node:os";
import type { SamplerDefinition } from "../core/sampler.ts";
import { standings } from "../analysis/rivals.ts";
import { AttuneError, expectNumber, usage } from "../core/errors.ts";
import { processes } from "../evaluators/index.ts";
import { labelOf } from "../problems/problem.ts";
import * as samplers from "../samplers/index.ts";
import { checkpoints } from "../search/benchmark.ts";
import { problemOf, type ProblemSource, readNamed } from "../search/named-problem.ts";
import { openQueue } from "../search/open-queue.ts";
import type { FinishedJob } from "../search/queue-job.ts";
import { pick } from "../search/registry.ts";
import type { BenchJob } from "./bench-objective.ts";
import { type Bench, benchText } from "./bench-text.ts";
import { EXIT } from "./exit.ts";

/** Options of `attune bench`, as commander gives them. */
export interface BenchFlags {
  readonly problem?: readonly string[];
  readonly table?: readonly string[];
  readonly sampler?: readonly string[];
  readonly trials: string;
  readonly seeds: string;
  readonly noise?: string;
  readonly workers?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** What a search is named by when no `--sampler` says otherwise. */
const USUAL = ["random", "auto", "genetic", "tpe", "cma-es"];
const SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** `attune bench`: searches of test problems by several samplers, compared with statistics. */
export async function bench(flags: BenchFlags): Promise<number> {
  const trials = number("--trials", flags.trials, 1);
  const seeds = number("--seeds", flags.seeds, 2);
  const workers =
    flags.workers === undefined ? Math.min(2, availableParallelism()) : number("--workers", flags.workers, 1);
  const noise = flags.noise === undefined ? {} : { noise: expectNumber("--noise", Number(flags.noise), { low: 0 }) };
  const split = (words: readonly string[] = []): string[] => words.flatMap((word) => word.split(",")).filter(Boolean);
  const named = split(flags.problem).map(readNamed);
  const sources: ProblemSource[] = [
    ...named.map((problem) => ({ problem, ...noise })),
    ...(flags.table ?? []).map((table) => ({ table, ...noise })),
  ];
  if (sources.length === 0) throw usage("Expected a problem: attune bench --problem hartmann6, or --table FILE");
  const known = sources.map((source) => ({ source, problem: problemOf(source) }));
  const several = known.find(({ problem }) => problem.objectives.length > 1)?.problem;
  const fits = (name: string): boolean =>
    several === undefined || pick<SamplerDefinition>(samplers, "--sampler", name).info.multiObjective === true;
  const given = split(flags.sampler);
  const rivals = (given.length > 0 ? given : USUAL.filter((text) => fits(readNamed(text).name))).map((text) => ({
    text,
    ...readNamed(text),
  }));
  for (const { name, options } of rivals) {
    pick<SamplerDefinition>(samplers, "--sampler", name)(options);
    if (!fits(name)) throw usage(`Expected samplers for several objectives with ${several!.name}, got ${name}`);
  }

  const jobs = known.flatMap(({ source }) =>
    rivals.flatMap(({ name, options }) =>
      Array.from({ length: seeds }, (_, seed): BenchJob => ({ source, sampler: name, options, trials, seed })),
    ),
  );
  const done = await run(jobs, workers, flags.quiet === true);
  if (done === undefined) return EXIT.interrupted;
  const results = known.map(({ problem }, p): Bench => {
    const at = checkpoints(trials, problem.objectives.length);
    const runs = rivals.map(({ text }, r) => ({
      name: text,
      runs: done.slice((p * rivals.length + r) * seeds, (p * rivals.length + r + 1) * seeds).map(({ values }) => ({
        failed: values["failed"] ?? 0,
        scores: at.map((n) => values[`after${n}`] ?? Infinity),
      })),
    }));
    return {
      problem: labelOf(problem),
      measure: problem.objectives.length > 1 ? "hypervolume" : "loss",
      ...(problem.least === undefined ? {} : { least: problem.least }),
      trials,
      seeds,
      checkpoints: at,
      samplers: runs,
      standings: standings(
        runs.map((each) => ({ name: each.name, scores: each.runs.map(({ scores }) => scores.at(-1)!) })),
      ),
    };
  });
  process.stdout.write(`${flags.json ? JSON.stringify(results) : results.map(benchText).join("\n\n")}\n`);
  return EXIT.done;
}

/** Runs the jobs in processes; undefined when interrupted. */
async function run(
  jobs: readonly BenchJob[],
  workers: number,
  quiet: boolean,
): Promise<readonly FinishedJob<BenchJob>[] | undefined> {
  let finished = 0;
  const progress = (): void => {
    finished++;
    if (!quiet && process.stderr.isTTY) process.stderr.write(`\r\x1b[K${finished} of ${jobs.length} searches`);
  };
  const queue = await openQueue<BenchJob, { readonly failed: "minimize" }>({
    module: new URL("../cli/bench-objective.js", import.meta.url).href,
    objectives: { failed: "minimize" },
    evaluator: processes({ workers }),
    on: { done: progress },
  });
  let interrupted = false;
  const heard = (): void => {
    interrupted = true;
    queue.close().catch(() => {});
  };
  for (const signal of SIGNALS) process.on(signal, heard);
  try {
    queue.submit(jobs);
    const all = await queue.gather("all");
    const wrong = all.find(({ state }) => state === "failed");
    if (wrong !== undefined && !interrupted)
      throw new AttuneError("evaluator", `A search of ${wrong.params.sampler} failed: ${wrong.failure?.message}`);
    return interrupted ? undefined : [...all].sort((a, b) => a.number - b.number);
  } finally {
    for (const signal of SIGNALS) process.off(signal, heard);
    await queue.close();
    if (!quiet && process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  }
}

function number(flag: string, text: string, low: number): number {
  return expectNumber(flag, Number(text), { integer: true, low });
}
