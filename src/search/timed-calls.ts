/** How many steps of the clock a sample lasts at least: a step more or less is then a thousandth. */
const STEPS = 1000;

/** Calls a function so many times, and gives the mean milliseconds of one call. What is promised is awaited. */
export async function timeCalls(target: () => unknown, times: number): Promise<number> {
  const began = performance.now();
  for (let i = 0; i < times; i++) {
    const returned = target();
    if (isThenable(returned)) await returned;
  }
  return (performance.now() - began) / times;
}

/** How many calls last a thousand steps of the clock; `step` in milliseconds. */
export async function callsPerSample(
  time: (times: number) => Promise<number>,
  step: number,
  between: () => Promise<void>,
): Promise<number> {
  const wanted = STEPS * step;
  for (let batch = 1; ;) {
    await between();
    const took = (await time(batch)) * batch;
    if (took >= wanted) return batch;
    batch = took > 0 ? Math.min(10 * batch, Math.ceil((1.2 * batch * wanted) / took)) : 10 * batch;
  }
}

function isThenable(value: unknown): boolean {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
