import { tableFromIPC } from "apache-arrow";
import { expect, test } from "vitest";
import { trialsToArrow } from "../../src/search/arrow.ts";
import { trial } from "../analysis/trials.ts";

test("apache-arrow reads the trials: numbers, texts, and null where a trial has none", async () => {
  const trials = [
    trial(0, { level: 3, mode: "fast", inner: { rate: 0.5 } }, { ms: 1.25 }),
    { ...trial(1, { level: 2 ** 40, mode: "safe", flags: ["a", "b"] }, "crash"), generation: 4 },
  ];
  const table = tableFromIPC(await trialsToArrow(trials));
  expect(table.numRows).toBe(2);
  const column = (name: string): unknown[] => [...table.getChild(name)!];
  expect(column("number")).toEqual([0, 1]);
  expect(column("state")).toEqual(["complete", "failed"]);
  expect(column("generation")).toEqual([null, 4]);
  expect(column("params.level")).toEqual([3, 2 ** 40]);
  expect(column("params.mode")).toEqual(["fast", "safe"]);
  expect(column("params.inner.rate")).toEqual([0.5, null]);
  expect(column("params.flags")).toEqual([null, '["a","b"]']);
  expect(column("values.ms")).toEqual([1.25, null]);
  expect(column("failure.kind")).toEqual([null, "crash"]);
  expect(String(table.schema.fields.find(({ name }) => name === "params.level")!.type)).toBe("Float64");
  expect(String(table.schema.fields.find(({ name }) => name === "number")!.type)).toBe("Int32");
});
