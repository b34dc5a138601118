/**
 * Renders `corpus/landscape.ppm`: a hazy ridge, a lake that mirrors it, and the grain of a camera's sensor. Made of
 * integer hashes and plain arithmetic alone, so every machine renders the same bytes: `npx jiti render-image.ts`.
 */
import { writeFileSync } from "node:fs";

const width = 256;
const height = 224;
const horizon = 140;

/** Noise in [0, 1) for one lattice point. */
function hash(x: number, y: number, seed: number): number {
  let h = Math.imul(x, 374761393) ^ Math.imul(y, 668265263) ^ Math.imul(seed, 2246822519);
  h = Math.imul(h ^ (h >>> 13), 1274126177);
  h = Math.imul(h ^ (h >>> 16), 2654435769);
  return ((h ^ (h >>> 15)) >>> 0) / 2 ** 32;
}

/** The lattice, smoothly interpolated. */
function smooth(x: number, y: number, seed: number): number {
  const [i, j] = [Math.floor(x), Math.floor(y)];
  const [u, v] = [ease(x - i), ease(y - j)];
  const top = mix(hash(i, j, seed), hash(i + 1, j, seed), u);
  const bottom = mix(hash(i, j + 1, seed), hash(i + 1, j + 1, seed), u);
  return mix(top, bottom, v);
}

/** Five octaves: the texture of rock and cloud. */
function fractal(x: number, y: number, seed: number): number {
  let sum = 0;
  for (let octave = 0; octave < 5; octave++)
    sum += smooth(x * 2 ** octave, y * 2 ** octave, seed + octave) / 2 ** octave;
  return sum / 1.9375;
}

function ease(t: number): number {
  return t * t * (3 - 2 * t);
}

function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}

type Colour = readonly [number, number, number];

function blend(a: Colour, b: Colour, share: number): Colour {
  return [mix(a[0], b[0], share), mix(a[1], b[1], share), mix(a[2], b[2], share)];
}

/** What one sees above the water, `y` rows below the top. */
function land(x: number, y: number): Colour {
  let colour = blend([92, 138, 196], [236, 214, 190], ease(y / horizon));
  colour = blend(colour, [250, 246, 240], ease(Math.max(0, fractal(x / 70, y / 28, 1) - 0.45) / 0.55));
  for (let ridge = 0; ridge < 3; ridge++) {
    const top = 62 + 24 * ridge - 42 * (fractal(x / (90 - 22 * ridge), ridge, 20 + ridge) - 0.5);
    if (y < top) continue;
    const light = fractal(x / 9, (y - top) / 6, 40 + ridge);
    const rock = blend([44, 50, 42], [138, 126, 104], light);
    colour = blend(rock, [190, 196, 208], 0.55 - 0.25 * ridge); // the farther, the hazier
  }
  return colour;
}

function seen(x: number, y: number): Colour {
  if (y < horizon) return land(x, y);
  const depth = y - horizon;
  const ripple = (fractal(x / 24, (depth * 6) / (8 + depth), 60) - 0.5) * (2 + depth / 6);
  const mirrored = land(x + ripple, Math.max(0, horizon - 1 - depth * 1.5 - ripple));
  return blend(mirrored, [24, 52, 68], 0.35 + depth / 260);
}

const header = Buffer.from(`P6\n${width} ${height}\n255\n`);
const pixels = Buffer.alloc(width * height * 3);
for (let y = 0; y < height; y++) {
  for (let x = 0; x < width; x++) {
    const colour = seen(x, y);
    for (let channel = 0; channel < 3; channel++) {
      const grain = (hash(x, y, 80 + channel) + hash(x, y, 90 + channel) - 1) * 5;
      pixels[(y * width + x) * 3 + channel] = Math.max(0, Math.min(255, Math.round(colour[channel]! + grain)));
    }
  }
}
writeFileSync(new URL("corpus/landscape.ppm", import.meta.url), Buffer.concat([header, pixels]));
