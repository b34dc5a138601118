import { appendFileSync } from "node:fs";
import { failed, type Outcome } from "../core/outcome.ts";
import { messageOf } from "../core/errors.ts";
import { Attempt, thrown } from "../evaluators/attempt.ts";
import { lend } from "../evaluators/lease-environment.ts";
import { objectiveOf } from "../evaluators/worker-objective.ts";
import { writeFileAtomic } from "../system/atomic-file.ts";
import { realClock } from "../system/clock.ts";
import { JobFiles } from "./job-files.ts";

/** Milliseconds that an objective has to end once its job is cancelled. */
const GRACE = 1_000;

/** The program of a job: runs one attempt, and leaves what it reports and comes to in the files of its directory. */
const files = new JobFiles(process.argv.at(-1)!);
let attempt: Attempt | undefined;
let finished = false;

async function finish(outcome: Outcome): Promise<void> {
  if (finished) return;
  finished = true;
  await writeFileAtomic(files.path("outcome.json"), JSON.stringify(outcome));
  process.exit(); // what the objective has left behind ends as well
}

async function work(): Promise<Outcome> {
  const { source, run, names, limited } = files.job()!;
  let objective;
  try {
    objective = await objectiveOf(source);
  } catch (error) {
    return failed("error", `cannot load the objective: ${messageOf(error)}`);
  }
  lend(run.leases, process.env, run.environment);
  const reportSync = (step: number, values: Readonly<Record<string, number>>): "continue" => {
    appendFileSync(files.path("reports"), `${JSON.stringify({ step, values })}\n`);
    return "continue";
  };
  const log = (line: string): void => void process.stdout.write(`${line}\n`);
  attempt = new Attempt(
    { ...run, worker: 0, report: reportSync, reportSync, log },
    limited === undefined ? { names } : { names, limited },
  );
  return attempt.run(objective, run.params);
}

process.on("uncaughtException", (error) => void finish(thrown(error)));
process.on("SIGTERM", () => {
  attempt?.abort(new DOMException(files.cancelled()?.reason ?? "the job was told to end", "AbortError"));
  void realClock.sleep(GRACE).then(() => process.exit(1));
});
await finish(await work());
