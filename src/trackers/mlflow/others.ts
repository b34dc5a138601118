import type { ProcessIdentity } from "../../core/event.ts";
import type { Host } from "../../core/host.ts";
import { realClock } from "../../system/clock.ts";

/** Milliseconds within which a process sends a trial that has ended, if its server answers. */
export const LATE = 30_000;

/** What other processes of the study do, as far as this one has heard. */
export class Others {
  readonly #host: Host;
  readonly #processes = new Map<string, ProcessIdentity>();
  /** Trials that another session has ended while this one went on. */
  readonly #ended = new Map<number, string>();

  constructor(host: Host) {
    this.#host = host;
  }

  started(writer: string, process: ProcessIdentity): void {
    this.#processes.set(writer, process);
  }

  ended(trial: number, writer: string): void {
    this.#ended.set(trial, writer);
  }

  /** Whether the process that has ended a trial may still be about to send it. */
  mayStillSend(trial: number, finishedAt: number): boolean {
    const writer = this.#ended.get(trial);
    if (writer === undefined || finishedAt + LATE < realClock.now()) return false;
    const process = this.#processes.get(writer);
    return process === undefined || this.#host.alive(process);
  }
}
