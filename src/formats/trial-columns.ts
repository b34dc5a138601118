import type { FinishedTrial } from "../core/trial.ts";
import { instanceCells } from "./instance-cells.ts";
import { settingsOf } from "./settings.ts";

/** One column of a table of trials: numbers, or texts; `undefined` where a trial has none. */
export type TrialColumn =
  | { readonly name: string; readonly type: "integer" | "number"; readonly values: readonly (number | undefined)[] }
  | { readonly name: string; readonly type: "text"; readonly values: readonly (string | undefined)[] };

/**
 * Trials as columns: `number, state, source, attempt, generation, twin, startedAt, finishedAt, duration`, then
 * `params.<path>`, `values.<name>`, `stderr.<name>`, `instances.<name>.<instance>`, `failure.kind` and `failure.message`. A parameter whose values are all
 * numbers makes a column of numbers, any other one of texts: texts as they are, everything else as JSON.
 */
export function trialColumns(trials: readonly FinishedTrial[]): TrialColumn[] {
  const settings = trials.map(({ params }) => {
    const known = new Map<string, unknown>();
    for (const { path, value } of settingsOf(params)) known.set(path.join("."), value);
    return known;
  });
  const paths = [...new Set(settings.flatMap((known) => [...known.keys()]))];
  const named = (key: "values" | "stderr"): TrialColumn[] =>
    [...new Set(trials.flatMap((trial) => Object.keys(trial[key])))].map((name) => ({
      name: `${key}.${name}`,
      type: "number",
      values: trials.map((trial) => trial[key][name]),
    }));
  const onInstances = trials.map(({ reports }) => new Map(instanceCells(reports)));
  const whole = (name: "number" | "attempt" | "generation" | "twin"): TrialColumn => ({
    name,
    type: "integer",
    values: trials.map((trial) => trial[name]),
  });
  const number = (name: "startedAt" | "finishedAt" | "duration"): TrialColumn => ({
    name,
    type: "number",
    values: trials.map(({ [name]: value }) => (Number.isNaN(value) ? undefined : value)),
  });
  const text = (name: string, of: (trial: FinishedTrial) => string | undefined): TrialColumn => ({
    name,
    type: "text",
    values: trials.map(of),
  });
  return [
    whole("number"),
    text("state", ({ state }) => state),
    text("source", ({ source }) => source),
    whole("attempt"),
    whole("generation"),
    whole("twin"),
    number("startedAt"),
    number("finishedAt"),
    number("duration"),
    ...paths.map((path) =>
      parameterColumn(
        `params.${path}`,
        settings.map((known) => known.get(path)),
      ),
    ),
    ...named("values"),
    ...named("stderr"),
    ...[...new Set(onInstances.flatMap((cells) => [...cells.keys()]))].map((name): TrialColumn => ({
      name,
      type: "number",
      values: onInstances.map((cells) => cells.get(name)),
    })),
    text("failure.kind", ({ failure }) => failure?.kind),
    text("failure.message", ({ failure }) => failure?.message),
  ];
}

function parameterColumn(name: string, values: readonly unknown[]): TrialColumn {
  const numbers = values.every((value) => value === undefined || typeof value === "number");
  if (!numbers) return { name, type: "text", values: values.map(textOf) };
  const small = values.every((v) => v === undefined || (Number.isInteger(v) && Math.abs(v) < 2 ** 31));
  return { name, type: small ? "integer" : "number", values };
}

function textOf(value: unknown): string | undefined {
  return value === undefined || typeof value === "string" ? value : JSON.stringify(value);
}
