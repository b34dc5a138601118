import { AttemptFailed } from "../core/attempt-failed.ts";
import { attemptPolicy } from "../core/attempt-policy.ts";
import type { TrialContext } from "../core/evaluator.ts";
import { judged } from "../core/measure.ts";
import { Attempt } from "../evaluators/attempt.ts";
import { checkPlaceholders, type CommandObjective } from "../evaluators/command.ts";
import { Scratch } from "../evaluators/scratch.ts";

/** One value of a command's runs: `name` is `wall` or one that it gives. */
export interface CommandRuns extends AsyncDisposable {
  /** Runs it once. Rejects with its failure. */
  readonly sample: () => Promise<number>;
}

/** Runs a command outside a search, as an attempt would. What it finds itself in is the trial's, or a stand-in's. */
export function commandRuns(
  command: CommandObjective,
  name: string,
  given: { readonly params?: object; readonly trial?: TrialContext; readonly signal?: AbortSignal | undefined },
): CommandRuns {
  if (given.params === undefined)
    checkPlaceholders(command.templates, [], undefined, Object.keys(given.trial?.leases ?? {}));
  const scratch = given.trial === undefined ? new Scratch(attemptPolicy({}), () => {}) : undefined;
  const dir = scratch?.place({ number: 0, attempt: 1 }) ?? "";
  const trial = given.trial ?? standIn(dir);
  const { number, attempt, baseline, seed, report, reportSync, log, worker, leases, environment, exclusive, instance } =
    trial;
  const context: TrialContext = {
    number,
    attempt,
    baseline,
    seed,
    report,
    reportSync,
    log,
    worker,
    leases,
    environment,
    exclusive,
    instance,
    names: [name],
    signal: given.signal ?? trial.signal,
    get dir() {
      return trial.dir;
    },
    get cache() {
      return trial.cache;
    },
  };
  return {
    async sample() {
      const outcome = judged(await command(given.params ?? {}, context), [name]);
      if (outcome.state === "failed") throw new AttemptFailed(outcome.failure);
      return (outcome as Extract<typeof outcome, { state: "complete" }>).values[name]!.value;
    },
    async [Symbol.asyncDispose]() {
      scratch?.release(dir, 0, undefined);
      await scratch?.close();
    },
  };
}

function standIn(dir: string): TrialContext {
  const report = (): "continue" => "continue";
  const log = (): void => {};
  const about = { number: 0, attempt: 1, baseline: false, seed: 0, worker: 0, dir, leases: {} };
  return new Attempt({ ...about, report, reportSync: report, log }, { names: [] });
}
