import { describe, expect, it } from "vitest";
import type { TrialReport } from "../../src/core/trial.ts";
import { metricOf, nameOf, readObjectives, titleAndSeries, withReported } from "../../src/jobs/metric.ts";

const reports: TrialReport[] = [
  { step: 1, values: { loss: 3, other: 1 } },
  { step: 2, values: { loss: 1 } },
  { step: 5, values: { loss: 2 } },
];

describe("metrics", () => {
  it("have the last, least and greatest value over all steps", () => {
    expect(metricOf("loss", reports)).toEqual({ last: 2, min: 1, max: 3, step: 5 });
    expect(metricOf("other", reports)).toEqual({ last: 1, min: 1, max: 1, step: 1 });
    expect(metricOf("none", reports)).toBeUndefined();
  });
  it("are named by title and series", () => {
    expect(titleAndSeries("loss/validation/top1")).toEqual(["loss", "validation/top1"]);
    expect(titleAndSeries("loss")).toEqual(["loss", "loss"]);
    for (const name of ["loss", "loss/validation"]) expect(nameOf(titleAndSeries(name))).toBe(name);
    expect(nameOf("a/b")).toBe("a/b");
  });
});

describe("withReported", () => {
  const read = (returned: unknown, over?: "last" | "min" | "max"): unknown =>
    withReported(returned, reports, { names: ["loss"], over: new Map(over ? [["loss", over]] : []) });
  it("reads an objective that was not returned from the reports", () => {
    expect([read(undefined), read(undefined, "min"), read({ ms: 4 }, "max")]).toEqual([
      { loss: 2 },
      { loss: 1 },
      { ms: 4, loss: 3 },
    ]);
  });
  it("takes what was returned as the last word", () => {
    expect([read(2.5), read({ loss: 2.5 }), read(0.5, "min"), read(2.5, "min")]).toEqual([
      { loss: 2.5 },
      { loss: 2.5 },
      { loss: 0.5 },
      { loss: 1 },
    ]);
    expect(read([1, 2])).toEqual({ loss: [1, 2] });
    expect(read({ value: 1, stderr: 2 })).toEqual({ loss: { value: 1, stderr: 2 } });
  });
  it("leaves alone what it cannot read, and what reported nothing", () => {
    expect(withReported([1], reports, { names: ["a", "b"], over: new Map() })).toEqual([1]);
    expect(withReported(7, [], { names: ["loss"], over: new Map() })).toBe(7);
  });
});

describe("readObjectives", () => {
  it("takes directions with or without `over`", () =>
    expect(readObjectives({ a: "minimize", b: { direction: "maximize", over: "max" } })).toEqual({
      directions: { a: "minimize", b: "maximize" },
      over: new Map([["b", "max"]]),
    }));
  it.each([
    [{ a: 5 }, "Expected `objectives.a` to be a direction or { direction, over }, got 5"],
    [
      { a: { direction: "minimize", over: "mean" } },
      'Expected `objectives.a.over` to be "last", "min" or "max", got "mean"',
    ],
    [{ a: { directions: "minimize" } }, "Unknown option `directions` of the objective a. Did you mean `direction`?"],
  ])("refuses misuse %#", (given, message) => expect(() => readObjectives(given as never)).toThrow(message));
});
