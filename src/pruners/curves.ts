import type { Report } from "../core/sampler.ts";

/** What one running trial has reported of one value. A step counts once: what is said of it again is ignored. */
export class Curve {
  readonly values: Map<number, number> = new Map();
  /** The largest step, and the largest but one. */
  last = -Infinity;
  before = -Infinity;
  /** The least of the values that are numbers; NaN while there is none. */
  best = NaN;
  /** The milliseconds of the last report, and of the last but one. */
  elapsed = -Infinity;
  former = -Infinity;

  /** The value at the largest step. */
  get value(): number {
    return this.values.get(this.last) ?? NaN;
  }

  add(step: number, value: number, elapsed: number): void {
    [this.former, this.elapsed] = [this.elapsed, Math.max(this.elapsed, elapsed)];
    if (this.values.has(step)) return;
    this.values.set(step, value);
    if (step > this.last) [this.before, this.last] = [this.last, step];
    else if (step > this.before) this.before = step;
    if (value < this.best || Number.isNaN(this.best)) this.best = value;
  }
}

/** The curves of trials that run, by number. */
export class Curves {
  readonly #running = new Map<number, Curve>();

  /** Adds a report of one objective, and returns all that its trial has reported. */
  add(number: number, { step, losses, elapsed }: Report): Curve {
    let curve = this.#running.get(number);
    if (curve === undefined) this.#running.set(number, (curve = new Curve()));
    curve.add(step, losses[0]!, elapsed);
    return curve;
  }

  /** The trial is over. */
  end(number: number): void {
    this.#running.delete(number);
  }
}
