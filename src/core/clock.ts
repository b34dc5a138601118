/** Time as an argument: the real one is in `system/`, a virtual one serves simulation. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms` milliseconds, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Virtual time stands still until what is returned is called, which may be more than once; others may hold it too.
   * Real time waits for nobody and has no such method.
   */
  hold?(): () => void;
}

/** Does some work; virtual time stands still until it is done. */
export function held<T>(clock: Clock, work: () => Promise<T>): Promise<T> {
  const release = clock.hold?.();
  return release === undefined ? work() : work().finally(release);
}
