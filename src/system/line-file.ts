import { appendFile, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";

/** A file that lines are appended to, off the caller's path: one write at a time takes all that has come meanwhile. */
export class LineFile {
  readonly #path: string;
  #opened = false;
  #waiting = "";
  #next: Promise<void> | undefined = undefined;
  #turn: Promise<void> = Promise.resolve();

  /** Makes the file and its directories with the first line. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Resolves once the operating system has the lines; rejects with its error, and then they are lost. */
  write(lines: string): Promise<void> {
    this.#waiting += lines;
    if (this.#next === undefined) {
      this.#next = this.#turn.then(() => this.#flush());
      this.#turn = this.#next.catch(() => {});
    }
    return this.#next;
  }

  async #flush(): Promise<void> {
    const lines = this.#waiting;
    this.#waiting = "";
    this.#next = undefined;
    const torn = this.#opened ? false : await this.#open();
    await appendFile(this.#path, torn ? `\n${lines}` : lines);
  }

  /** Whether the file ends within a line, as one does whose writer was killed. */
  async #open(): Promise<boolean> {
    await mkdir(dirname(this.#path), { recursive: true });
    const file = await open(this.#path, "a+");
    try {
      const { size } = await file.stat();
      const { bytesRead, buffer } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
      this.#opened = true;
      return bytesRead > 0 && buffer[0] !== 0x0a;
    } finally {
      await file.close();
    }
  }
}
