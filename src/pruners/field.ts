import type { Report } from "../core/sampler.ts";
import type { Pace } from "./pace.ts";

/** What is kept of all trials at one position. */
interface Level {
  add(losses: readonly number[]): void;
}

/**
 * Where finished trials stood at each step; by time, at each mark with their latest report by then, and those that were
 * over before with their last. All work is done when a trial finishes, so that a running one is compared at no cost.
 */
export class Field<L extends Level> {
  readonly #pace: Pace;
  readonly #make: () => L;
  readonly #levels = new Map<number, L>();
  /** By time: the last reports of all, and the last mark that any trial reached. */
  readonly #ends: (readonly number[])[] = [];
  readonly #beyond: L;
  #top = -1;

  constructor(pace: Pace, make: () => L) {
    this.#pace = pace;
    this.#make = make;
    this.#beyond = make();
  }

  /** Everyone at a position; undefined where nobody was. */
  at(position: number): L | undefined {
    const level = this.#levels.get(position);
    return level === undefined && this.#pace.by === "time" ? this.#beyond : level;
  }

  /** Adds a finished trial. */
  add(reports: readonly Report[]): void {
    if (reports.length === 0) return;
    if (this.#pace.by === "time") return this.#addByTime(reports);
    const seen = new Set<number>();
    for (const { step, losses } of reports) {
      if (seen.has(step)) continue;
      seen.add(step);
      this.#level(step).add(losses);
    }
  }

  #addByTime(reports: readonly Report[]): void {
    const end = reports.at(-1)!.losses;
    const last = this.#pace.markAfter(reports.at(-1)!.elapsed);
    for (let mark = this.#top + 1; mark <= last; mark++) {
      const level = this.#level(mark);
      for (const other of this.#ends) level.add(other);
    }
    this.#top = Math.max(this.#top, last);
    this.#ends.push(end);
    this.#beyond.add(end);
    for (let i = 0; i < reports.length; i++) {
      const next = reports[i + 1];
      const until = next === undefined ? this.#top + 1 : this.#pace.markAfter(next.elapsed);
      for (let mark = this.#pace.markAfter(reports[i]!.elapsed); mark < until; mark++)
        this.#level(mark).add(reports[i]!.losses);
    }
  }

  #level(position: number): L {
    let level = this.#levels.get(position);
    if (level === undefined) this.#levels.set(position, (level = this.#make()));
    return level;
  }
}
