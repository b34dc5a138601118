import type { FailureKind } from "../core/outcome.ts";
import type { Trial } from "../core/trial.ts";
import type { Space } from "../space/space.ts";
import { labelOf } from "./effects.ts";
import { fisherExact } from "../math/fisher.ts";

/** Values of a parameter that go with failures. */
export interface FailureCause {
  /** The name of the axis. */
  readonly name: string;
  /** The value, or the part of the range; "inactive" where the parameter is. */
  readonly label: string;
  readonly kind: FailureKind | "any";
  /** How many of the trials with it failed so, and how many of the others. */
  readonly failed: number;
  readonly of: number;
  readonly otherFailed: number;
  readonly otherOf: number;
  /** The probability of so uneven a table by chance (Fisher's exact test, one-sided), times the number of tables looked at. */
  readonly p: number;
}

const PARTS = 8;

/**
 * Which values go with failures, the surest first: for each part of each parameter's range and each kind of failure a
 * table of trials with and without, judged by Fisher's exact test with Bonferroni's correction. Only those with p below
 * `p` are told. A value that always comes with another one is told as well: this is association, not cause.
 */
export function failureCauses<P>(
  space: Space<P>,
  trials: readonly Trial<P>[],
  { p: limit = 0.05 }: { readonly p?: number } = {},
): FailureCause[] {
  const judged = trials.filter(
    (t) =>
      t.twin === undefined &&
      (t.state === "complete" || t.state === "pruned" || t.state === "failed") &&
      space.parameter.problem(t.params) === undefined,
  );
  const kinds = [...new Set(judged.flatMap(({ failure }) => (failure === undefined ? [] : [failure.kind])))];
  if (kinds.length === 0) return [];
  const units = judged.map(({ params }) => space.unit(space.row(params)));
  const asked: (FailureKind | "any")[] = kinds.length === 1 ? kinds : [...kinds, "any"];
  const causes: FailureCause[] = [];
  let tables = 0;
  space.axes.forEach((axis, i) => {
    const parts = axis.size <= PARTS ? axis.size : PARTS;
    const partOf = (unit: number): number =>
      Number.isNaN(unit) ? parts : Math.min(parts - 1, Math.floor(unit * parts));
    for (const kind of asked) {
      const [failed, all] = [new Float64Array(parts + 1), new Float64Array(parts + 1)];
      judged.forEach(({ failure }, t) => {
        const part = partOf(units[t]![i]!);
        all[part]! += 1;
        if (failure !== undefined && (kind === "any" || failure.kind === kind)) failed[part]! += 1;
      });
      const totalFailed = failed.reduce((a, b) => a + b, 0);
      for (let part = 0; part <= parts; part++) {
        if (all[part] === 0 || all[part] === judged.length) continue;
        tables++;
        const [here, rest] = [failed[part]!, totalFailed - failed[part]!];
        const others = judged.length - all[part]!;
        if (here / all[part]! <= rest / others) continue;
        const label = part < parts ? labelOf(axis, part, parts) : "inactive";
        const p = fisherExact(here, all[part]! - here, rest, others - rest);
        causes.push({
          name: axis.name,
          label,
          kind,
          failed: here,
          of: all[part]!,
          otherFailed: rest,
          otherOf: others,
          p,
        });
      }
    }
  });
  return causes
    .map((cause) => ({ ...cause, p: Math.min(1, cause.p * tables) }))
    .filter(({ p }) => p < limit)
    .sort((a, b) => a.p - b.p);
}
