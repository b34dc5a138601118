import type { Random } from "../../core/random.ts";
import type { Cube } from "../../space/cube.ts";
import { sobolSequence } from "../qmc/sequence.ts";
import type { Outlook } from "./beliefs.ts";
import type { Features } from "./features.ts";

/** Points that are tried for each that is wanted, where `where` refuses many; then so many are drawn. */
const TRIES = 4;
const DRAWN = 8;
/** The best configurations about which candidates lie; how far, in length-scales; and how many axes differ on average. */
const ABOUT = 5;
const REACH = 0.25;
const DIFFER = 2;

/** About `count` allowed configurations: one half even over the space, the other near the best known ones. */
export function scatter(
  cube: Cube,
  features: Features,
  { best, scales }: Outlook,
  random: Random,
  count: number,
): Float64Array[] {
  const found: Float64Array[] = [];
  const settle = (raw: Float64Array): void => {
    const unit = cube.settle(raw);
    if (unit !== undefined) found.push(unit);
  };
  const raw = new Float64Array(cube.axes.length);
  const half = best.length === 0 ? count : Math.ceil(count / 2);
  const even = sobolSequence("owen", random.fork("candidates"));
  for (let k = 0; k < TRIES * half && found.length < half; k++) settle(raw.map((_, i) => even(k, i)));
  for (let k = 0; k < TRIES * (count - half) && found.length < count; k++) {
    raw.set(best[random.integer(Math.min(ABOUT, best.length))]!);
    stir(raw, cube, features, scales, random);
    settle(raw);
  }
  while (found.length < DRAWN) found.push(cube.draw(() => random.uniform()));
  return found;
}

/** Changes one axis of a configuration, and others by chance. */
function stir(raw: Float64Array, cube: Cube, { axes, kind }: Features, scales: Float64Array, random: Random): void {
  const forced = random.integer(axes.length);
  axes.forEach((i, j) => {
    if (j !== forced && random.uniform() >= (DIFFER - 1) / axes.length) return;
    if (Number.isNaN(raw[i]!) || j >= kind.ordered) raw[i] = random.uniform();
    else {
      const reach = Math.max(REACH * scales[j]!, 1 / cube.axes[i]!.size);
      raw[i] = Math.min(1, Math.max(0, raw[i]! + reach * random.normal()));
    }
  });
}
