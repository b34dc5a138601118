import type { Clock } from "../core/clock.ts";

/** Timers beyond this overflow and fire at once (Node: TimeoutOverflowWarning). */
const LONGEST = 2 ** 31 - 1;

/** The time of this machine. A sleep may be of any length and leaves no timer behind when it is aborted. */
export const realClock: Clock = {
  now: () => Date.now(),
  sleep(ms, signal) {
    return new Promise((resolve) => {
      const end = Date.now() + ms;
      let timer: NodeJS.Timeout | undefined;
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const wait = (left: number): void => {
        timer = setTimeout(() => (left > LONGEST ? wait(end - Date.now()) : done()), Math.min(left, LONGEST));
      };
      if (signal?.aborted) return resolve();
      signal?.addEventListener("abort", done, { once: true });
      wait(ms);
    });
  },
};
