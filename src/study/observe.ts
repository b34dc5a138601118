import { compared, lossesOf } from "../core/compared.ts";
import type { StudyDefinition } from "../core/event.ts";
import { excess, lossOf } from "../core/objective.ts";
import type { Observation, Report } from "../core/sampler.ts";
import type { TrialReport } from "../core/trial.ts";
import type { Space } from "../space/space.ts";
import type { TrialRecord } from "./record.ts";

type Terms = Pick<StudyDefinition, "objectives" | "constraints">;

/** How far a complete trial is beyond each limit, as measured; ≤ 0 keeps it. */
export function excessOf({ constraints }: Terms, measured: TrialRecord<unknown>["measured"]): number[] {
  return excess(constraints, (name) => measured[name]?.value);
}

/** Whether a complete trial keeps every limit. */
export function isFeasible(terms: Terms, measured: TrialRecord<unknown>["measured"]): boolean {
  return excessOf(terms, measured).every((beyond) => beyond <= 0);
}

/** Intermediate losses, of normalised values where there are any; values that are not objectives are left out. */
export function reportOf({ objectives }: Terms, { step, values, normalized, elapsed = NaN }: TrialReport): Report {
  const losses = objectives.map(({ name, direction }) => lossOf(normalized?.[name] ?? values[name] ?? NaN, direction));
  return { step, losses, elapsed };
}

/** A finished trial as samplers see it; undefined where there is nothing to tell: lost, cancelled, never settled. */
export function observe<P>(
  terms: Terms,
  space: Space<P>,
  trial: TrialRecord<P>,
  withMemo: boolean,
): Observation | undefined {
  const { row, state } = trial;
  if (row === undefined || trial.failure?.kind === "lost") return undefined;
  if (state !== "complete" && state !== "pruned" && state !== "failed" && state !== "rejected") return undefined;
  return observed(terms, space.unit(row), trial, state, withMemo);
}

/** The end of an attempt as pruners see it: failed unless the trial is complete or pruned by it. */
export function ended<P>(terms: Terms, space: Space<P>, trial: TrialRecord<P>): Observation {
  const { row, state, aside } = trial;
  const unit = row === undefined ? new Float64Array(space.axes.length).fill(NaN) : space.unit(row);
  const counts = aside === undefined && (state === "complete" || state === "pruned");
  return observed(terms, unit, trial, counts ? state : "failed", false);
}

function observed<P>(
  terms: Terms,
  unit: Float64Array,
  trial: TrialRecord<P>,
  state: Observation["state"],
  withMemo: boolean,
): Observation {
  const { measured } = trial;
  const complete = state === "complete";
  const errors = complete ? terms.objectives.map(({ name }) => compared(measured[name]!).stderr ?? NaN) : [];
  return {
    number: trial.number,
    state,
    unit,
    losses: complete ? lossesOf(terms.objectives, measured) : [],
    constraints: complete ? excessOf(terms, measured) : [],
    cost: trial.cost ?? trial.duration,
    reports: trial.reports.map((report) => reportOf(terms, report)),
    duration: trial.duration,
    ...(errors.every(Number.isNaN) ? {} : { errors }),
    ...(trial.atLeast ? { atLeast: true as const } : {}),
    ...(trial.failure ? { failure: trial.failure.kind } : {}),
    ...(withMemo && trial.generation !== undefined ? { generation: trial.generation } : {}),
    ...(withMemo && trial.memo !== undefined ? { memo: trial.memo } : {}),
  };
}
