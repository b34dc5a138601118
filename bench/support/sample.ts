/** Repeated measurements of one thing. */
export class Sample {
  readonly values: readonly number[];
  readonly #sorted: readonly number[];

  constructor(values: readonly number[]) {
    this.values = values;
    this.#sorted = [...values].sort((a, b) => a - b);
  }

  get n(): number {
    return this.values.length;
  }

  get median(): number {
    return this.quantile(0.5);
  }

  quantile(q: number): number {
    const at = (this.n - 1) * q;
    const low = Math.floor(at);
    const [a, b] = [this.#sorted[low]!, this.#sorted[Math.ceil(at)]!];
    return a + (b - a) * (at - low);
  }

  /** This over that, run by run: both were measured in turns. */
  over(that: Sample): Sample {
    return new Sample(this.values.map((value, i) => value / that.values[i]!));
  }

  /** This less that, run by run. */
  less(that: Sample): Sample {
    return new Sample(this.values.map((value, i) => value - that.values[i]!));
  }

  /** `12.3 [11.9, 13.0]`: the median and the quartiles. */
  get text(): string {
    return this.n === 0
      ? "–"
      : `${digits(this.median)} [${digits(this.quantile(0.25))}, ${digits(this.quantile(0.75))}]`;
  }

  /** The least and the greatest value. */
  get range(): string {
    return this.n === 0 ? "–" : `${digits(this.quantile(0))}–${digits(this.quantile(1))}`;
  }
}

/** Three significant digits, and all of those before the point. */
export function digits(value: number): string {
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString("en-US");
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}
