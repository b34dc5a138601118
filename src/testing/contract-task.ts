import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Task, Workload } from "../core/evaluator.ts";
import type { Json } from "../core/json.ts";
import type { Verdict } from "../core/pruner.ts";
import { realClock } from "../system/clock.ts";
import { contractObjective, type ContractParams } from "./contract-objective.ts";

/** A task for the contract's objective that remembers what it was told. */
export interface ContractTask extends Task<ContractParams> {
  readonly controller: AbortController;
  readonly reports: { readonly step: number; readonly values: Readonly<Record<string, number>> }[];
  readonly places: Json[];
}

let tasks = 0;

/** Makes a task; `verdict` is the answer to its reports. */
export function contractTask(
  deed: ContractParams["do"],
  x: number = 1,
  given: Partial<Task<ContractParams>> & { readonly verdict?: Verdict; readonly text?: string } = {},
): ContractTask {
  const controller = new AbortController();
  const { verdict = "continue", text, ...rest } = given;
  const reports: ContractTask["reports"] = [];
  const places: Json[] = [];
  return {
    number: tasks++,
    attempt: 1,
    params: { do: deed, x, ...(text === undefined ? {} : { text }) },
    baseline: false,
    seed: 7,
    signal: controller.signal,
    placed: (where) => places.push(where),
    report: async (step, values) => {
      reports.push({ step, values });
      return verdict;
    },
    reportSync: (step, values) => {
      reports.push({ step, values });
      return verdict;
    },
    dir: join(tmpdir(), `attune-contract-${process.pid}`, String(tasks)),
    leases: {},
    controller,
    reports,
    places,
    ...rest,
  };
}

/** What an evaluator is opened with to run the contract's objective. */
export function contractWorkload(workers?: number, log: Workload["log"] = () => {}): Workload<ContractParams> {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return {
    objective: contractObjective,
    module: new URL(`../testing/contract-objective.${extension}`, import.meta.url).href,
    names: ["value"],
    log,
    ...(workers === undefined ? {} : { workers }),
  };
}

/** Waits until something holds, for as long as the test may take. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await realClock.sleep(2);
}

/** Whether there is such a process; one that has ended and waits for its parent to notice is none. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}
