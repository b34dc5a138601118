/**
 * Tunes the codecs of Node's own zlib: which one, and with what parameters, makes this corpus small in little time?
 * Run it with `attune run examples/codecs/tune.ts`.
 */
import { readdirSync, readFileSync } from "node:fs";
import * as zlib from "node:zlib";
import { choice, type ConfigurationOf, defineSearch, int, optional, variant } from "attune";

const { constants } = zlib;
const strategies = {
  default: constants.Z_DEFAULT_STRATEGY,
  filtered: constants.Z_FILTERED,
  huffman: constants.Z_HUFFMAN_ONLY,
  rle: constants.Z_RLE,
  fixed: constants.Z_FIXED,
};
const modes = {
  generic: constants.BROTLI_MODE_GENERIC,
  text: constants.BROTLI_MODE_TEXT,
  font: constants.BROTLI_MODE_FONT,
};

// Each `default` is Node's own, so that attune knows the untuned program, tries it first, and tells every gain against it.
const deflate = {
  level: int(1, 9, { default: 6 }),
  windowBits: int(9, 15, { default: 15 }),
  memLevel: int(1, 9, { default: 8 }),
  strategy: choice(["default", "filtered", "huffman", "rle", "fixed"], { default: "default" }),
};
const brotli = {
  quality: int(0, 11, { default: 11 }),
  lgwin: int(10, 24, { default: 22 }),
  mode: choice(["generic", "text", "font"], { default: "generic" }),
  lgblock: optional(int(16, 24)), // left out, brotli chooses
};

// A variant is one branch at a time: `quality` exists for brotli only, and the sampler knows it.
const space = { codec: variant({ gzip: deflate, deflate, brotli }, { default: "gzip" }) };
type Codec = ConfigurationOf<typeof space>["codec"];

// Seven kinds of data, 1.3 MB: see corpus/README.md.
const corpus = new URL("corpus/", import.meta.url);
const files = readdirSync(corpus, { withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name !== "README.md")
  .map(({ name }) => readFileSync(new URL(name, corpus)));

export default defineSearch({
  space,
  objectives: { bytes: "minimize", ms: "minimize" }, // two objectives: the answer is a front of trade-offs
  objective({ codec }) {
    const { compress, decompress } = use(codec);
    // The first pass warms up and is checked. A throw fails this trial, and the search goes on.
    const packed = files.map(compress);
    if (!packed.every((data, i) => decompress(data).equals(files[i]!)))
      throw new Error("decompressing did not give the file back");
    const bytes = total(packed);
    return {
      bytes,
      ms: measure(() => files.forEach(compress)), // samples: attune takes their median, and knows the noise
      ratio: total(files) / bytes, // a name that is no objective is recorded
    };
  },
  trials: 100,
  seed: 1,
});

function use(codec: Codec): { compress: (data: Buffer) => Buffer; decompress: (data: Buffer) => Buffer } {
  if (codec.kind === "brotli") {
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: codec.quality,
      [constants.BROTLI_PARAM_LGWIN]: codec.lgwin,
      [constants.BROTLI_PARAM_MODE]: modes[codec.mode],
      ...(codec.lgblock === undefined ? {} : { [constants.BROTLI_PARAM_LGBLOCK]: codec.lgblock }),
    };
    return {
      compress: (data) => zlib.brotliCompressSync(data, { params }),
      decompress: (data) => zlib.brotliDecompressSync(data),
    };
  }
  const { kind, level, windowBits, memLevel } = codec;
  const options = { level, windowBits, memLevel, strategy: strategies[codec.strategy] };
  return kind === "gzip"
    ? { compress: (data) => zlib.gzipSync(data, options), decompress: (data) => zlib.gunzipSync(data) }
    : { compress: (data) => zlib.deflateSync(data, options), decompress: (data) => zlib.inflateSync(data) };
}

/** Milliseconds per pass: three samples of at least 60 ms each, or two where a pass is slow. */
function measure(pass: () => void): number[] {
  const samples: number[] = [];
  const began = performance.now();
  while (samples.length < 2 || (samples.length < 3 && performance.now() - began < 1000)) {
    const start = performance.now();
    let passes = 0;
    for (; passes === 0 || performance.now() - start < 60; passes++) pass();
    samples.push((performance.now() - start) / passes);
  }
  return samples;
}

function total(buffers: readonly Buffer[]): number {
  return buffers.reduce((sum, { length }) => sum + length, 0);
}
