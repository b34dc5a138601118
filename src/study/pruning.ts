import type { StudyDefinition, StudyEvent } from "../core/event.ts";
import type { Pruner, Verdict } from "../core/pruner.ts";
import { createRandom } from "../core/random.ts";
import type { Space } from "../space/space.ts";
import { ended, reportOf } from "./observe.ts";
import type { TrialRecord } from "./record.ts";
import { reported } from "./reported.ts";
import type { StudyOptions } from "./study-options.ts";

/**
 * Shows a pruner what the journal says, from its first event on and in its order, whichever process wrote it: so that it
 * knows the same after a resumption, and in every process. The baseline is never pruned: all else is compared with it.
 */
export class Pruning<P> {
  readonly #pruner: Pruner;
  readonly #terms: Pick<StudyDefinition, "objectives" | "constraints">;
  readonly #space: Space<P>;
  /** The attempts that run, by trial. */
  readonly #running = new Map<number, number>();
  readonly #verdicts = new WeakMap<StudyEvent, Verdict>();

  private constructor(pruner: Pruner, { definition, space }: Pick<StudyOptions<P>, "definition" | "space">) {
    this.#pruner = pruner;
    this.#terms = definition;
    this.#space = space;
  }

  /** For the pruner of a study, if it has one; `seed` is the study's own. */
  static of<P>(options: StudyOptions<P>, seed: number): Pruning<P> | undefined {
    const { pruner, definition, warn = () => {} } = options;
    const maxSteps = options.maxSteps ?? definition.instances?.names.length;
    const setting = {
      objectives: definition.objectives.length,
      directions: definition.objectives.map(({ direction }) => direction),
      random: createRandom(seed).fork("pruner"),
      ...(maxSteps === undefined ? {} : { maxSteps }),
      warn,
    };
    return pruner === undefined ? undefined : new Pruning(pruner.create(setting), options);
  }

  /** The bracket of a trial, where the pruner has brackets. */
  get bracket(): ((number: number) => number | undefined) | undefined {
    const pruner = this.#pruner;
    return pruner.bracket === undefined ? undefined : (number) => pruner.bracket!(number);
  }

  /** An event has become part of the study; `trial` is what it is about, as it is now. */
  heard(event: StudyEvent, trial: TrialRecord<P> | undefined): void {
    if (trial === undefined || !("attempt" in event)) return;
    const { number, attempt } = event;
    if (event.type === "trial-started") {
      const runs = trial.state === "running" && trial.attempt === attempt && trial.twin === undefined;
      if (runs && trial.row !== undefined && trial.aside === undefined) this.#running.set(number, attempt);
    } else if (this.#running.get(number) !== attempt) return;
    else if (event.type === "trial-reported") this.verdict(event, trial);
    else if (trial.state !== "running" || trial.attempt !== attempt) {
      this.#running.delete(number);
      this.#pruner.tell(ended(this.#terms, this.#space, trial));
    }
  }

  /** The verdict on a report, also before it has become part of the study. */
  verdict(event: StudyEvent & { readonly type: "trial-reported" }, trial: TrialRecord<P>): Verdict {
    const known = this.#verdicts.get(event);
    if (known !== undefined) return known;
    const { number, attempt, values } = event;
    if (this.#running.get(number) !== attempt) return "continue";
    if (!this.#terms.objectives.some(({ name }) => Object.hasOwn(values, name))) return "continue";
    const said = this.#pruner.report(number, reportOf(this.#terms, reported(event, trial.startedAt)));
    const verdict = trial.source === "baseline" ? "continue" : said;
    this.#verdicts.set(event, verdict);
    return verdict;
  }
}
