import type { Clock } from "../core/clock.ts";
import type { BareTask, Evaluator } from "../core/evaluator.ts";
import type { Outcome } from "../core/outcome.ts";

/**
 * Runs fewer attempts at a time while they are told to come again later, as TCP finds its rate (additive increase,
 * multiplicative decrease: Chiu and Jain 1989): one that is halves the concurrency, to at least 1; as many that succeed as
 * there are places add one, up to what the evaluator has. Attempts that were under way together when the concurrency was
 * halved have no further say. `log` is told of every change.
 */
export class Throttle<P> implements Evaluator<P, BareTask<P>> {
  readonly attach?: NonNullable<Evaluator<P, BareTask<P>>["attach"]>;
  readonly #evaluator: Evaluator<P, BareTask<P>>;
  readonly #log: (line: string) => void;
  readonly #changed: (() => void)[] = [];
  #limit = Infinity;
  /** Successes since the limit last changed. */
  #passed = 0;
  /** How often it was halved: an attempt of an earlier epoch says nothing about the present limit. */
  #epoch = 0;

  constructor(evaluator: Evaluator<P, BareTask<P>>, log: (line: string) => void) {
    this.#evaluator = evaluator;
    if (evaluator.attach) this.attach = (task, where) => evaluator.attach!(task, where);
    this.#log = log;
  }

  get concurrency(): number {
    return Math.min(this.#evaluator.concurrency, this.#limit);
  }

  get clock(): Clock | undefined {
    return this.#evaluator.clock;
  }

  watch(changed: () => void): void {
    this.#changed.push(changed);
    this.#evaluator.watch?.(changed);
  }

  over(...given: Parameters<NonNullable<Evaluator["over"]>>): void {
    this.#evaluator.over?.(...given);
  }

  async evaluate(task: BareTask<P>): Promise<Outcome> {
    const epoch = this.#epoch;
    const later = (): void => {
      if (epoch === this.#epoch) this.#halve();
    };
    const outcome = await this.#evaluator.evaluate({ ...task, later });
    if (outcome.state === "later") later();
    if (epoch !== this.#epoch) return outcome;
    if (outcome.state === "complete" || outcome.state === "pruned") this.#pass();
    return outcome;
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#evaluator[Symbol.asyncDispose]();
  }

  #halve(): void {
    const { concurrency } = this;
    this.#epoch++;
    this.#passed = 0;
    this.#limit = Math.max(1, Math.floor(concurrency / 2));
    if (this.#limit < concurrency)
      this.#tell(`asked to come again later: ${this.#limit} at a time instead of ${concurrency}`);
  }

  #pass(): void {
    if (this.#limit === Infinity || ++this.#passed < this.#limit) return;
    this.#passed = 0;
    const { concurrency: most } = this.#evaluator;
    this.#limit++;
    if (this.#limit <= most) this.#tell(`${this.#limit} at a time again${this.#limit === most ? ", as at first" : ""}`);
    if (this.#limit >= most) this.#limit = Infinity;
  }

  #tell(line: string): void {
    this.#log(line);
    for (const changed of this.#changed) changed();
  }
}
