import type { Readable } from "node:stream";
import { Lines } from "./protocol.ts";
import { Tail } from "./tail.ts";

/** How much of stderr is kept of an attempt, in bytes. */
const KEPT = 4_096;
/** A line that is longer is logged in pieces; in characters. */
const LONGEST_LINE = 65_536;

/** What a worker writes: every line is logged, and the end of stderr is kept for failures. */
export class WorkerOutput {
  readonly #tail = new Tail(KEPT);
  #outOfMemory = false;

  constructor(stdout: Readable | undefined, stderr: Readable | undefined, log: (line: string) => void) {
    this.#follow(stdout, log);
    this.#follow(stderr, (line) => {
      if (line.includes("heap out of memory")) this.#outOfMemory = true;
      log(line);
    });
    stderr?.on("data", (chunk: Buffer) => this.#tail.push(chunk));
  }

  /** Whether V8 has given up for want of memory. */
  get outOfMemory(): boolean {
    return this.#outOfMemory;
  }

  /** The end of what was written to stderr since {@link begin}. */
  get stderr(): string {
    return this.#tail.text();
  }

  /** Another attempt begins. */
  begin(): void {
    this.#tail.clear();
  }

  #follow(stream: Readable | undefined, log: (line: string) => void): void {
    const lines = new Lines(log, LONGEST_LINE);
    stream?.on("data", (chunk: Buffer) => lines.push(chunk));
    stream?.on("end", () => lines.end());
    stream?.on("error", () => {}); // the worker is gone; its exit tells
  }
}
