import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encode, Lines, readWorkerMessage, type WorkerMessage } from "../../src/evaluators/protocol.ts";
import { Tail } from "../../src/evaluators/tail.ts";

/** Cuts bytes at the given places. */
function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const ends = [...at.map((n) => n % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
}

const text = fc.string({ unit: "binary" });
const cuts = fc.array(fc.nat());

describe("Lines", () => {
  it("gives every line, however the bytes arrive", () => {
    fc.assert(
      fc.property(fc.array(text.map((line) => line.replaceAll("\n", "") + "é😀")), cuts, (lines, at) => {
        const found: string[] = [];
        const stream = new Lines((line) => found.push(line));
        for (const chunk of cut(Buffer.from(lines.join("\n")), at)) stream.push(chunk);
        stream.end();
        expect(found).toEqual(lines);
      }),
    );
  });

  it("gives a line that is too long in pieces", () => {
    const found: string[] = [];
    const stream = new Lines((line) => found.push(line), 4);
    for (const chunk of ["abc", "def", "gh\nij", "\n"]) stream.push(Buffer.from(chunk));
    expect(found).toEqual(["abcdef", "gh", "ij"]);
  });
});

describe("Tail", () => {
  it("keeps the end, in whole characters", () => {
    fc.assert(
      fc.property(text, cuts, fc.integer({ min: 1, max: 20 }), (whole, at, limit) => {
        const tail = new Tail(limit);
        const bytes = Buffer.from(whole);
        for (const chunk of cut(bytes, at)) tail.push(chunk);
        const kept = tail.text();
        expect(bytes.toString().endsWith(kept)).toBe(true);
        expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(limit);
        expect(Buffer.byteLength(kept)).toBeGreaterThan(Math.min(limit, bytes.length) - 4);
      }),
    );
  });
});

describe("the messages of a worker", () => {
  const messages: WorkerMessage[] = [
    { type: "ready", version: 1 },
    { type: "broken", message: "no such file" },
    { type: "report", id: 0, number: 3, step: 1, values: { ms: 2 } },
    { type: "log", line: "hello" },
    { type: "done", number: 3, outcome: { state: "pruned" }, last: true },
    { type: "done", number: 3, outcome: { state: "later", after: 5000, reason: "429" } },
    { type: "done", number: 3, outcome: { state: "later", after: 0 } },
    { type: "done", number: 3, outcome: { state: "complete", values: { ms: { value: 1, stderr: 0.1, samples: 3 } } } },
    { type: "done", number: 3, outcome: { state: "failed", failure: { kind: "error", message: "oh\nno" } } },
  ];

  it.each(messages)("are read as they were written: $type", (message) => {
    expect(encode(message)).toMatch(/^[^\n]+\n$/);
    expect(readWorkerMessage(encode(message).trimEnd())).toEqual(message);
  });

  it.each([
    "null",
    "{",
    "[]",
    '{"type":"hello"}',
    '{"type":"ready"}',
    '{"type":"report","id":1,"number":1,"step":1,"values":{"ms":null}}',
    '{"type":"done","number":1,"outcome":{"state":"complete","values":{"ms":{"value":null}}}}',
    '{"type":"done","number":1,"outcome":{"state":"failed","failure":{"kind":"odd","message":""}}}',
    '{"type":"done","number":1,"outcome":{"state":"odd"}}',
    '{"type":"done","number":1,"outcome":{"state":"later"}}',
    '{"type":"done","number":1,"outcome":{"state":"later","after":-1}}',
    '{"type":"done","number":1,"outcome":{"state":"later","after":"soon"}}',
    '{"type":"done","number":1,"outcome":{"state":"later","after":5,"reason":5}}',
    '{"type":"done","number":1,"outcome":{"state":"complete","values":{},"cost":"5"}}',
    '{"type":"done","number":1,"outcome":{"state":"complete","values":{},"atLeast":false}}',
  ])("are refused when they are none: %s", (line) => {
    expect(() => readWorkerMessage(line)).toThrow(SyntaxError);
  });
});
