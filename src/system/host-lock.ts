import { randomInt } from "node:crypto";
import type { Awaitable } from "../core/json.ts";
import { realClock } from "./clock.ts";
import { type HeldLock, SocketLock } from "./socket-lock.ts";
import { settledOrAborted, underEither } from "./waiting.ts";

/** Milliseconds, at most, that a thread which let go of a lock leaves to those who waited: else it is always first. */
const COURTESY = 20;
/** Milliseconds, at most, before another try where there was nothing to wait for. */
const PAUSE = 5;

/** Of each name, the last in line of this thread: only the first in line asks the operating system. */
const lines = new Map<string, Promise<void>>();

/**
 * Does some work while nobody else on this host holds a phase of that name: no other process, thread or search of this
 * user. Its turn comes in about the order of asking. It rejects with the signal's reason when that aborts before its
 * turn, and as the work does. When a holder dies, the operating system passes the phase on. Waiting costs no processor
 * time. To hold a phase within the same phase is to wait for oneself: for ever, or until the signal aborts.
 *
 * On Linux, containers with a network of their own are hosts of their own.
 */
export async function holdPhase<T>(phase: string, signal: AbortSignal, work: () => Awaitable<T>): Promise<T> {
  const held = await hold(`phase ${phase}`, signal);
  try {
    return await work();
  } finally {
    await held[Symbol.asyncDispose]();
  }
}

/** Holds the lock of that name, until what this resolves with is disposed of. Rejects with the signal's reason. */
export async function hold(name: string, signal: AbortSignal): Promise<AsyncDisposable> {
  signal.throwIfAborted();
  const before = lines.get(name);
  let leave!: () => void;
  const mine = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const line = before === undefined ? mine : before.then(() => mine);
  lines.set(name, line);
  const end = (): void => {
    leave();
    if (lines.get(name) === line) lines.delete(name);
  };
  try {
    if (before !== undefined) await settledOrAborted(before, signal);
    const held = await take(name, signal);
    return {
      async [Symbol.asyncDispose]() {
        await new Promise((turn) => setImmediate(turn)); // those who came while the work blocked this thread
        const { wanted } = held;
        await held[Symbol.asyncDispose]();
        if (wanted) void realClock.sleep(randomInt(1, COURTESY)).then(end);
        else end();
      },
    };
  } catch (error) {
    end();
    throw error;
  }
}

/** Holds the lock of that name if it is free; undefined if it is not. */
export function tryHold(name: string): Promise<AsyncDisposable | undefined> {
  return new SocketLock(name).try();
}

/** Resolves when one of the locks is free, or was a moment ago; also when the signal aborts. */
export async function anyReleased(names: readonly string[], signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const waited = await underEither([over.signal, signal], async (either) => {
    const first = await Promise.race(names.map((name) => new SocketLock(name).released(either)));
    over.abort(); // hangs up on the others
    return first;
  });
  if (!waited) await realClock.sleep(randomInt(1, PAUSE), signal);
}

async function take(name: string, signal: AbortSignal): Promise<HeldLock> {
  const lock = new SocketLock(name);
  for (;;) {
    signal.throwIfAborted();
    const held = await lock.try();
    if (held !== undefined) return held;
    if (!(await lock.released(signal))) await realClock.sleep(randomInt(1, PAUSE), signal);
  }
}
