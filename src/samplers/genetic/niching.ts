import type { Random } from "../../core/random.ts";
import { shuffle } from "../../core/random.ts";
import { nonDominatedRanks } from "../../math/non-dominated.ts";
import type { Individual } from "./individual.ts";
import { Normalisation } from "./normalisation.ts";
import type { Survival } from "./survival.ts";

/**
 * The environmental selection of NSGA-III (Deb & Jain 2014, algorithms 1, 3 and 4): whole fronts while they fit, then
 * from the next one individuals of the least crowded reference directions. Its ideal and extreme points persist, so a
 * value of this serves one study.
 */
export function niching(directions: readonly Float64Array[]): Survival {
  const objectives = directions[0]!.length;
  const rays = new Float64Array(directions.length * objectives);
  directions.forEach((direction, d) => {
    const length = Math.hypot(...direction);
    for (let c = 0; c < objectives; c++) rays[d * objectives + c] = direction[c]! / length;
  });
  const normalisation = new Normalisation(objectives);
  const scratch = new Float64Array(objectives);
  return (merged, keep, random) => {
    const ranks = nonDominatedRanks(merged.map(({ losses }) => losses));
    const fronts: Individual[][] = [];
    merged.forEach((member, i) => {
      member.rank = ranks[i]!;
      (fronts[member.rank] ??= []).push(member);
    });
    normalisation.update(merged, fronts[0]!);
    const kept: Individual[] = [];
    const counts = new Int32Array(directions.length);
    for (const front of fronts) {
      for (const member of front) associate(member, rays, normalisation, scratch);
      if (kept.length + front.length > keep) {
        kept.push(...leastCrowded(front, keep - kept.length, counts, random));
        break;
      }
      for (const member of front) counts[member.niche]!++;
      kept.push(...front);
    }
    return kept;
  };
}

/** Finds the direction at the least perpendicular distance in normalised space (algorithm 3). */
function associate(member: Individual, rays: Float64Array, { ideal, span }: Normalisation, f: Float64Array): void {
  const m = ideal.length;
  let square = 0;
  for (let c = 0; c < m; c++) {
    f[c] = (member.losses[c]! - ideal[c]!) / span[c]!;
    square += f[c]! * f[c]!;
  }
  let most = -1;
  for (let at = 0; at < rays.length; at += m) {
    let along = 0;
    for (let c = 0; c < m; c++) along += f[c]! * rays[at + c]!;
    if (along <= most) continue;
    most = along;
    member.niche = at / m;
  }
  member.distance = Math.sqrt(Math.max(0, square - most * most));
}

/**
 * Algorithm 4: again and again a direction with the fewest members, any of those equally few; from it the nearest
 * individual if it has none yet, else any.
 */
function leastCrowded(front: readonly Individual[], wanted: number, counts: Int32Array, random: Random): Individual[] {
  const waiting = new Map<number, Individual[]>();
  for (const member of shuffle([...front], random)) {
    const there = waiting.get(member.niche);
    if (there === undefined) waiting.set(member.niche, [member]);
    else there.push(member);
  }
  for (const [niche, there] of waiting) if (counts[niche] === 0) nearestLast(there);
  const chosen: Individual[] = [];
  while (chosen.length < wanted) {
    let least = Infinity;
    for (const niche of waiting.keys()) least = Math.min(least, counts[niche]!);
    const level = shuffle(
      [...waiting.keys()].filter((niche) => counts[niche] === least),
      random,
    );
    for (const niche of level.slice(0, wanted - chosen.length)) {
      const there = waiting.get(niche)!;
      chosen.push(there.pop()!);
      counts[niche]!++;
      if (there.length === 0) waiting.delete(niche);
    }
  }
  return chosen;
}

function nearestLast(members: Individual[]): void {
  let nearest = 0;
  for (let i = 1; i < members.length; i++) if (members[i]!.distance < members[nearest]!.distance) nearest = i;
  members.push(...members.splice(nearest, 1));
}
