/**
 * One number of a configuration. Plain data: what samplers see of a space. The number is the value itself, or an index;
 * `NaN` where the axis is inactive.
 */
export interface Axis {
  /** `schedule.dynamic.chunk`; keys that hold dots, brackets or quotes stand in quotes. */
  readonly name: string;
  readonly low: number;
  readonly high: number;
  /** How many cells there are; `Infinity` when continuous. */
  readonly size: number;
  readonly log: boolean;
  /** Whether near cells mean near values. */
  readonly ordered: boolean;
  /** Active only where that axis is active and holds that cell; nesting is a chain. */
  readonly when?: { readonly axis: number; readonly cell: number };
  /** The values behind the cells, where the number is an index. */
  readonly labels?: readonly unknown[];
  /** The prior probability of each cell; uniform without. */
  readonly weights?: readonly number[];
  /** The interval, in the axis's numbers, from which initial samples are preferred. */
  readonly focus?: readonly [number, number];
}

/**
 * Continuous positions are whole multiples of 2^−48, so that going to numbers and back is exact in spite of rounding,
 * and a point that was told is recognised when it is proposed again.
 */
const GRAIN = 2 ** 48;

/** The position in [0, 1] of a number of this axis; the centre of its cell where the axis is discrete. */
export function toUnit(axis: Axis, x: number): number {
  const { low, high } = axis;
  if (low === high) return 0.5;
  if (axis.size === Infinity) {
    const u = axis.log ? (Math.log(x) - Math.log(low)) / (Math.log(high) - Math.log(low)) : (x - low) / (high - low);
    return Math.round(u * GRAIN) / GRAIN;
  }
  if (!axis.log) return (x - low + 0.5) / (high - low + 1);
  const from = Math.log(low - 0.5);
  return ((Math.log(x - 0.5) + Math.log(x + 0.5)) / 2 - from) / (Math.log(high + 0.5) - from);
}

/** The number at a position in [0, 1]; positions outside are clamped. */
export function fromUnit(axis: Axis, unit: number): number {
  const { low, high } = axis;
  if (low === high) return low;
  const u = unit < 0 ? 0 : unit > 1 ? 1 : axis.size === Infinity ? Math.round(unit * GRAIN) / GRAIN : unit;
  if (axis.size === Infinity) {
    const x = axis.log ? Math.exp(Math.log(low) + u * (Math.log(high) - Math.log(low))) : low + u * (high - low);
    return u === 1 || x > high ? high : u === 0 || x < low ? low : x;
  }
  if (!axis.log) return low + Math.min(Math.floor(u * (high - low + 1)), high - low);
  const from = Math.log(low - 0.5);
  const x = Math.round(Math.exp(from + u * (Math.log(high + 0.5) - from)));
  return x < low ? low : x > high ? high : x;
}

/** Whether axis `i` is active in a row (of numbers, not units) whose earlier axes are settled. */
export function isActive(axes: readonly Axis[], row: ArrayLike<number>, i: number): boolean {
  const when = axes[i]!.when;
  return when === undefined || row[when.axis]! - axes[when.axis]!.low === when.cell;
}

/** The unit position whose cell a uniform number falls into by the prior. */
export function drawUnit(axis: Axis, uniform: () => number, focusShare: number): number {
  if (axis.weights !== undefined) {
    let u = uniform();
    const last = axis.weights.length - 1;
    for (let cell = 0; cell < last; cell++) {
      u -= axis.weights[cell]!;
      if (u < 0) return (cell + 0.5) / axis.size;
    }
    return (last + 0.5) / axis.size;
  }
  if (axis.focus !== undefined && focusShare > 0 && uniform() < focusShare) {
    const [low, high] = axis.focus;
    return toUnit(axis, fromUnit({ ...axis, low, high }, uniform()));
  }
  return uniform();
}

/** Moves axes behind others: what `when` points at moves along; top-level axes get the condition `when`. */
export function nestAxes(
  axes: readonly Axis[],
  offset: number,
  prefix: string,
  when?: { readonly axis: number; readonly cell: number },
): Axis[] {
  return axes.map((axis) => {
    const condition = axis.when === undefined ? when : { axis: axis.when.axis + offset, cell: axis.when.cell };
    return { ...axis, name: joinNames(prefix, axis.name), ...(condition === undefined ? {} : { when: condition }) };
  });
}

/** A key as it stands in an axis name. */
export function keyName(key: string): string {
  return /^[^."'[\]?]+$/.test(key) ? key : JSON.stringify(key);
}

function joinNames(prefix: string, name: string): string {
  if (prefix === "" || name === "") return prefix + name;
  return name.startsWith("?") || name.startsWith("[") ? prefix + name : `${prefix}.${name}`;
}
