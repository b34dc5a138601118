interface Use {
  readonly began: number;
  step: number;
}

/** What the attempts that run now have used so far. */
export class UnderWay {
  readonly #uses = new Map<number, Use>();

  begin(number: number, now: number): void {
    this.#uses.set(number, { began: now, step: 0 });
  }

  /** The attempt of this trial has reported. */
  reported(number: number, step: number): void {
    const use = this.#uses.get(number);
    if (use !== undefined) use.step = step;
  }

  over(number: number): void {
    this.#uses.delete(number);
  }

  /** Milliseconds that they have taken together. */
  busy(now: number): number {
    let sum = 0;
    for (const { began } of this.#uses.values()) sum += now - began;
    return sum;
  }

  /** The sum of the last steps that they have reported. */
  get steps(): number {
    let sum = 0;
    for (const { step } of this.#uses.values()) sum += step;
    return sum;
  }
}
