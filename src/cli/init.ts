import { writeFile } from "node:fs/promises";
import { AttuneError, messageOf, usage } from "../core/errors.ts";
import { EXIT } from "./exit.ts";

/** `attune init`: writes a commented example that runs as it is. */
export async function init(file: string): Promise<number> {
  if (!/\.m?ts$/.test(file))
    throw usage(`Expected the file to end in .ts, as the example is TypeScript, got ${JSON.stringify(file)}`);
  try {
    await writeFile(file, EXAMPLE, { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST")
      throw new AttuneError("usage", `${file} exists already: nothing was written`);
    throw new AttuneError("journal", `Cannot write ${file}: ${messageOf(error)}`);
  }
  process.stdout.write(`Wrote ${file}. Run it with: attune run ${file}\n`);
  return EXIT.done;
}

const EXAMPLE = `// Tunes how a list is sorted: the length below which a merge sort changes to insertion sort.
// Run it with: attune run FILE    Again with --trials 120: it goes on where it stopped.
import { choice, defineSearch, int } from "attune";

const numbers = Array.from({ length: 20_000 }, (_, i) => Math.sin(i) * 1e6);

export default defineSearch({
  // What can be varied. Also: float, range, logGrid, ordinal, optional, variant; objects nest.
  // A \`default\` on every parameter makes the untuned configuration: it is tried first, as the baseline.
  space: {
    cutoff: int(1, 256, { log: true, default: 1 }),
    merge: choice(["copy", "swap"], { default: "copy" }),
  },

  // What is measured, and which way is better. Left out: one number, minimised.
  objectives: { ms: "minimize" },

  // One configuration in, its values out. A number, or several samples so that the noise is known.
  // What throws, hangs or returns nonsense is recorded as a failed trial; the search goes on.
  objective({ cutoff, merge }) {
    const ms: number[] = [];
    for (let sample = -10; sample < 10; sample++) {
      const list = numbers.slice();
      const began = performance.now();
      sort(list, new Array(list.length), 0, list.length, cutoff, merge === "swap");
      if (sample >= 0) ms.push(performance.now() - began); // the first ones only warm up
    }
    return { ms };
  },

  trials: 60, // how many configurations are tried
});

function sort(list: number[], spare: number[], from: number, to: number, cutoff: number, swap: boolean): void {
  if (to - from <= cutoff) {
    for (let i = from + 1; i < to; i++) {
      const value = list[i]!;
      let j = i;
      for (; j > from && list[j - 1]! > value; j--) list[j] = list[j - 1]!;
      list[j] = value;
    }
    return;
  }
  const middle = (from + to) >> 1;
  sort(list, spare, from, middle, cutoff, swap);
  sort(list, spare, middle, to, cutoff, swap);
  if (swap && list[middle - 1]! <= list[middle]!) return; // already in order
  for (let i = from; i < to; i++) spare[i] = list[i]!;
  for (let i = from, a = from, b = middle; i < to; i++) {
    list[i] = b >= to || (a < middle && spare[a]! <= spare[b]!) ? spare[a++]! : spare[b++]!;
  }
}
`;
