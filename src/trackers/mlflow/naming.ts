import type { StudyEvent } from "../../core/event.ts";
import type { Trial } from "../../core/trial.ts";
import { type Metric, type Pair, pairs } from "./batch.ts";
import { flattened, keyed, keyOf } from "./keys.ts";

/** How values are called on the server: by their display names, as keys that MLflow takes. */
export class Naming {
  readonly #names: Readonly<Record<string, string>>;

  constructor(names: Readonly<Record<string, string>>) {
    this.#names = names;
  }

  of(value: string): string {
    return keyOf(this.#names[value] ?? value);
  }
}

/** The name of a trial's run: `t0042`. */
export function runName({ number, source }: Pick<Trial, "number" | "source">): string {
  const name = `t${String(number).padStart(4, "0")}`;
  return source === "baseline" ? `${name} baseline` : name;
}

/** Whether a trial has a run of its own: not those that were never run, as twins and rejected ones. */
export function isShown(trial: Trial): boolean {
  return trial.startedAt !== undefined && trial.twin === undefined && trial.state !== "rejected";
}

/** The parameters of a configuration as MLflow takes them, in full length. */
export function parametersOf(params: unknown): Pair[] {
  return keyed(flattened(params)).map(([key, value]) => ({ key, value }));
}

/** The measured values of a complete trial, at the step of its last report and behind it: the last point is what is listed. */
export function valuesOf(trial: Trial, naming: Naming): Metric[] {
  const last = trial.reports.at(-1);
  const step = Math.trunc(last?.step ?? 0);
  const timestamp = trial.finishedAt! + (last === undefined ? 0 : 1);
  const named: [string, number][] = Object.entries(trial.values).map(([name, value]) => [naming.of(name), value]);
  for (const [name, error] of Object.entries(trial.stderr)) named.push([`stderr/${naming.of(name)}`, error]);
  for (const [name, value] of Object.entries(trial.normalized ?? {}))
    named.push([`normalized/${naming.of(name)}`, value]);
  if (trial.cost !== undefined) named.push(["cost", trial.cost]);
  named.push(["duration_s", trial.duration / 1000]);
  return keyed(named).map(([key, value]) => ({ key, value, timestamp, step }));
}

/** What a run is told of how its trial ended. */
export function endOf(trial: Trial): Pair[] {
  const { failure, reason } = trial;
  const output = failure?.stderr ?? failure?.stack;
  return pairs({
    "attune.state": trial.state,
    "attune.attempt": trial.attempt,
    "attune.failure": failure?.kind,
    "attune.reason": reason,
    "mlflow.note.content":
      failure && `**${failure.kind}**: ${failure.message}${output ? `\n\n\`\`\`\n${output.slice(-3000)}\n\`\`\`` : ""}`,
  });
}

/** The state of a run whose trial is over. */
export function statusOf({ state }: Pick<Trial, "state">): "FINISHED" | "FAILED" | "KILLED" {
  return state === "complete" ? "FINISHED" : state === "failed" ? "FAILED" : "KILLED";
}

/** The state of a study's run once a search has ended. */
export function endStatusOf(
  reason: (StudyEvent & { type: "search-ended" })["reason"],
): "FINISHED" | "FAILED" | "KILLED" {
  if (reason === "error" || reason === "all-failed") return "FAILED";
  return reason === "stopped" || reason === "interrupted" ? "KILLED" : "FINISHED";
}
