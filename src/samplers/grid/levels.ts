import { expectNumber, nearest, show, usage } from "../../core/errors.ts";
import { type Axis, toUnit } from "../../space/axis.ts";

/** How finely axes are cut: a number for every continuous axis, or numbers by axis name. */
export type Bins = number | Readonly<Record<string, number>>;

/** Checks the form of `bins`; the names are checked when the axes are known. */
export function checkBins(bins: Bins | undefined): void {
  if (bins === undefined) return;
  if (typeof bins === "number") {
    expectNumber("bins", bins, { integer: true, low: 1 });
    return;
  }
  if (typeof bins !== "object" || bins === null || Array.isArray(bins))
    throw usage(`Expected \`bins\` to be an integer ≥ 1 or a record of them by axis name, got ${show(bins)}`);
  for (const [name, count] of Object.entries(bins)) expectNumber(`bins.${name}`, count, { integer: true, low: 1 });
}

/**
 * The unit positions that a grid takes on each axis, ascending. Continuous axes: evenly spaced (in the logarithm on a
 * log axis), both ends included, the middle alone for one bin. Discrete axes: every cell, or as many evenly spaced ones
 * as `bins` says, rounded down and each once. Throws a usage error for a continuous axis without bins, and for bins of
 * an axis that is not there.
 */
export function levelsOf(axes: readonly Axis[], bins: Bins | undefined): Float64Array[] {
  const named = typeof bins === "object" ? bins : {};
  for (const name of Object.keys(named)) {
    if (axes.some((axis) => axis.name === name)) continue;
    const names = axes.map((axis) => axis.name);
    const near = nearest(name, names);
    throw usage(
      `Unknown axis \`${name}\` in \`bins\` of grid. ${near === undefined ? `There are: ${names.join(", ")}` : `Did you mean \`${near}\`?`}`,
    );
  }
  return axes.map((axis) => {
    const count = Object.hasOwn(named, axis.name) ? named[axis.name] : undefined;
    if (axis.size !== Infinity) return discrete(axis, count ?? axis.size);
    const bin = count ?? (typeof bins === "number" ? bins : undefined);
    if (bin === undefined)
      throw usage(
        `Expected \`bins\` to say how finely grid() cuts the continuous axis \`${axis.name}\`, got ${show(bins)}`,
      );
    return bin === 1 ? Float64Array.of(0.5) : Float64Array.from({ length: bin }, (_, k) => k / (bin - 1));
  });
}

/** How many cells of one axis are listed at most. */
const CELLS = 10_000_000;

function discrete(axis: Axis, count: number): Float64Array {
  const { low, high, log, size } = axis;
  const wanted = Math.min(count, size);
  if (wanted > CELLS)
    throw usage(`Expected \`bins\` to thin the axis \`${axis.name}\` to at most ${CELLS} values, got ${wanted}`);
  if (wanted === size) return Float64Array.from({ length: size }, (_, k) => toUnit(axis, low + k));
  const at = (k: number): number => {
    if (wanted === 1) return Math.floor(log ? Math.sqrt(low * high) : (low + high) / 2);
    if (k === wanted - 1) return high;
    const share = k / (wanted - 1);
    return Math.floor((log ? low * (high / low) ** share : low + (high - low) * share) + 1e-9);
  };
  const values = new Set(Array.from({ length: wanted }, (_, k) => at(k)));
  return Float64Array.from(values, (value) => toUnit(axis, value));
}
