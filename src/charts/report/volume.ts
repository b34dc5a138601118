import { hypervolumeHistory, referenceOf } from "../../analysis/history.ts";
import { paretoMask } from "../../analysis/pareto.ts";
import { hypervolume } from "../../math/hypervolume.ts";
import type { Findings } from "./content.ts";
import { gap } from "./gap.ts";

/** At how many trials the hypervolume of many objectives is known, and up to how many it is known at each. */
const POINTS = 40;
const EXACT = 2;

/** The hypervolume of the front where it changes, of several objectives; with more than two at some trials only. */
export function volumeOf(result: Findings, at: ReadonlyMap<number, number>): [number, number][] {
  if (result.objectives.length < 2) return [];
  const { feasible } = result;
  const losses = feasible.map((trial) => result.losses(trial));
  const index = (i: number): number => at.get(feasible[i]!.number)!;
  if (result.objectives.length <= EXACT) {
    const volumes = hypervolumeHistory(losses);
    return volumes.flatMap((v, i) =>
      i === 0 || i === volumes.length - 1 || v !== volumes[i - 1] ? [[index(i), gap(v)!] as [number, number]] : [],
    );
  }
  const reference = referenceOf(losses);
  const step = Math.max(1, losses.length / POINTS);
  const out: [number, number][] = [];
  let front: number[][] = [];
  for (let from = 0; from < losses.length; from += step) {
    const end = Math.min(losses.length, Math.ceil(from + step));
    const known = [...front, ...losses.slice(Math.ceil(from), end)];
    const mask = paretoMask(known);
    front = known.filter((_, i) => mask[i]);
    out.push([index(end - 1), gap(hypervolume(front, reference))!]);
  }
  return out;
}
