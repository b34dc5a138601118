import type { TrialContext } from "../core/evaluator.ts";
import { cacheDirectory } from "../system/cache-directory.ts";
import { textOf } from "./command-template.ts";
import { leaseEnvironment } from "./lease-environment.ts";

/** The parameters and the trial as environment variables; inner keys are joined by `_`. */
export function commandEnvironment(params: unknown, trial: TrialContext): Record<string, string> {
  const found: Record<string, string> = {
    ...trial.environment,
    ...leaseEnvironment(trial.leases),
    ATTUNE_TRIAL: String(trial.number),
    ATTUNE_ATTEMPT: String(trial.attempt),
    ATTUNE_SEED: String(trial.seed),
    ATTUNE_BASELINE: trial.baseline ? "1" : "0",
    ATTUNE_WORKER: String(trial.worker),
    ATTUNE_DIR: trial.dir,
    ATTUNE_CACHE: cacheDirectory(),
    ATTUNE_PARAMS: JSON.stringify(params),
  };
  const enter = (value: unknown, name: string): void => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) found[name] = textOf(value);
    else for (const [key, inner] of Object.entries(value)) enter(inner, `${name}_${variable(key)}`);
  };
  enter(typeof params === "object" ? params : {}, "ATTUNE_PARAM");
  if (trial.instance === undefined) return found;
  if (typeof trial.instance === "object") enter(trial.instance, "ATTUNE_INSTANCE");
  return { ...found, ATTUNE_INSTANCE: textOf(trial.instance) };
}

function variable(key: string): string {
  return key.toUpperCase().replace(/[^A-Z0-9]/g, "_");
}
