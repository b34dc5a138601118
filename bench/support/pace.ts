/** Milliseconds that nothing is counted, and that are measured. */
export const WARM = 300;
export const MEASURED = 700;

/** Keeps so many calls in flight; calls per second once it is warm. Each is given its number and must resolve with that and 1. */
export async function pace(inFlight: number, call: (a: number) => unknown): Promise<number> {
  const began = performance.now();
  let [next, count, from, now] = [0, 0, 0, began];
  const lane = async (): Promise<void> => {
    while (from === 0 || now - from < MEASURED) {
      const a = next++;
      const answer = await call(a);
      if (answer !== a + 1) throw new Error(`Expected ${a + 1}, got ${JSON.stringify(answer)}`);
      now = performance.now();
      if (from > 0) count++;
      else if (now - began >= WARM) from = now;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return (count * 1000) / (now - from);
}
