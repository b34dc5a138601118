import { StringDecoder } from "node:string_decoder";
import type { Environment, Leases } from "../core/evaluator.ts";
import type { Instance } from "../core/instance.ts";
import type { Json } from "../core/json.ts";
import { FAILURE_KINDS, type Outcome } from "../core/outcome.ts";
import type { Verdict } from "../core/pruner.ts";

/** The version of the worker protocol, which `docs/worker-protocol.md` describes. */
export const PROTOCOL_VERSION = 1;

/** What a worker is to run: a module that holds the objective, a command in its JSON form, or what it knows itself. */
export type Source = { readonly module: string } | { readonly command: Json } | Readonly<Record<never, never>>;

/** What the host says to a worker. */
export type HostMessage =
  | (Source & {
      readonly type: "hello";
      readonly version: number;
      readonly names: readonly string[];
      readonly limited: readonly string[];
    })
  | {
      readonly type: "run";
      readonly number: number;
      readonly attempt: number;
      readonly params: unknown;
      readonly baseline: boolean;
      readonly seed: number;
      readonly worker: number;
      readonly dir: string;
      readonly leases: Leases;
      readonly environment?: Environment;
      /** What this run is about, where the objective has instances. */
      readonly instance?: Instance;
    }
  /** The answer to the report of that `id`: a verdict, or why the report was refused. */
  | { readonly type: "verdict"; readonly id: number; readonly verdict?: Verdict; readonly refused?: string }
  /** The trial should end. The host does not wait for long. It also answers a report that blocks its worker. */
  | { readonly type: "abort"; readonly number: number; readonly attempt: number; readonly reason: string }
  /** Nothing more will come: the worker should end in order, now that it runs nothing. */
  | { readonly type: "end" };

/** What a worker says to its host. */
export type WorkerMessage =
  /** With `aborts` it reads `abort` on that file descriptor, where it can while the objective is busy. */
  | { readonly type: "ready"; readonly version: number; readonly aborts?: 4 }
  /** The worker cannot run anything. */
  | { readonly type: "broken"; readonly message: string }
  | {
      readonly type: "report";
      readonly id: number;
      readonly number: number;
      readonly step: number;
      /** A number alone stands for the first objective. */
      readonly values: number | Readonly<Record<string, number>>;
    }
  /** A line for the user, of the running trial if there is one. */
  | { readonly type: "log"; readonly line: string; readonly number?: number }
  /** The trial is over; the host judges what the objective returned. */
  | { readonly type: "returned"; readonly number: number; readonly value: unknown }
  /** The trial is over. With `last` the worker must not be used again. */
  | { readonly type: "done"; readonly number: number; readonly outcome: Outcome; readonly last?: true };

/** A message as it is written: JSON on one line. */
export function encode(message: HostMessage | WorkerMessage): string {
  return `${JSON.stringify(message)}\n`;
}

/** Cuts a stream of bytes into lines and gives each on as text, without its end. */
export class Lines {
  readonly #decoder = new StringDecoder("utf8");
  readonly #line: (line: string) => void;
  readonly #longest: number;
  #parts: string[] = [];
  #length = 0;

  /** A line of more than `longest` characters is given on in pieces. */
  constructor(line: (line: string) => void, longest: number = Infinity) {
    this.#line = line;
    this.#longest = longest;
  }

  push(bytes: Buffer): void {
    const text = this.#decoder.write(bytes);
    let from = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
      this.#give(text.slice(from, end));
      from = end + 1;
    }
    if (from === text.length) return;
    this.#parts.push(from === 0 ? text : text.slice(from));
    this.#length += text.length - from;
    if (this.#length > this.#longest) this.#give("");
  }

  /** Gives on what stands behind the last line end. */
  end(): void {
    if (this.#parts.length > 0) this.#give("");
  }

  #give(rest: string): void {
    const line = this.#parts.length > 0 ? this.#parts.join("") + rest : rest;
    this.#parts = [];
    this.#length = 0;
    this.#line(line);
  }
}

/** Reads a line from a worker, which may be anyone's program: throws if it is not a message of this protocol. */
export function readWorkerMessage(line: string): WorkerMessage {
  const message = JSON.parse(line) as unknown;
  if (!isWorkerMessage(message))
    throw new SyntaxError(`not a message of a worker: ${line.length > 200 ? `${line.slice(0, 200)}…` : line}`);
  return message;
}

/** Whether something is a message of this protocol. */
export function isWorkerMessage(given: unknown): given is WorkerMessage {
  if (typeof given !== "object" || given === null) return false;
  const message = given as Record<string, unknown>;
  switch (message["type"]) {
    case "ready":
      return typeof message["version"] === "number" && [4, undefined].includes(message["aborts"] as 4 | undefined);
    case "broken":
      return typeof message["message"] === "string";
    case "report":
      return (
        typeof message["id"] === "number" &&
        typeof message["number"] === "number" &&
        typeof message["step"] === "number" &&
        (typeof message["values"] === "number" || areNumbers(message["values"]))
      );
    case "log":
      return typeof message["line"] === "string" && ["number", "undefined"].includes(typeof message["number"]);
    case "returned":
      return typeof message["number"] === "number" && Object.hasOwn(message, "value");
    case "done":
      return typeof message["number"] === "number" && isOutcome(message["outcome"]);
    default:
      return false;
  }
}

function isOutcome(given: unknown): given is Outcome {
  if (typeof given !== "object" || given === null) return false;
  const { state, values, failure, reason, after, cost, atLeast } = given as Record<string, unknown>;
  if (state === "pruned") return true;
  if (state === "later")
    return Number.isFinite(after) && (after as number) >= 0 && (reason === undefined || typeof reason === "string");
  if (state === "cancelled") return typeof reason === "string";
  if (state === "complete")
    return (
      typeof values === "object" &&
      values !== null &&
      Object.values(values).every(isMeasured) &&
      (cost === undefined || typeof cost === "number") &&
      (atLeast === undefined || atLeast === true)
    );
  if (state !== "failed" || typeof failure !== "object" || failure === null) return false;
  const { kind, message } = failure as Record<string, unknown>;
  return (FAILURE_KINDS as readonly unknown[]).includes(kind) && typeof message === "string";
}

function isMeasured(given: unknown): boolean {
  if (typeof given !== "object" || given === null) return false;
  const { value, stderr, samples } = given as Record<string, unknown>;
  return (
    typeof value === "number" &&
    (stderr === undefined || typeof stderr === "number") &&
    (samples === undefined || typeof samples === "number")
  );
}

function areNumbers(given: unknown): boolean {
  return typeof given === "object" && given !== null && Object.values(given).every((v) => typeof v === "number");
}
