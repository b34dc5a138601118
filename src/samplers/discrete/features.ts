import { type Axis, fromUnit } from "../../space/axis.ts";

/** Ordered axes with at most as many cells may turn out to be categorical. */
const CELLS = 32;

/** One way in which two settled points can differ along an axis: whether their cells match, or how far apart their places are. */
interface Feature {
  readonly axis: number;
  readonly kind: "match" | "place";
  /** Positions in [0, 1] by cell, where the axis's own are not meant. */
  readonly places?: readonly number[];
}

/**
 * Settled points as rows of numbers, in which they are compared quickly. An unordered axis whose labels are numbers has
 * places, too, in the order of the numbers, so that it does not matter whether the user called it a choice or an ordinal.
 */
export class Features {
  readonly count: number;
  /** How many features each one's axis has. */
  readonly shares: Float64Array;
  readonly #features: readonly Feature[];
  readonly #axes: readonly Axis[];
  /** The features before this index are matches. */
  readonly matches: number;

  constructor(axes: readonly Axis[]) {
    this.#axes = axes;
    const features = axes.flatMap((axis, i) => featuresOf(axis, i));
    this.#features = features.sort((a, b) => Number(a.kind === "place") - Number(b.kind === "place"));
    this.count = features.length;
    this.matches = features.filter(({ kind }) => kind === "match").length;
    this.shares = Float64Array.from(features, ({ axis }) => features.filter((other) => other.axis === axis).length);
  }

  /** Writes a point's row from `offset` on: cells of matches, −1 where inactive; positions, NaN where inactive. */
  write(unit: ArrayLike<number>, rows: Float64Array, offset: number): void {
    for (let k = 0; k < this.count; k++) {
      const { axis, kind, places } = this.#features[k]!;
      const u = unit[axis]!;
      const { low } = this.#axes[axis]!;
      if (kind === "match") rows[offset + k] = Number.isNaN(u) ? -1 : this.#cell(axis, u);
      else
        rows[offset + k] = places === undefined || Number.isNaN(u) ? u : places[fromUnit(this.#axes[axis]!, u) - low]!;
    }
  }

  /** A continuous axis only matches in whether it is active. */
  #cell(axis: number, u: number): number {
    const { low, size } = this.#axes[axis]!;
    return size === Infinity ? 0 : fromUnit(this.#axes[axis]!, u) - low;
  }
}

function featuresOf(axis: Axis, i: number): Feature[] {
  const { size, ordered, labels, when } = axis;
  if (size < 2) return [];
  const match: Feature = { axis: i, kind: "match" };
  const place: Feature = { axis: i, kind: "place" };
  if (size === 2) return [match];
  if (!ordered) {
    const places = size > CELLS * CELLS ? undefined : numericPlaces(labels);
    return places === undefined ? [match] : [match, { ...place, places }];
  }
  return size <= CELLS || when !== undefined ? [match, place] : [place];
}

/** Where numeric labels stand in their order, in [0, 1]; undefined where there are others. */
function numericPlaces(labels: readonly unknown[] | undefined): number[] | undefined {
  if (labels === undefined || !labels.every((label) => typeof label === "number")) return undefined;
  const sorted = [...labels].sort((a, b) => a - b);
  return labels.map((label) => (sorted.indexOf(label) + 0.5) / labels.length);
}
