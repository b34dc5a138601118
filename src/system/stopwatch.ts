/** How many steps of the clock are looked at, and for how many milliseconds at most. */
const STEPS = 200;
const PATIENCE = 50;

let step: number | undefined;

/** The smallest step of this process' clock (`performance.now()`), in milliseconds, as seen when it is first asked for: no time is known better. */
export function timerStep(): number {
  return (step ??= measureStep());
}

function measureStep(): number {
  const began = performance.now();
  let [smallest, seen, last] = [Infinity, 0, began];
  while (seen < STEPS && (last - began < PATIENCE || seen === 0)) {
    const now = performance.now();
    if (now <= last) continue;
    smallest = Math.min(smallest, now - last);
    seen++;
    last = now;
  }
  return smallest;
}
