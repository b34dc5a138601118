/**
 * Solves the square system A x = b by Gaussian elimination with partial pivoting (Golub & Van Loan, "Matrix
 * Computations", 4th ed., algorithm 3.4.1). `a` holds the rows; neither argument is changed. Undefined where A is
 * singular to working precision: a pivot below 1e-12 of the largest number in its original row.
 */
export function solve(a: readonly ArrayLike<number>[], b: ArrayLike<number>): Float64Array | undefined {
  const n = a.length;
  const rows = a.map((row, i) => Float64Array.from([...Array.from(row), b[i]!]));
  const scale = a.map((row) => Array.from(row).reduce((most, x) => Math.max(most, Math.abs(x)), 0));
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k + 1; i < n; i++)
      if (Math.abs(rows[i]![k]!) * scale[best]! > Math.abs(rows[best]![k]!) * scale[i]!) best = i;
    [rows[k], rows[best]] = [rows[best]!, rows[k]!];
    [scale[k], scale[best]] = [scale[best]!, scale[k]!];
    const pivot = rows[k]!;
    if (!(Math.abs(pivot[k]!) > 1e-12 * scale[k]!)) return undefined;
    for (let i = k + 1; i < n; i++) {
      const row = rows[i]!;
      const factor = row[k]! / pivot[k]!;
      for (let j = k; j <= n; j++) row[j] = row[j]! - factor * pivot[j]!;
    }
  }
  const x = new Float64Array(n);
  for (let k = n - 1; k >= 0; k--) {
    const row = rows[k]!;
    let rest = row[n]!;
    for (let j = k + 1; j < n; j++) rest -= row[j]! * x[j]!;
    x[k] = rest / row[k]!;
  }
  return x.every(Number.isFinite) ? x : undefined;
}
