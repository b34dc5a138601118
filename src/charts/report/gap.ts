/** A number as a report holds it: six significant digits, null for what JSON cannot say. */
export function gap(x: number | undefined): number | null {
  if (x === undefined || !Number.isFinite(x)) return null;
  return Number.isInteger(x) ? x : Number(x.toPrecision(6));
}
