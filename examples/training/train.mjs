// Trains a small network on two interleaved moons of points: `node train.mjs settings.json`. After every epoch it says its
// losses as a line of JSON. It has never heard of attune.
import { readFileSync } from "node:fs";

const { data, model, optimiser, epochs } = JSON.parse(readFileSync(process.argv[2], "utf8"));

/** Numbers in [0, 1) that depend on nothing but the seed (mulberry32). */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function moons(n, random) {
  return Array.from({ length: n }, (_, i) => {
    const angle = Math.PI * random();
    const [x, y] = i % 2 === 0 ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
    return { x: [x + data.noise * (random() - 0.5), y + data.noise * (random() - 0.5)], y: i % 2 };
  });
}

const random = numbers(data.seed);
const [train, validation] = [moons(data.points, random), moons(data.points, random)];
const weight = () => (random() - 0.5) * 2;
const hidden = Array.from({ length: model.hidden }, () => ({ w: [weight(), weight()], b: weight(), v: weight() }));
const moments = hidden.map(() => [0, 0, 0, 0]);
let [bias, biasMoment] = [0, 0];

function forward(x) {
  const h = hidden.map(({ w, b }) => Math.tanh(w[0] * x[0] + w[1] * x[1] + b));
  return { h, p: 1 / (1 + Math.exp(-hidden.reduce((sum, { v }, i) => sum + v * h[i], bias))) };
}

function loss(points) {
  const sum = points.reduce((total, { x, y }) => {
    const { p } = forward(x);
    return total - Math.log(Math.max(y === 1 ? p : 1 - p, 1e-12));
  }, 0);
  return sum / points.length;
}

for (let step = 1; step <= epochs; step++) {
  for (const { x, y } of train) {
    const { h, p } = forward(x);
    const error = p - y;
    const move = (i, k, gradient) => (moments[i][k] = optimiser.momentum * moments[i][k] - optimiser.rate * gradient);
    hidden.forEach((unit, i) => {
      const back = error * unit.v * (1 - h[i] ** 2);
      unit.v += move(i, 3, error * h[i]);
      unit.w[0] += move(i, 0, back * x[0]);
      unit.w[1] += move(i, 1, back * x[1]);
      unit.b += move(i, 2, back);
    });
    bias += biasMoment = optimiser.momentum * biasMoment - optimiser.rate * error;
  }
  console.log(JSON.stringify({ step, "loss/train": loss(train), "loss/validation": loss(validation) }));
}
