import { hypervolumeSubset } from "../../math/hypervolume-subset.ts";
import { nonDominatedRanks } from "../../math/non-dominated.ts";
import { GridDensity } from "../../math/grid-density.ts";
import type { Evidence } from "./evidence.ts";

/** Cells of a continuous axis. */
const CELLS = 50;
const TINY = 1e-12;

/**
 * PED-ANOVA (S. Watanabe, A. Bansal & F. Hutter, "PED-ANOVA: Efficiently quantifying hyperparameter importance in
 * arbitrary subspaces", IJCAI 2023, eq. 16): how far the density of the best trials along an axis is from that of all
 * trials, as the Pearson divergence Σ p (q/p − 1)². Where an axis is active in a share α of the best and β of all trials,
 * the divergence counts α²/β. Of several objectives the best trials are the first fronts, the last one thinned to those
 * that add most hypervolume.
 */
export function pedAnova({ axes, columns, losses, count }: Evidence, best: number): number[] {
  const top = bestOf(losses, Math.max(2, Math.ceil(best * count)));
  return axes.map((axis, i) => {
    const cells = axis.size <= CELLS ? axis.size : CELLS;
    if (cells < 2) return 0;
    const all = countsOf(columns[i]!, cells);
    const good = countsOf(
      Float64Array.from(top, (trial) => columns[i]![trial]!),
      cells,
    );
    const [active, activeTop] = [sum(all), sum(good)];
    if (active === 0 || activeTop === 0) return 0;
    const p = new GridDensity(all, axis.ordered).probabilities;
    const q = new GridDensity(good, axis.ordered).probabilities;
    let divergence = 0;
    for (let c = 0; c < cells; c++) divergence += (p[c]! + TINY) * ((q[c]! + TINY) / (p[c]! + TINY) - 1) ** 2;
    const [alpha, beta] = [activeTop / top.length, active / count];
    return (alpha ** 2 / beta) * divergence;
  });
}

/** The indices of the best trials. */
function bestOf(losses: readonly (readonly number[])[], wanted: number): number[] {
  const order = losses.map((_, i) => i);
  if (losses[0]!.length === 1) return order.sort((a, b) => losses[a]![0]! - losses[b]![0]!).slice(0, wanted);
  const ranks = nonDominatedRanks(losses);
  const out: number[] = [];
  for (let rank = 0; out.length < wanted; rank++) {
    const front = order.filter((i) => ranks[i] === rank);
    const room = wanted - out.length;
    out.push(...(front.length <= room ? front : thinned(front, losses, room)));
  }
  return out;
}

function thinned(front: readonly number[], losses: readonly (readonly number[])[], room: number): number[] {
  const points = front.map((i) => losses[i]!);
  const reference = points[0]!.map((_, c) => {
    const column = points.map((p) => p[c]!);
    const [low, high] = [Math.min(...column), Math.max(...column)];
    return high + 0.1 * (high - low || 1);
  });
  return hypervolumeSubset(points, room, reference).map((k) => front[k]!);
}

function countsOf(column: Float64Array, cells: number): Float64Array {
  const counts = new Float64Array(cells);
  for (const unit of column) if (!Number.isNaN(unit)) counts[Math.min(cells - 1, Math.floor(unit * cells))]! += 1;
  return counts;
}

function sum(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0);
}
