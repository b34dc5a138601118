import { describe, expect, it } from "vitest";
import type { EvaluatorDefinition } from "../../src/core/evaluator.ts";
import * as evaluators from "../../src/evaluators/index.ts";
import { Place, program } from "./attune.ts";

interface Interval {
  readonly name: string;
  readonly begin: bigint;
  readonly end: bigint;
}

/** Every pair of intervals that overlap, as texts. */
function overlaps(intervals: readonly Interval[]): string[] {
  const sorted = [...intervals].sort((a, b) => (a.begin < b.begin ? -1 : 1));
  return sorted.flatMap((one, i) =>
    sorted
      .slice(i + 1)
      .filter((other) => other.begin < one.end)
      .map((other) => `${one.name} and ${other.name}`),
  );
}

function intervals(place: Place, kind: string): Interval[] {
  return place
    .read("record")
    .trim()
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([of]) => of === kind)
    .map(([, name, begin, end]) => ({ name: name!, begin: BigInt(begin!), end: BigInt(end!) }));
}

/** Builds for 30 ms, then measures for 10 ms alone; writes both intervals down by the clock of the host. */
const MEASURING = `async objective({ x }, trial) {
    const record = (kind, begin) =>
      appendFileSync("record", [kind, SEARCH + trial.number, begin, process.hrtime.bigint()].join(" ") + "\\n");
    const built = process.hrtime.bigint();
    await new Promise((r) => setTimeout(r, 30));
    record("build", built);
    await trial.exclusive("measure", async () => {
      const began = process.hrtime.bigint();
      await new Promise((r) => setTimeout(r, 10));
      record("measure", began);
    });
    return x;
  }`;

/** Holds a token for 10 ms, and writes down which, by what it finds in its environment where that is its own. */
const LEASING = `async objective({ x }, trial) {
    const began = process.hrtime.bigint();
    await new Promise((r) => setTimeout(r, 10));
    const token = process.env.ATTUNE_LEASE_GPU ?? trial.leases.gpu[0];
    appendFileSync("record", ["gpu" + token, SEARCH + trial.number, began, process.hrtime.bigint()].join(" ") + "\\n");
    return x;
  }`;

/** A search of 12 trials that knows its name. */
function searchOf(name: string, objective: string): string {
  const head = `import { appendFileSync } from "node:fs";\nconst SEARCH = ${JSON.stringify(name)};`;
  return program(`space: { x: float(0, 1) }, trials: 12, ${objective}`, head);
}

const definitions = Object.values(evaluators) as readonly EvaluatorDefinition[];

describe("phases that exclude one another", () => {
  it("hold across workers, processes and searches, while builds overlap", async () => {
    const place = new Place({ record: "" });
    const runs = definitions.map(({ info: { name } }) => {
      const file = `${name}.mjs`;
      place.write(file, searchOf(name, MEASURING));
      return place.attune("run", file, "--evaluator", name, "--workers", "2");
    });
    for (const { code, stderr } of await Promise.all(runs)) expect(code, stderr).toBe(0);
    const measured = intervals(place, "measure");
    expect(measured).toHaveLength(12 * definitions.length);
    expect(overlaps(measured)).toEqual([]);
    expect(overlaps([...intervals(place, "build"), ...measured])).not.toEqual([]);
  });
});

describe("leased tokens", () => {
  it("are never held twice, by two searches with every evaluator, and reach the objective", async () => {
    const place = new Place({ record: "" });
    const runs = definitions.map(({ info: { name } }) => {
      const file = `${name}.mjs`;
      place.write(file, searchOf(name, LEASING));
      return place.attune("run", file, "--evaluator", name, "--workers", "2", "--resource", "gpu=7,9");
    });
    for (const { code, stderr } of await Promise.all(runs)) expect(code, stderr).toBe(0);
    const held = [intervals(place, "gpu7"), intervals(place, "gpu9")];
    expect(held.flat()).toHaveLength(12 * definitions.length);
    for (const each of held) expect(overlaps(each)).toEqual([]);
    expect(held[1]!.length).toBeGreaterThan(0);
  });
});
