import { expectNumber, show, usage } from "../core/errors.ts";

/** What trials are compared at: equal steps, or equal times since their starts. */
export type By = "step" | "time";

/** When a pruner judges. */
export interface PaceOptions {
  /** Trials are compared at equal steps, or at equal times, by what they reach for what they cost. @default "step" */
  readonly by?: By;
  /** No trial is judged before this step; by time, before so many milliseconds. @default 0 */
  readonly warmup?: number;
  /** A trial is judged once per so many steps, at the first report of each; by time, milliseconds. @default 1; by time it is required */
  readonly interval?: number;
}

/** The names of {@link PaceOptions}. */
export const PACE: readonly (keyof PaceOptions)[] = ["by", "warmup", "interval"];

/** How far a running trial has come: its largest step and the largest but one, and its times likewise. */
export interface Progress {
  readonly last: number;
  readonly before: number;
  readonly elapsed: number;
  readonly former: number;
}

/** When trials are judged, and where they stand then. By time they stand at marks, `warmup` + k·`interval` for k = 0, 1, … */
export class Pace {
  readonly by: By;
  readonly #warmup: number;
  readonly #interval: number;

  /** Checks the options of the pruner of this name, and fills in the defaults. */
  constructor(name: string, { by = "step", warmup = 0, interval }: PaceOptions) {
    if (by !== "step" && by !== "time") throw usage(`Expected \`${name}.by\` to be "step" or "time", got ${show(by)}`);
    if (by === "time" && interval === undefined)
      throw usage(`Expected \`${name}.interval\` in milliseconds beside \`by: "time"\`, got none`);
    this.by = by;
    this.#warmup = expectNumber(`${name}.warmup`, warmup, { low: 0 });
    this.#interval = expectNumber(`${name}.interval`, interval ?? 1, by === "time" ? { above: 0 } : { low: 1 });
  }

  /** The step, or the mark, at which a trial is to be judged after its last report; undefined where it is not. */
  due({ last, before, elapsed, former }: Progress): number | undefined {
    if (this.by === "time") {
      const mark = this.#cell(elapsed);
      return mark >= 0 && this.#cell(former) < mark ? mark : undefined;
    }
    const cell = this.#cell(last);
    return cell >= 0 && before < cell * this.#interval + this.#warmup ? last : undefined;
  }

  /** The first mark at or after a time; 0 for those before the first. */
  markAfter(elapsed: number): number {
    return Math.max(0, Math.ceil((elapsed - this.#warmup) / this.#interval));
  }

  /** How many whole intervals lie between the warm-up and this step or time; negative before its end. */
  #cell(at: number): number {
    return Math.floor((at - this.#warmup) / this.#interval);
  }
}
