import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { StudyEvent } from "../../src/core/event.ts";
import { decodeEvent, encodeBatch, encodeEvent, isTornHeader, versionOf } from "../../src/formats/journal.ts";
import { eventFields, problemOf } from "../../src/formats/journal-fields.ts";

// Made by hand for version 1, with every event and every field in it. It never changes: every later attune reads it.
const golden = readFileSync(new URL("../golden/journal-v1.jsonl", import.meta.url), "utf8");
const lines = golden.trimEnd().split("\n");
const finishedLine = lines.find((line) => line.includes('"trial-finished"'))!;
const events = lines.map((line, i) => decodeEvent(line, i + 1, { version: versionOf(lines[0]!, "golden") }));

describe("the recorded journal of version 1", () => {
  it("is read, and written again to the byte", () => {
    let text = "";
    for (let i = 0, from = 0; i < lines.length; i++) {
      if (lines[i]!.startsWith(" ")) continue;
      text += encodeBatch(events.slice(from, i + 1));
      from = i + 1;
    }
    expect(text).toBe(golden);
  });

  it("holds every event, and every field of each", () => {
    const found = new Map<string, Set<string>>();
    for (const event of events) {
      const names = found.get(event.type) ?? new Set();
      for (const name of Object.keys(event)) if (name !== "type") names.add(name);
      found.set(event.type, names);
    }
    for (const [type, fields] of eventFields)
      expect([...(found.get(type) ?? [])].sort(), type).toEqual([...fields].sort());
    for (const word of ["stderr", "samples", "atLeast", "cost", "exitCode", "signal", "stack", "pruned", "cancelled"])
      expect(golden).toContain(`"${word}"`);
  });

  it("has every event and field in docs/journal-format.md", () => {
    const page = readFileSync(new URL("../../docs/journal-format.md", import.meta.url), "utf8");
    for (const [type, fields] of eventFields)
      for (const name of [type, ...fields]) expect(page, `${type}: ${name}`).toContain(`\`${name}\``);
  });
});

describe("decodeEvent", () => {
  const line = (change: object): string => JSON.stringify({ ...(JSON.parse(finishedLine) as object), ...change });

  it("says that a foreign file is none of ours", () => {
    expect(() => decodeEvent("op,number\n", 1, { name: "trials.csv" })).toThrow(
      'trials.csv is not an attune journal: its first line is "op,number\\n"',
    );
    for (const first of [
      "",
      "null",
      "[]",
      "{}",
      '{"attune":"journal"}',
      '{"attune":"journal","version":0}',
      '{"op_code":0}',
    ])
      expect(() => versionOf(first, "x"), first).toThrow(/^x is not an attune journal: its first line is /);
  });

  it("says which attune a newer journal needs", () => {
    const newer = '{"attune":"journal","version":2,"needs":"0.9.0","type":"study-began"}';
    expect(() => decodeEvent(newer, 1, { name: "x.jsonl" })).toThrow(
      "x.jsonl is a journal of version 2 and needs attune 0.9.0 or later; this one reads versions up to 1",
    );
    expect(() => versionOf('{"attune":"journal","version":3}', "x")).toThrow("needs a later attune");
  });

  it("names the line that is damaged, and how", () => {
    expect(() => decodeEvent('{"type":"trial-pl', 7, { name: "x.jsonl" })).toThrow(
      /^Line 7 of x\.jsonl is damaged: .*JSON/,
    );
    expect(() => decodeEvent(line({ type: "trial-cloned" }), 8)).toThrow(
      'Line 8 of the journal is damaged: expected an event of version 1, got one of type "trial-cloned"',
    );
    expect(() => decodeEvent(line({ duration: -1 }), 9)).toThrow(
      "Line 9 of the journal is damaged: expected `duration` of trial-finished to be a finite number ≥ 0, got -1",
    );
    expect(() => decodeEvent("null", 2)).toThrow("expected an event, got null");
  });

  it("refuses every field that is missing or of a wrong kind", () => {
    const optional = new Set([
      "of",
      "source",
      "params",
      "generation",
      "memo",
      "note",
      "twin",
      "after",
      "took",
      "from",
      "to",
      "kept",
      "instance",
      "stderr",
      "normalized",
    ]);
    for (const event of events) {
      for (const name of Object.keys(event)) {
        const without = Object.fromEntries(Object.entries(event).filter(([key]) => key !== name));
        if (!optional.has(name)) expect(problemOf(without), `${event.type} without ${name}`).toBeDefined();
        else expect(problemOf(without), `${event.type} without ${name}`).toBeUndefined();
        if (["params", "memo", "where", "environment"].includes(name)) continue;
        for (const wrong of [{ wrong: "1" }, [], name !== "kept", null])
          expect(problemOf({ ...event, [name]: wrong }), `${event.type}.${name}`).toContain(
            name === "type" ? "of type" : `\`${name}\``,
          );
      }
    }
  });

  it.each([
    { state: "complete", values: { ms: { value: null } } },
    { state: "complete", values: { ms: 3 } },
    { state: "complete", values: { ms: { value: 3, samples: 1.5 } } },
    { state: "complete", values: {}, atLeast: false },
    { state: "complete", values: {}, cost: "3" },
    { state: "complete", values: { ms: { value: 3, normalized: 0.5 } } },
    { state: "complete", values: { ms: { value: 3, normalized: {} } } },
    { state: "complete", values: { ms: { value: 3, normalized: { value: null } } } },
    { state: "complete", values: { ms: { value: 3, normalized: { value: 1, stderr: "0" } } } },
    { state: "complete", values: {}, normalizedBy: { values: {} } },
    { state: "complete", values: {}, normalizedBy: { place: "h", values: { ms: null } } },
    { state: "cancelled" },
    { state: "running" },
    { state: "failed", failure: { kind: "sad", message: "" } },
    { state: "failed", failure: { kind: "error", message: "", exitCode: "1" } },
    { state: "failed", failure: { kind: "error", message: "", worker: -1 } },
    { state: "failed", failure: { kind: "error", message: "", host: 7 } },
  ])("refuses the outcome %j", (outcome) => {
    expect(() => decodeEvent(line({ outcome }), 3)).toThrow(
      "expected `outcome` of trial-finished to be an outcome: complete with",
    );
  });
});

describe("encodeEvent", () => {
  it("refuses what could not be read again", () => {
    const event = { ...events[lines.indexOf(finishedLine)]!, duration: NaN } as StudyEvent;
    expect(() => encodeEvent(event)).toThrow(
      "Cannot record an event: expected `duration` of trial-finished to be a finite number ≥ 0, got NaN",
    );
  });
});

it("knows a header that was cut off from a foreign file", () => {
  const header = lines[0]!;
  for (let length = 0; length <= header.length; length++) expect(isTornHeader(header.slice(0, length))).toBe(true);
  for (const foreign of ["hello", '{"op_code":0', "[1", "<html>"]) expect(isTornHeader(foreign)).toBe(false);
});
