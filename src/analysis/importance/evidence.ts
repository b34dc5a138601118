import { compared } from "../../core/compared.ts";
import { usage } from "../../core/errors.ts";
import { type Direction, lossOf, type Objective } from "../../core/objective.ts";
import type { Trial } from "../../core/trial.ts";
import type { Axis } from "../../space/axis.ts";
import type { Space } from "../../space/space.ts";

/** Complete trials in columns: the coordinates of each axis in the unit interval, NaN where it is inactive, and losses. */
export interface Evidence {
  readonly axes: readonly Axis[];
  /** One column per axis, one number per trial. */
  readonly columns: readonly Float64Array[];
  /** One row per trial, one loss per objective. */
  readonly losses: readonly (readonly number[])[];
  /** How many trials there are. */
  readonly count: number;
}

/**
 * The complete trials of a study in this space, twins and trials that were cut off left out. Values count as
 * they are compared: normalised where they were. With `objective` the losses
 * are those of that name alone, which may be any measured name; one that is no objective is minimised.
 */
export function evidence<P>(
  space: Space<P>,
  trials: readonly Trial<P>[],
  objectives: readonly Objective[],
  objective?: string,
): Evidence {
  const wanted = objective === undefined ? objectives : [objectiveOf(objective, objectives)];
  const rows: Float64Array[] = [];
  const losses: number[][] = [];
  for (const trial of trials) {
    if (trial.state !== "complete" || trial.twin !== undefined || trial.atLeast) continue;
    const row = wanted.map(({ name, direction }) => {
      const measured = trial.measured[name];
      return measured === undefined ? NaN : lossOf(compared(measured).value, direction);
    });
    if (row.some(Number.isNaN) || space.parameter.problem(trial.params) !== undefined) continue;
    rows.push(space.unit(space.row(trial.params)));
    losses.push(row);
  }
  if (objective !== undefined && rows.length === 0)
    throw usage(`Expected complete trials with a value \`${objective}\`, got none`);
  const columns = space.axes.map((_, i) => Float64Array.from(rows, (row) => row[i]!));
  return { axes: space.axes, columns, losses, count: rows.length };
}

function objectiveOf(name: string, objectives: readonly Objective[]): { name: string; direction: Direction } {
  return objectives.find((each) => each.name === name) ?? { name, direction: "minimize" };
}
