import { expectNumber, refuseUnknown, show, usage } from "../core/errors.ts";
import { definePruner, type PrunerDefinition, type PrunerFactory } from "../core/pruner.ts";

/** Options of {@link patient}. */
export interface PatientOptions {
  /** Whose verdict counts once patience is at an end; in JSON `{ "name": … }` with its options. @default nobody's: the trial is pruned then */
  readonly of?: PrunerFactory;
  /** For so many reports after the last improvement nobody is pruned. */
  readonly patience: number;
  /** What is better by no more than this is no improvement. @default 0 */
  readonly minDelta?: number;
}

/**
 * Prunes a trial only once its last `patience` + 1 reports are all worse than its best before them by more than `minDelta`
 * (the rule of Optuna's `PatientPruner`), and then only if the pruner `of` says so; with several objectives, once that holds for each.
 * The inner pruner sees every report.
 * @example patient({ of: median(), patience: 5 })
 */
export const patient: PrunerDefinition<PatientOptions> = definePruner(
  {
    name: "patient",
    summary: "Prunes only what has not improved for a while, by another pruner's verdict.",
    multiObjective: true,
    example: { patience: 2 },
  },
  (options: PatientOptions) => {
    refuseUnknown("patient", options, ["of", "patience", "minDelta"]);
    const { of, patience, minDelta = 0 } = options;
    if (of !== undefined && typeof (of as Partial<PrunerFactory>).create !== "function")
      throw usage(`Expected \`patient.of\` to be a pruner such as median(), got ${show(of)}`);
    expectNumber("patient.patience", patience, { integer: true, low: 0 });
    expectNumber("patient.minDelta", minDelta, { low: 0 });
    return (setting) => {
      const inner = of?.create(setting);
      const running = new Map<number, Recent>();
      return {
        report: (number, report) => {
          const said = inner?.report(number, report) ?? "prune";
          let recent = running.get(number);
          if (recent === undefined) running.set(number, (recent = new Recent(patience + 1)));
          recent.add(report.step, report.losses);
          const stuck = report.losses.every((_, k) => recent.best(k, "before") + minDelta < recent.best(k, "last"));
          return stuck ? said : "continue";
        },
        tell: (observation) => {
          running.delete(observation.number);
          inner?.tell(observation);
        },
        ...(inner?.bracket === undefined ? {} : { bracket: (number) => inner.bracket!(number) }),
      };
    };
  },
);

/** A trial's last reports by step, and the best of all before them. */
class Recent {
  readonly #size: number;
  readonly #steps = new Set<number>();
  readonly #last: { readonly step: number; readonly losses: readonly number[] }[] = [];
  #before: number[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  add(step: number, losses: readonly number[]): void {
    if (this.#steps.has(step)) return;
    this.#steps.add(step);
    const at = this.#last.findIndex((other) => other.step > step);
    this.#last.splice(at < 0 ? this.#last.length : at, 0, { step, losses });
    if (this.#last.length <= this.#size) return;
    const { losses: gone } = this.#last.shift()!;
    this.#before = gone.map((loss, k) => least(this.#before[k] ?? NaN, loss));
  }

  /** The least loss of an objective among the last reports or before them; NaN where there is none. */
  best(objective: number, when: "before" | "last"): number {
    if (when === "before") return this.#before[objective] ?? NaN;
    return this.#last.reduce((best, { losses }) => least(best, losses[objective]!), NaN);
  }
}

/** The smaller of two numbers, whichever of them is one. */
function least(a: number, b: number): number {
  return Number.isNaN(a) || b < a ? b : a;
}
