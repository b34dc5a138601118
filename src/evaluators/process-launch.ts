import { availableParallelism } from "node:os";
import { expectNumber, refuseUnknown, show, usage } from "../core/errors.ts";
import type { EvaluatorInfo, LimitName } from "../core/evaluator.ts";
import type { Surroundings } from "./foreign.ts";
import type { ProcessesOptions } from "./process-options.ts";
import type { Launch } from "./process-transport.ts";
import { workerArguments } from "./worker-launch.ts";

/** The limits that processes keep on this machine. */
export const PROCESS_LIMITS: EvaluatorInfo["limits"] = [
  "workers",
  "timeout",
  ...(process.platform === "linux" ? (["memory", "cpuSeconds"] satisfies LimitName[]) : []),
];

/** Checks the options of the evaluator of that name, and fills in the defaults. */
export function processLaunch(
  name: string,
  options: ProcessesOptions,
): { workers: number; launch: Launch; around: Surroundings } {
  refuseUnknown(name, options, ["workers", "execPath", "execArgv", "env", "cwd", "memory", "cpuSeconds"]);
  const { execPath = process.execPath, execArgv = [], env, cwd, memory, cpuSeconds } = options;
  const workers = expectNumber("workers", options.workers ?? availableParallelism(), { low: 1, integer: true });
  if (memory !== undefined) expectNumber("memory", memory, { low: 1 });
  if (cpuSeconds !== undefined && expectNumber("cpuSeconds", cpuSeconds, { low: 0 }) === 0)
    throw usage(`Expected \`cpuSeconds\` to be a number > 0, got ${show(cpuSeconds)}`);
  expectTexts("execArgv", execArgv);
  const limits = {
    ...(memory === undefined ? {} : { memory }),
    ...(cpuSeconds === undefined ? {} : { cpuSeconds }),
  };
  const launch = {
    file: execPath,
    args: [...execArgv, ...workerArguments()],
    env: { ...process.env, ...env },
    limits,
    ...(cwd === undefined ? {} : { cwd }),
  };
  const forNode = Object.keys(options).filter((option) => option === "execPath" || option === "execArgv");
  return { workers, launch, around: { env, cwd, limits, forNode } };
}

/** Checks an option that is a list of texts. */
export function expectTexts(name: string, given: unknown): void {
  if (!Array.isArray(given) || !given.every((part) => typeof part === "string"))
    throw usage(`Expected \`${name}\` to be a list of texts, got ${show(given)}`);
}
