import { subscribe } from "node:diagnostics_channel";
import { setTimeout as sleep } from "node:timers/promises";
import { defineSearch, inline, mlflow } from "attune";
import { giveResult, givenJob, runJob, runProgram } from "./support/child.ts";
import { printMachine } from "./support/machine.ts";
import { startMlflow } from "./support/mlflow.ts";
import { findPython, peerProgram } from "./support/python.ts";
import { Sample } from "./support/sample.ts";
import { spaces } from "./support/spaces.ts";
import { printTable } from "./support/table.ts";

interface Job {
  readonly uri: string;
  readonly tracked: boolean;
}
interface Cost {
  /** Seconds until the last trial was over, and until the server knew everything. */
  readonly tuning: number;
  readonly whole: number;
  readonly requests: number;
}

const REPEATS = 3;
const TRIALS = 100;
/** Milliseconds that each trial sleeps. */
const MS = 20;

async function measure({ uri, tracked }: Job): Promise<Cost> {
  let requests = 0;
  subscribe("http.client.request.start", () => void requests++);
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  let tuning = 0;
  await defineSearch({
    space: spaces["5 floats"]!,
    sampler: "random",
    seed: 1,
    trials: TRIALS,
    objective: async () => {
      await sleep(MS);
      tuning = seconds();
      return 1;
    },
    evaluator: inline({ workers: 1 }),
    trackers: tracked ? [mlflow({ uri, experiment: "attune" })] : [],
  }).start();
  return { tuning, whole: seconds(), requests };
}

async function compare(python: string): Promise<void> {
  const server = await startMlflow(python);
  const peer = (tracked: boolean): Cost =>
    runProgram<Cost>(python, [peerProgram("optuna_mlflow"), server.uri, `${TRIALS}`, `${MS}`, tracked ? "1" : "0"]);
  const ours = (tracked: boolean): Cost => runJob<Job, Cost>("mlflow", { uri: server.uri, tracked });
  const costs: Record<string, { readonly with: Cost[]; readonly without: Cost[] }> = {
    "attune, mlflow()": { with: [], without: [] },
    "Optuna, MLflowCallback": { with: [], without: [] },
  };
  try {
    for (let i = 0; i < REPEATS; i++)
      for (const [name, run] of Object.entries({ "attune, mlflow()": ours, "Optuna, MLflowCallback": peer })) {
        costs[name]!.without.push(run(false));
        costs[name]!.with.push(run(true));
      }
  } finally {
    server.end();
  }
  printMachine("mlflow", python, ["optuna", "optuna-integration", "mlflow"]);
  console.log(`${TRIALS} trials of ${MS} ms one after another, ${REPEATS} times, on one server with SQLite.\n`);
  printTable(
    ["tracker", "requests per trial", "added s per 1,000 trials, while they run", "until the server knows all"],
    Object.entries(costs).map(([name, { with: tracked, without }]) => {
      const added = (of: "tuning" | "whole"): Sample =>
        new Sample(tracked.map((cost, i) => ((cost[of] - without[i]![of]) / TRIALS) * 1000));
      const requests = new Sample(tracked.map((cost) => cost.requests / TRIALS));
      return [name, requests.text, added("tuning").text, added("whole").text];
    }),
  );
}

const job = givenJob<Job>();
if (job) giveResult(await measure(job));
else {
  const python = findPython("optuna_integration") && findPython("mlflow");
  if (python !== undefined) await compare(python);
}
