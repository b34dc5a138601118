/** The end of a stream of bytes. */
export class Tail {
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #size = 0;
  /** Whether something was dropped, so that what is kept may begin inside a character. */
  #dropped = false;

  /** Keeps at least `limit` bytes, if there are that many. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    while (this.#size - this.#chunks[0]!.length >= this.#limit) {
      this.#size -= this.#chunks.shift()!.length;
      this.#dropped = true;
    }
  }

  /** The last bytes as text; a character that the limit cut is left out. */
  text(): string {
    const all = Buffer.concat(this.#chunks);
    let from = Math.max(0, all.length - this.#limit);
    while ((from > 0 || this.#dropped) && from < all.length && (all[from]! & 0xc0) === 0x80) from++;
    return all.toString("utf8", from);
  }

  clear(): void {
    this.#chunks = [];
    this.#size = 0;
    this.#dropped = false;
  }
}
