import { lossOf, type Objective } from "./objective.ts";
import type { Measured } from "./outcome.ts";

/** What was measured, by name. */
export type MeasuredByName = Readonly<Record<string, Measured>>;

/**
 * The number that counts when trials are compared, with its standard error: the normalised one where there is one, else
 * the value as measured. Limits are about values as measured.
 */
export function compared({ value, stderr, normalized }: Measured): {
  readonly value: number;
  readonly stderr?: number;
} {
  return normalized ?? (stderr === undefined ? { value } : { value, stderr });
}

/** The losses of what was measured, one per objective: {@link compared}, minimised. */
export function lossesOf(objectives: readonly Objective[], measured: MeasuredByName): number[] {
  return objectives.map(({ name, direction }) => lossOf(compared(measured[name]!).value, direction));
}

/**
 * A value by which trials may be told apart in a table or a chart, in the unit of its name: {@link besideBaseline}, and
 * without a baseline what is {@link compared}.
 */
export function comparable(measured: Measured, baseline: Measured | undefined): number {
  return baseline === undefined ? compared(measured).value : besideBaseline(measured, baseline).value;
}

/**
 * What a normalised measurement would have been where and when `baseline` was measured, with its standard error; one that
 * is not normalised, as it is. With it a change against the baseline is the same as between normalised values.
 */
export function besideBaseline(measured: Measured, baseline: Measured): { value: number; stderr?: number } {
  const { value, stderr } = compared(measured);
  const size = Math.abs(baseline.value);
  const scale = measured.normalized === undefined ? 1 : size;
  return {
    value: measured.normalized === undefined ? value : baseline.value + (value - 1) * size,
    ...(stderr === undefined ? {} : { stderr: stderr * scale }),
  };
}
