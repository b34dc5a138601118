/** A place between two batches: how many events lie before it, and how many bytes. */
export interface Position {
  readonly index: number;
  readonly offset: number;
}

/** The least distance of two remembered places, in bytes. */
const APART = 65_536;

/** What is known of where events lie in a file, so that reading on from an index does not begin at the start. */
export class Positions {
  readonly #marks: Position[] = [{ index: 0, offset: 0 }];
  #seam: Position = this.#marks[0]!;
  #end: Position = this.#marks[0]!;

  /** The end of what is known. */
  get end(): Position {
    return this.#end;
  }

  /** Remembers a place; the furthest one is the end. */
  note(place: Position): void {
    if (place.offset <= this.#end.offset) return;
    this.#end = place;
    if (place.offset - this.#marks.at(-1)!.offset >= APART) this.#marks.push(place);
  }

  /** Remembers the present end as the place where someone else's events begin: from there they will be read. */
  seam(): void {
    this.#seam = this.#end;
  }

  /** The last known place that is not beyond an index. */
  before(index: number): Position {
    if (this.#end.index <= index) return this.#end;
    let [low, high] = [0, this.#marks.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#marks[middle]!.index <= index) low = middle;
      else high = middle - 1;
    }
    const mark = this.#marks[low]!;
    return this.#seam.index <= index && this.#seam.index > mark.index ? this.#seam : mark;
  }
}
