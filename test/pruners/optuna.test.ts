import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Observation, Report } from "../../src/core/sampler.ts";
import { createRandom } from "../../src/core/random.ts";
import { readPruner } from "../../src/search/json-pruner.ts";

type Value = number | "inf" | "-inf" | null;
type Event =
  | readonly [number: number, step: number, value: Value, verdict: 0 | 1]
  | readonly [number: number, end: "complete" | "pruned" | "failed", value?: Value];

interface Case {
  readonly pruner: { readonly name: string };
  readonly direction: "minimize" | "maximize";
  readonly kind: string;
  readonly events: readonly Event[];
}

const [, ...lines] = readFileSync("test/reference/pruners/optuna-5.0.0.jsonl", "utf8").trimEnd().split("\n");
const cases = lines.map((line) => JSON.parse(line) as Case);

const numberOf = (value: Value): number => (value === null ? NaN : value === "inf" ? Infinity : value === "-inf" ? -Infinity : value); // prettier-ignore

/** The reports on which this pruner and the recorded one differ: number, step and the recorded verdict. */
function differences({ pruner: json, direction, events }: Case): unknown[] {
  const sign = direction === "minimize" ? 1 : -1;
  const setting = { objectives: 1, directions: [direction], random: createRandom(1), warn: () => {} };
  const pruner = readPruner(json).create(setting);
  const reports = new Map<number, Report[]>();
  const out: unknown[] = [];
  for (const event of events) {
    const [number, step] = event;
    const own = reports.get(number) ?? [];
    reports.set(number, own);
    if (typeof step === "number") {
      const report = { step, losses: [sign * numberOf(event[2])], elapsed: NaN };
      own.push(report);
      const verdict = pruner.report(number, report) === "prune" ? 1 : 0;
      if (verdict !== event[3]) out.push([number, step, event[3]]);
      continue;
    }
    const losses = step === "complete" ? [sign * numberOf(event[2] as Value)] : [];
    const observation: Observation = {
      number,
      state: step,
      unit: new Float64Array(),
      losses,
      constraints: [],
      cost: 1,
      duration: 1,
      reports: own,
    };
    pruner.tell(observation);
  }
  return out;
}

describe("the decisions of Optuna 5.0.0 on recorded curves", () => {
  it("are recorded of every rule that it has, in both directions, with NaN and out of order", () => {
    const names = ["hyperband", "median", "patient", "percentile", "successiveHalving", "threshold", "wilcoxon"];
    expect([...new Set(cases.map(({ pruner }) => pruner.name))].sort()).toEqual(names);
    const reports = cases.flatMap(({ events }) => events.filter(([, step]) => typeof step === "number"));
    expect(reports.length).toBeGreaterThan(15_000);
    expect(reports.filter((event) => event[3] === 1).length).toBeGreaterThan(1_500);
    expect(reports.filter((event) => event[2] === null).length).toBeGreaterThan(400);
  });

  it.each(cases.map((one) => [JSON.stringify(one.pruner), one.direction, one.kind, one] as const))(
    "%s, %s, %s",
    (_, __, ___, one) => {
      expect(differences(one)).toEqual([]);
    },
  );
});
