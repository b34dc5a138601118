import { expectNumber, usage } from "../../core/errors.ts";
import type { Objective } from "../../core/objective.ts";
import { createRandom } from "../../core/random.ts";
import type { Trial } from "../../core/trial.ts";
import type { Space } from "../../space/space.ts";
import { type Evidence, evidence } from "./evidence.ts";
import { fanova } from "./fanova.ts";
import { pedAnova } from "./ped-anova.ts";

/** How much of what decides between good and bad trials is one parameter's doing. */
export interface Importance {
  /** The name of the axis. */
  readonly name: string;
  /** From 0 to 1; all sum to 1, or are 0 where nothing matters. */
  readonly share: number;
}

export interface ImportanceOptions {
  /**
   * `ped-anova` asks what sets the best trials apart; `fanova` what makes values differ anywhere in the space, of one
   * objective. @default "ped-anova"
   */
  readonly method?: "ped-anova" | "fanova";
  /** A measured name to explain instead of all objectives. @default all of them; `fanova` needs it where there are several */
  readonly objective?: string;
  /** The share of trials that are the best ones, above 0 and at most 1; `ped-anova` only. @default 0.1 */
  readonly best?: number;
}

/** The fewest trials that tell anything. */
const FEWEST = 4;

/** The importance of every parameter, the most important one first. Throws a usage error with fewer than 4 complete trials. */
export function importance<P>(
  space: Space<P>,
  trials: readonly Trial<P>[],
  objectives: readonly Objective[],
  { method = "ped-anova", objective, best = 0.1 }: ImportanceOptions = {},
): Importance[] {
  const known = evidence(space, trials, objectives, objective);
  if (known.count < FEWEST)
    throw usage(`Expected at least ${FEWEST} complete trials to tell the importance of parameters, got ${known.count}`);
  return ranked(known, shares(known, method, best));
}

function shares(known: Evidence, method: string, best: number): readonly number[] {
  if (method === "ped-anova") {
    expectNumber("best", best, { above: 0, high: 1 });
    return pedAnova(known, best);
  }
  if (method !== "fanova")
    throw usage(`Expected \`method\` to be "ped-anova" or "fanova", got ${JSON.stringify(method)}`);
  if (known.losses[0]!.length > 1)
    throw usage("Expected `objective`, the name to explain: fanova explains one objective at a time");
  return fanova(known, createRandom("fanova"));
}

function ranked({ axes }: Evidence, shares: readonly number[]): Importance[] {
  const sum = shares.reduce((a, b) => a + b, 0);
  return axes.map(({ name }, i) => ({ name, share: sum > 0 ? shares[i]! / sum : 0 })).sort((a, b) => b.share - a.share);
}
