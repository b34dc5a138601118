import { fitKernel } from "../../math/fit-kernel.ts";
import { GaussianProcess } from "../../math/gaussian-process.ts";
import type { Entry } from "./entry.ts";
import type { Features } from "./features.ts";
import { prior } from "./prior.ts";
import { subset } from "./subset.ts";
import type { Target } from "./target.ts";

/** How many entries a kernel is fitted to at most, and how many a process holds when it is. */
const FITTED = 150;
const HELD = 500;

/** The process of one target, over those entries that say something of it. */
export class Model {
  readonly target: Target;
  readonly process: GaussianProcess;
  /** The entries behind the observations of the process. */
  readonly entries: Entry[] = [];
  readonly #features: Features;

  /** Fits the kernel to some entries. */
  constructor(target: Target, features: Features, entries: readonly Entry[]) {
    this.target = target;
    this.#features = features;
    const telling = entries.filter((entry) => target.read(entry) !== undefined);
    const some = subset(telling, FITTED);
    const readings = some.map((entry) => target.read(entry)!);
    const kernel = fitKernel(
      {
        kind: features.kind,
        points: features.of(some.map(({ unit }) => unit)),
        values: Float64Array.from(readings, ({ value }) => value),
        variances: Float64Array.from(readings, ({ variance }) => variance),
      },
      prior,
    );
    this.process = new GaussianProcess(features.kind, kernel);
    for (const entry of subset(telling, HELD)) this.add(entry);
  }

  /** Adds what an entry says of the target. */
  add(entry: Entry): void {
    const reading = this.target.read(entry);
    if (reading === undefined) return;
    this.entries.push(entry);
    this.process.add(this.#features.of([entry.unit]), 0, reading.value, reading.variance);
  }

  /** Uses the process as if it had observed what it expects at some points. */
  believing<T>(points: Float64Array, use: () => T): T {
    const { process } = this;
    const { size, kind } = process;
    const mean = new Float64Array(1);
    const variance = new Float64Array(1);
    for (let at = 0; at < points.length; at += kind.width) {
      process.predict(points.subarray(at, at + kind.width), 1, mean, variance);
      process.add(points, at, mean[0]!, 0);
    }
    try {
      return use();
    } finally {
      process.truncate(size);
    }
  }
}
