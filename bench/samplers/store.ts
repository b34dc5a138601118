import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

/** What one run came to. */
export interface Entry {
  readonly family: string;
  readonly test: string;
  readonly contestant: string;
  readonly seed: number;
  readonly scores: Readonly<Record<string, number>>;
  readonly cpu: number;
  readonly evaluations: number;
  readonly forbidden: number;
  readonly repeats: number;
}

/** The entries of a benchmark in a file of JSON lines, the first of which says of which versions: it goes on where it stopped. */
export class Store {
  readonly entries: Entry[] = [];
  readonly #path: string;
  readonly #done = new Set<string>();

  constructor(path: string, versions: object) {
    this.#path = path;
    const head = JSON.stringify(versions);
    mkdirSync(dirname(path), { recursive: true });
    const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
    if (lines[0] === head) {
      // the last line may be torn
      for (const line of lines.slice(1, -1)) this.#keep(JSON.parse(line) as Entry);
    } else {
      if (lines.length > 0)
        throw new Error(`${path} holds results of other versions: ${lines[0]}\nMove it away, or go back to them.`);
      appendFileSync(path, `${head}\n`);
    }
  }

  has(key: Pick<Entry, "family" | "test" | "contestant" | "seed">): boolean {
    return this.#done.has(keyOf(key));
  }

  add(entry: Entry): void {
    appendFileSync(this.#path, `${JSON.stringify(entry)}\n`);
    this.#keep(entry);
  }

  #keep(entry: Entry): void {
    this.#done.add(keyOf(entry));
    this.entries.push(entry);
  }
}

function keyOf({ family, test, contestant, seed }: Pick<Entry, "family" | "test" | "contestant" | "seed">): string {
  return [family, test, contestant, seed].join("\n");
}
