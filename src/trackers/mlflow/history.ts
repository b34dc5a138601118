import { lossesOf } from "../../core/compared.ts";
import { excess, type Limits, type Objective } from "../../core/objective.ts";
import type { Trial } from "../../core/trial.ts";
import { dominates } from "../../math/dominance.ts";
import { hypervolume } from "../../math/hypervolume.ts";
import type { Metric } from "./batch.ts";
import type { Naming } from "./naming.ts";

type Point = [key: string, value: number, step: number];

/** So many complete trials settle the point below which volumes are counted. */
const SETTLING = 5;
/** The most points of a front for which a volume is computed, by the number of objectives; of two it costs nothing. */
const LARGEST = [0, 0, Infinity, 300, 60] as const;

/**
 * The series of a study, trial by trial in the order in which they ended: `best/NAME` and, of several objectives,
 * `hypervolume` and `front`, the number of its trials; `trials` and `failed`. Their step counts the trials that have
 * ended. `value/NAME` and `normalized/NAME` stand at the trial's number. Only complete, feasible trials are best; what is
 * normalised is compared as such, so that `best/NAME`, the value as it was measured, may grow where it was measured elsewhere, and
 * `best/normalized/NAME` shows what was gained.
 *
 * The hypervolume is counted below one point, so that it only grows: the worst losses of the first 5 complete trials and
 * a tenth of their range more. It is left out where it would take long: for fronts of more than 300 trials with three
 * objectives, 60 with more.
 */
export class History {
  readonly #objectives: readonly Objective[];
  readonly #constraints: Limits;
  readonly #naming: Naming;
  readonly #first: (readonly number[])[] = [];
  /** By objective: the least loss, and the trial that has it. */
  readonly #best: { loss: number; trial?: Trial }[];
  #front: (readonly number[])[] = [];
  #reference: readonly number[] | undefined = undefined;
  #volume: number | undefined = undefined;
  #ended = 0;
  #failed = 0;

  constructor(objectives: readonly Objective[], constraints: Limits, naming: Naming) {
    this.#objectives = objectives;
    this.#constraints = constraints;
    this.#naming = naming;
    this.#best = objectives.map(() => ({ loss: Infinity }));
  }

  /** How many trials have ended. */
  get ended(): number {
    return this.#ended;
  }

  /** The points that one more ended trial adds. */
  add(trial: Trial): Metric[] {
    const step = ++this.#ended;
    if (trial.state === "failed") this.#failed++;
    const points: Point[] = [
      ["trials", step, step],
      ["failed", this.#failed, step],
    ];
    if (trial.state === "complete" && this.#objectives.every(({ name }) => name in trial.values)) {
      this.#consider(trial);
      for (const { name } of this.#objectives) points.push(...this.#shown("value/", "", trial, name, trial.number));
    }
    for (const [i, { name }] of this.#objectives.entries()) {
      const { trial: best } = this.#best[i]!;
      if (best !== undefined) points.push(...this.#shown("best/", "best/", best, name, step));
    }
    if (this.#objectives.length > 1 && this.#front.length > 0) {
      points.push(["front", this.#front.length, step]);
      if (this.#volume !== undefined) points.push(["hypervolume", this.#volume, step]);
    }
    const timestamp = trial.finishedAt ?? 0;
    return points.map(([key, value, at]) => ({ key, value, timestamp, step: at }));
  }

  /** A value as it was measured, and normalised where it is. */
  #shown(raw: string, relative: string, { values, normalized }: Trial, name: string, step: number): Point[] {
    const key = this.#naming.of(name);
    const share = normalized?.[name];
    const normalised: Point[] = share === undefined ? [] : [[`${relative}normalized/${key}`, share, step]];
    return [[`${raw}${key}`, values[name]!, step], ...normalised];
  }

  #consider(trial: Trial): void {
    const losses = lossesOf(this.#objectives, trial.measured);
    if (this.#reference === undefined) {
      this.#first.push(losses);
      if (this.#first.length === SETTLING) this.#reference = this.#settled();
    }
    const feasible = excess(this.#constraints, (name) => trial.values[name]).every((beyond) => beyond <= 0);
    if (feasible && !trial.atLeast) {
      for (const [i, loss] of losses.entries()) if (loss < this.#best[i]!.loss) this.#best[i] = { loss, trial };
      if (!this.#join(losses)) return;
    }
    const large = LARGEST[Math.min(this.#objectives.length, LARGEST.length - 1)]!;
    if (this.#reference !== undefined && this.#front.length <= large)
      this.#volume = hypervolume(this.#front, this.#reference);
  }

  /** Whether the front has changed. */
  #join(losses: readonly number[]): boolean {
    if (this.#objectives.length === 1) return false;
    if (this.#front.some((other) => dominates(other, losses))) return this.#volume === undefined;
    this.#front = this.#front.filter((other) => !dominates(losses, other));
    this.#front.push(losses);
    return true;
  }

  #settled(): number[] {
    return this.#objectives.map((_, i) => {
      const own = this.#first.map((losses) => losses[i]!);
      const worst = Math.max(...own);
      return worst + (worst - Math.min(...own) || Math.abs(worst) || 1) / 10;
    });
  }
}
