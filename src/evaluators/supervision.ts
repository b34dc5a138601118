import type { Task } from "../core/evaluator.ts";
import { messageOf } from "../core/errors.ts";
import { failed, type Outcome } from "../core/outcome.ts";
import { realClock } from "../system/clock.ts";
import type { Deadlines } from "./deadlines.ts";
import { whenAborted } from "./when-aborted.ts";

/** How an evaluator cuts an attempt short. */
export interface Cutting {
  /** Milliseconds that the attempt has to end by itself once it was interrupted. */
  readonly grace: number;
  readonly deadlines: Deadlines;
  /** Asks it to end, and says why. */
  interrupt(reason: string): void;
  /** It did not end within the grace: end it by force, or give its worker up. */
  abandon(): void | Promise<void>;
  /** Called once, when the outcome is known. */
  over(): void;
}

/** The outcome of an attempt whose signal has aborted: the reason itself if it is an outcome. */
export function cancelled(reason: unknown): Outcome {
  if (typeof reason === "object" && reason !== null && "state" in reason) return reason as Outcome;
  return { state: "cancelled", reason: messageOf(reason) };
}

/** The outcome of an attempt that was under way, or waited, when its evaluator was closed. */
export const CLOSED: Outcome & { readonly state: "cancelled" } = {
  state: "cancelled",
  reason: "the evaluator is closed",
};

/** The failure of an attempt that went beyond its limit, in milliseconds. */
export function tookTooLong(timeout: number): Outcome {
  return failed("timeout", `took longer than ${timeout} ms`);
}

/** Follows one attempt, and cuts it short when its time is over, its task's signal aborts, or the evaluator closes. */
export class Supervision {
  /** The attempt's own outcome, or what it was cut short for. Rejects only if the attempt does. */
  readonly outcome: Promise<Outcome>;
  readonly #running: Promise<Outcome>;
  readonly #cutting: Cutting;
  readonly #ignore: () => void;
  #cut: Outcome | undefined = undefined;
  readonly #release: (() => void) | undefined;
  #resolve: ((outcome: Outcome | Promise<Outcome>) => void) | undefined = undefined;

  constructor(task: Pick<Task, "signal" | "timeout">, running: Promise<Outcome>, cutting: Cutting) {
    const { signal, timeout } = task;
    this.#running = running;
    this.#cutting = cutting;
    this.outcome = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    running.then(
      (outcome) => this.#finish(this.#cut ?? outcome),
      () => this.#finish(running),
    );
    this.#release =
      timeout === undefined ? undefined : cutting.deadlines.add(timeout, () => this.cut(tookTooLong(timeout)));
    const stop = (): void => this.cut(cancelled(signal.reason));
    this.#ignore = whenAborted(signal, stop);
    if (signal.aborted) stop();
  }

  /** Ends the attempt, and with that outcome, whatever it comes to meanwhile. The first call counts. */
  cut(outcome: Outcome): void {
    if (this.#cut !== undefined) return;
    this.#cut = outcome;
    void this.#end(outcome);
  }

  async #end(outcome: Outcome): Promise<void> {
    this.#cutting.interrupt(reasonOf(outcome));
    const over = new AbortController();
    const end = (): void => over.abort();
    this.#running.then(end, end);
    await realClock.sleep(this.#cutting.grace, over.signal);
    if (over.signal.aborted) return;
    await this.#cutting.abandon();
    this.#finish(outcome);
  }

  #finish(outcome: Outcome | Promise<Outcome>): void {
    const resolve = this.#resolve;
    if (resolve === undefined) return;
    this.#resolve = undefined;
    this.#ignore();
    this.#release?.();
    this.#cutting.over();
    resolve(outcome);
  }
}

/** Why an attempt is cut short, in words. */
export function reasonOf(outcome: Outcome): string {
  if (outcome.state === "failed") return outcome.failure.message;
  return outcome.state === "cancelled" ? outcome.reason : `the trial is ${outcome.state}`;
}
