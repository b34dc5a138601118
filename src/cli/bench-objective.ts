import { benchRun, type BenchRun, checkpoints } from "../search/benchmark.ts";
import { problemOf, type ProblemSource } from "../search/named-problem.ts";

/** One job of `attune bench`: a search of a problem. */
export interface BenchJob extends BenchRun {
  readonly source: ProblemSource;
}

/** Where a worker process keeps the problem that it made last: a table takes a while to read. */
let kept: { readonly text: string; readonly problem: ReturnType<typeof problemOf> } | undefined;

/** What `attune bench` runs in its workers: the scores by number of trials, those that are finite. */
export default async function benchObjective(job: BenchJob): Promise<Record<string, number>> {
  const text = JSON.stringify(job.source);
  kept = kept?.text === text ? kept : { text, problem: problemOf(job.source) };
  const { problem } = kept;
  const { scores, failed } = await benchRun(problem, job);
  const at = checkpoints(job.trials, problem.objectives.length);
  const finite = scores.flatMap((score, i) => (Number.isFinite(score) ? [[`after${at[i]!}`, score] as const] : []));
  return { failed, ...Object.fromEntries(finite) };
}
