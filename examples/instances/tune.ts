// Chooses brotli's settings for several kinds of data at once, and asks two further kinds whether the gain holds there.
//   attune run examples/instances/tune.ts
//   attune best tune.attune.jsonl --per-instance
//   attune validate examples/instances/tune.ts
import { readFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";
import { choice, defineSearch, instances, int } from "attune";

const modes = {
  generic: constants.BROTLI_MODE_GENERIC,
  text: constants.BROTLI_MODE_TEXT,
  font: constants.BROTLI_MODE_FONT,
};

export default defineSearch({
  space: {
    quality: int(4, 7, { default: 5 }),
    window: int(12, 22, { default: 16 }),
    block: int(16, 21, { default: 16 }),
    mode: choice(["generic", "text", "font"], { default: "generic" }),
    postfix: int(0, 3, { default: 0 }), // how the distances of multi-byte records are coded
    direct: int(0, 15, { default: 0 }),
  },
  objectives: { ratio: "minimize" },
  objective: instances(
    {
      over: ["kernels.jsonl", "landscape.ppm", "losses.f32", "parser.wasm", "python-reference.txt"],
      holdout: ["training-runs.csv", "zod-schemas.ts.txt"],
      reduce: "geometricMean", // of shares: the same gain counts the same on every kind
    },
    ({ quality, window, block, mode, postfix, direct }, file) => {
      const data = corpus(file);
      const params = {
        [constants.BROTLI_PARAM_QUALITY]: quality,
        [constants.BROTLI_PARAM_LGWIN]: window,
        [constants.BROTLI_PARAM_LGBLOCK]: block,
        [constants.BROTLI_PARAM_MODE]: modes[mode],
        [constants.BROTLI_PARAM_NPOSTFIX]: postfix,
        [constants.BROTLI_PARAM_NDIRECT]: direct << postfix,
        [constants.BROTLI_PARAM_SIZE_HINT]: data.length,
      };
      const began = performance.now();
      const packed = brotliCompressSync(data, { params });
      return { ratio: packed.length / data.length, ms: performance.now() - began };
    },
  ),
  sampler: "tpe",
  trials: 60,
});

const read = new Map<string, Buffer>();

/** A file of the corpus, read once by each worker. */
function corpus(file: string): Buffer {
  const data = read.get(file) ?? readFileSync(new URL(`../codecs/corpus/${file}`, import.meta.url));
  read.set(file, data);
  return data;
}
