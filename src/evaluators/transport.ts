import type { Json } from "../core/json.ts";
import type { Outcome } from "../core/outcome.ts";
import type { HostMessage, WorkerMessage } from "./protocol.ts";

/** What happens at the other end of a {@link Transport}. */
export interface TransportEvents {
  /** With `answer` the worker blocks until it is called. */
  message(message: WorkerMessage, answer?: (answer: HostMessage) => void): void;
  /** Something came that is no message, and why. */
  garbage(problem: string): void;
  /** A line from its stdout or stderr. */
  line(line: string): void;
  /** It is gone, everything that it said has been told, and what it had started is ended. Called once. */
  gone(ending: Ending): void;
}

/** How the other end of a {@link Transport} came to its end. */
export interface Ending {
  /** In words, such as "exited with code 3"; why not, if it could not be started. */
  readonly how: string;
  readonly started: boolean;
  /** What became of the attempt that it ran. */
  readonly outcome: Outcome;
}

/** The way to one worker, which it starts and ends. */
export interface Transport {
  /** Where the worker runs, for the journal. */
  readonly place: Json;
  /** Whether it can still be reached. */
  readonly alive: boolean;
  /** The end of what it wrote to stderr since {@link begin}. */
  readonly stderr: string;
  send(message: HostMessage): void;
  /** Another attempt begins: from here on its stderr is kept, and its processor time counted. */
  begin(): void;
  /** Ends it and everything that it has started; resolves when all are gone, or cannot be ended. May be called twice. */
  end(): Promise<void>;
}

/** Starts the worker of a place, counted from 0. */
export type OpenTransport = (worker: number, events: TransportEvents) => Transport;
