import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { peerProgram } from "../support/python.ts";
import type { Contestant, Losses, Run, Test } from "./test.ts";

/** Points that are free, in a row, after which a peer is stopped: some never leave them. */
const PATIENCE = 20_000;

/**
 * A peer in Python, in one process for all of its runs: it drives, we evaluate. It writes a point a line and reads what
 * came of it; see peers/samplers.py.
 */
export class Peer implements Disposable {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(python: string) {
    this.#process = spawn(python, [peerProgram("samplers")], { stdio: ["pipe", "pipe", "ignore"] });
    this.#lines = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]();
  }

  /** One of its methods as a contestant. */
  contestant(method: string, families: readonly string[]): Contestant {
    return { name: method, families, run: (test, seed) => this.#run(method, test, seed) };
  }

  async #run(method: string, test: Test, seed: number): Promise<Run> {
    const { params, objectives, budget } = test;
    this.#write({ method, params, objectives, budget, seed });
    const losses: Losses[] = [];
    const known = new Map<string, Losses>();
    let [forbidden, repeats, idle] = [0, 0, 0];
    for (;;) {
      const line = await this.#read();
      if (!Array.isArray(line)) {
        if (line.error !== undefined && losses.length === 0)
          throw new Error(`${method} on ${test.name}: ${line.error}`);
        return { losses, cpu: line.cpu, forbidden, repeats };
      }
      const before = known.get(line.join());
      if (before !== undefined) repeats++;
      if (losses.length === budget || idle > PATIENCE) this.#write({ stop: true });
      else if (test.allowed?.(line) === false) {
        forbidden++;
        idle++;
        this.#write({ forbidden: true });
      } else if (before !== undefined && test.freeRepeats) {
        idle++;
        this.#answer(before);
      } else {
        idle = 0;
        const found = test.evaluate(line);
        if (test.params.every(({ cells }) => cells !== undefined)) known.set(line.join(), found);
        losses.push(found);
        this.#answer(found);
      }
    }
  }

  #answer(losses: Losses): void {
    this.#write(losses === "failed" ? { failed: true } : { losses });
  }

  #write(message: object): void {
    this.#process.stdin!.write(`${JSON.stringify(message)}\n`);
  }

  async #read(): Promise<number[] | { readonly cpu: number; readonly error?: string }> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("a peer ended early");
    return JSON.parse(value) as number[] | { readonly cpu: number };
  }

  [Symbol.dispose](): void {
    this.#process.stdin!.end();
  }
}
