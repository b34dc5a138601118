import { MessageChannel, type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import type { HostMessage, WorkerMessage } from "./protocol.ts";

/** The messages that every attempt needs, as arrays: they are cloned faster, having no names of members. */
export type Packed = readonly unknown[];

/** A message for a thread as it is posted. */
export function packForThread(message: HostMessage): HostMessage | Packed {
  if (message.type !== "run") return message;
  const { number, attempt, params, baseline, seed, worker, dir, leases, environment, instance } = message;
  const packed = [number, attempt, params, baseline, seed, worker, dir, leases];
  if (instance !== undefined) return [...packed, environment, instance];
  return environment === undefined ? packed : [...packed, environment];
}

/** What {@link packForThread} was given. */
export function unpackInThread(posted: HostMessage | Packed): HostMessage {
  if (!isPacked(posted)) return posted;
  const [number, attempt, params, baseline, seed, worker, dir, leases, environment, instance] = posted;
  const run = { type: "run", number, attempt, params, baseline, seed, worker, dir, leases } as const;
  const lent = environment === undefined ? run : { ...run, environment };
  return (instance === undefined ? lent : { ...lent, instance }) as HostMessage;
}

/** A message of a thread as it is posted. */
export function packForHost(message: WorkerMessage): WorkerMessage | Packed {
  if (message.type !== "done" || message.last || message.outcome.state !== "complete") return message;
  const { state: _, values, ...more } = message.outcome;
  if (Object.keys(more).length > 0) return message; // a declared cost, say, has no place in the array
  const packed: unknown[] = [message.number];
  for (const [name, { value, stderr, samples }] of Object.entries(values)) packed.push(name, value, stderr, samples);
  return packed.length > 1 ? packed : message;
}

/** What {@link packForHost} was given; anything, if an objective has posted it. */
export function unpackInHost(posted: unknown): unknown {
  if (!isPacked(posted) || posted.length % 4 !== 1 || posted.length === 1) return posted;
  const values: Record<string, unknown> = {};
  for (let at = 1; at < posted.length; at += 4) {
    const [value, stderr, samples] = [posted[at + 1], posted[at + 2], posted[at + 3]];
    values[String(posted[at])] = {
      value,
      ...(stderr === undefined ? {} : { stderr }),
      ...(samples === undefined ? {} : { samples }),
    };
  }
  return { type: "done", number: posted[0], outcome: { state: "complete", values } };
}

function isPacked(posted: unknown): posted is Packed {
  return Array.isArray(posted);
}

/** What a thread is handed, so that it can block for an answer. */
export interface ExchangeData {
  readonly port: MessagePort;
  /** Counts the answers; the thread sleeps on it. */
  readonly answers: Int32Array;
}

/** The host's end of messages for whose answers a thread blocks. */
export class BlockingHost {
  readonly data: ExchangeData;
  readonly #port: MessagePort;

  constructor(message: (message: unknown, answer: (answer: HostMessage) => void) => void) {
    const { port1, port2 } = new MessageChannel();
    const answers = new Int32Array(new SharedArrayBuffer(4));
    this.data = { port: port2, answers };
    this.#port = port1;
    port1.on("message", (given) =>
      message(given, (answer) => {
        port1.postMessage(answer);
        Atomics.add(answers, 0, 1);
        Atomics.notify(answers, 0);
      }),
    );
  }

  close(): void {
    this.#port.close();
  }
}

/** Sends a message and blocks this thread, at no cost, until the host has answered it. */
export function exchange({ port, answers }: ExchangeData, message: WorkerMessage): HostMessage {
  const seen = Atomics.load(answers, 0);
  port.postMessage(message);
  while (Atomics.load(answers, 0) === seen) Atomics.wait(answers, 0, seen); // the last answer's notice may wake it too
  return (receiveMessageOnPort(port) as { readonly message: HostMessage }).message;
}
