// The generator of BBOB 2009, with which each instance's optimum, rotations and peaks are drawn: Park & Miller's minimal
// standard (CACM 31, 1988) with Schrage's division and a Bays–Durham table of 32, as the suite has always seeded it.
// Instances equal COCO's only if every draw does.

const MODULUS = 2147483647;

/** `n` uniform numbers in (0, 1). */
export function uniforms(n: number, seed: number): Float64Array {
  let state = Math.max(1, Math.abs(seed));
  const next = (): number => {
    const high = Math.floor(state / 127773);
    state = 16807 * (state - high * 127773) - 2836 * high;
    if (state < 0) state += MODULUS;
    return state;
  };
  const table = new Float64Array(32);
  for (let i = 39; i >= 0; i--) {
    const drawn = next();
    if (i < 32) table[i] = drawn;
  }
  let shown = table[0]!;
  return Float64Array.from({ length: n }, () => {
    const drawn = next();
    const cell = Math.floor(shown / 67108865);
    shown = table[cell]!;
    table[cell] = drawn;
    return shown / MODULUS || 1e-99;
  });
}

/** `n` standard normal numbers (Box & Muller 1958): the radii from the first `n` uniforms, the angles from the rest. */
export function normals(n: number, seed: number): Float64Array {
  const u = uniforms(2 * n, seed);
  return Float64Array.from(
    { length: n },
    (_, i) => Math.sqrt(-2 * Math.log(u[i]!)) * Math.cos(2 * Math.PI * u[n + i]!) || 1e-99,
  );
}

/** The ranks' order of `n` uniforms: where the least stands, then the next. */
export function permutation(n: number, seed: number): number[] {
  const u = uniforms(n, seed);
  return Array.from(u, (_, i) => i).sort((a, b) => u[a]! - u[b]!);
}

/** A place of the optimum, in steps of 0.0008 within [−4, 4), never zero. */
export function place(d: number, seed: number): Float64Array {
  return uniforms(d, seed).map((u) => (8 * Math.floor(1e4 * u)) / 1e4 - 4 || -1e-5);
}

/** The loss at the optimum: Cauchy distributed, rounded to hundredths, within ±1000. */
export function offset(seed: number): number {
  const ratio = normals(1, seed)[0]! / normals(1, seed + 1)[0]!;
  return Math.min(1000, Math.max(-1000, Math.round(1e4 * ratio) / 100));
}
