import { expectNumber, refuseUnknown, show, usage } from "../core/errors.ts";
import { definePruner, type PrunerDefinition } from "../core/pruner.ts";
import { Curves } from "./curves.ts";
import { checkHalving, Halving, type HalvingOptions } from "./halving.ts";
import type { By } from "./pace.ts";

/** Options of {@link successiveHalving}. */
export interface SuccessiveHalvingOptions extends HalvingOptions {
  /** Rungs stand at steps, or at times since a trial's start. @default "step" */
  readonly by?: By;
  /** Where the first rung stands: a step, or milliseconds. @default a hundredth of how far the longest complete trial came, at least 1: nobody is pruned before one is complete */
  readonly minResource?: number;
  /** How many rungs are left out at the beginning. @default 0 */
  readonly skip?: number;
}

/**
 * Asynchronous successive halving (ASHA: L. Li et al., MLSys 2020, algorithm 2; the rule of Optuna's
 * `SuccessiveHalvingPruner`): a trial goes on from a rung only if it is among the best 1/`factor` of those that have come to
 * it so far. Needs no trial to be complete where `minResource` is given.
 * @example successiveHalving({ minResource: 1, factor: 3 })
 */
export const successiveHalving: PrunerDefinition<SuccessiveHalvingOptions> = definePruner(
  {
    name: "successiveHalving",
    summary: "Asynchronous successive halving: the best 1/factor go on from each rung.",
  },
  (options: SuccessiveHalvingOptions) => {
    const name = "successiveHalving";
    refuseUnknown(name, options, ["by", "minResource", "factor", "bootstrap", "skip"]);
    const { by = "step", minResource, skip = 0 } = options;
    if (by !== "step" && by !== "time") throw usage(`Expected \`${name}.by\` to be "step" or "time", got ${show(by)}`);
    if (minResource !== undefined) expectNumber(`${name}.minResource`, minResource, { above: 0 });
    expectNumber(`${name}.skip`, skip, { integer: true, low: 0 });
    const how = checkHalving(name, options);
    if (how.bootstrap > 0 && minResource === undefined)
      throw usage(`Expected \`${name}.minResource\` beside \`bootstrap\`, got none`);
    return () => {
      const curves = new Curves();
      let longest = -Infinity;
      let halving: Halving | undefined;
      const begin = (): Halving | undefined => {
        const first = minResource ?? (longest === -Infinity ? undefined : Math.max(1, Math.floor(longest / 100)));
        return first === undefined ? undefined : new Halving(first * how.factor ** skip, how);
      };
      return {
        report: (number, report) => {
          const curve = curves.add(number, report);
          halving ??= begin();
          return halving?.judge(number, by === "step" ? curve.last : curve.elapsed, curve.value) ?? "continue";
        },
        tell: ({ number, state, reports, atLeast }) => {
          curves.end(number);
          halving?.end(number);
          if (state !== "complete" || atLeast) return;
          for (const { step, elapsed } of reports) longest = Math.max(longest, by === "step" ? step : elapsed);
        },
      };
    };
  },
);
