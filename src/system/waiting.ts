import { setMaxListeners } from "node:events";

/** Waits for a promise that never rejects, but no longer than until the signal aborts: then rejects with its reason. */
export async function settledOrAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", stop);
    void promise.then(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    });
  });
}

/**
 * Does some work under a signal that aborts with either of two, for their reasons. Unlike `AbortSignal.any` it leaves
 * nothing behind with one that lives long.
 */
export async function underEither<T>(
  signals: readonly [AbortSignal, AbortSignal],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const stops = signals.map((signal) => {
    const stop = (): void => controller.abort(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop);
    return () => signal.removeEventListener("abort", stop);
  });
  try {
    return await work(controller.signal);
  } finally {
    for (const stop of stops) stop();
  }
}
