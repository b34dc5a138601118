// Tunes in which pieces a megabyte is compressed and checked. `measure` repeats each configuration until its median is known
// to ± 2 %, or 400 ms are over. attune check examples/measure.ts, then attune run examples/measure.ts
import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { choice, defineSearch, int, measure } from "attune";

const data = Buffer.from(
  Array.from({ length: 40_000 }, (_, i) => `line ${i}, ${Math.round(Math.sin(i) * 1e6)}\n`).join(""),
);

export default defineSearch({
  space: {
    chunk: int(256, 1 << 20, { log: true, default: 512 }),
    hash: choice(["md5", "sha1", "sha256"], { default: "sha256" }),
    level: int(1, 4, { default: 1 }),
  },
  objectives: { ms: "minimize" },
  objective: async ({ chunk, hash, level }) => {
    const ms = await measure(() => pack(chunk, hash, level), { precision: 0.02, maxTime: 400 });
    return { ms, bytes: pack(chunk, hash, level) };
  },
  constraints: { bytes: { max: 500_000 } },
  trials: 40,
});

/** Compresses and hashes all pieces, and gives the size of the result. */
function pack(chunk: number, algorithm: string, level: number): number {
  const hash = createHash(algorithm);
  let size = 0;
  for (let from = 0; from < data.length; from += chunk) {
    const piece = data.subarray(from, from + chunk);
    hash.update(piece);
    size += deflateRawSync(piece, { level }).length;
  }
  return size + hash.digest().length;
}
