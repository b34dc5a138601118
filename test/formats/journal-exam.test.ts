import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StudyEvent } from "../../src/core/event.ts";
import { examine } from "../../src/formats/journal-exam.ts";
import { encodeBatch } from "../../src/formats/journal.ts";
import { choice, defineSearch, int } from "../../src/index.ts";
import { readSpace } from "../../src/space/read.ts";
import { Fold } from "../../src/study/fold.ts";

const directory = mkdtempSync(join(tmpdir(), "attune-exam-"));
const path = join(directory, "a.attune.jsonl");
let text = "";
let lines: string[] = [];
afterAll(() => rmSync(directory, { recursive: true }));
beforeAll(async () => {
  const search = defineSearch({
    space: { level: int(1, 6), mode: choice(["x", "y"]) },
    objective: async ({ level }, trial) => {
      await trial.report(1, level);
      if (level === 2) throw new Error("two");
      return level;
    },
    trials: 8,
    journal: path,
    seed: 1,
    sampler: "random",
  });
  await search.start();
  text = readFileSync(path, "utf8");
  lines = text.split("\n").slice(0, -1);
});

/** The trials of a study, as their fold knows them. */
function trialsOf(events: readonly StudyEvent[]): unknown[] {
  const first = events[0]!;
  if (first.type !== "study-created") throw new Error("no header");
  const fold = new Fold(readSpace(first.study.space), first.study);
  for (const event of events) fold.apply(event);
  return JSON.parse(JSON.stringify(fold.trials)) as unknown[];
}

describe("an exam of a journal", () => {
  it("finds nothing in a sound one, and reads all of it", () => {
    const exam = examine(text, "a");
    expect(exam.findings.filter(({ kind }) => kind !== "idle")).toEqual([]);
    expect(exam.damaged).toBe(false);
    expect(exam.events).toHaveLength(lines.length);
    expect(trialsOf(exam.compact)).toEqual(trialsOf(exam.events));
  });

  it("cuts off a torn end, wherever it was torn", () => {
    fc.assert(
      fc.property(fc.integer({ min: lines[0]!.length + lines[1]!.length + 2, max: text.length - 1 }), (length) => {
        const torn = text.slice(0, length);
        const { events, damaged } = examine(torn, "a");
        const sound = torn.endsWith("\n") || lines.includes(torn.slice(torn.lastIndexOf("\n") + 1));
        if (sound && !lines[torn.split("\n").length - 2]!.startsWith(" ")) expect(damaged).toBe(false);
        expect(events.length).toBeLessThanOrEqual(lines.length);
        const expected = trialsOf(examine(text, "a").events.slice(0, events.length));
        expect(trialsOf(events)).toEqual(expected);
      }),
    );
  });

  it("leaves out a damaged line, and every trial that it was not about stays what it was", () => {
    const before = trialsOf(examine(text, "a").events) as { number: number; twin?: number }[];
    for (let i = 1; i < lines.length; i++) {
      const event = JSON.parse(lines[i]!) as StudyEvent;
      const damaged = [...lines.slice(0, i), '{"type":"tri#al', ...lines.slice(i + 1)].join("\n") + "\n";
      const exam = examine(damaged, "a");
      expect(exam.damaged).toBe(true);
      expect(exam.findings[0]).toMatchObject({
        line: i + 1,
        kind: "damage",
        message: expect.stringContaining("cannot be read"),
      });
      const number =
        event.type === "trial-created"
          ? lines.slice(0, i).filter((line) => line.includes('"trial-created"')).length
          : "number" in event
            ? event.number
            : -1;
      const others = (t: { number: number; twin?: number }): boolean => t.number !== number && t.twin !== number;
      const after = trialsOf(exam.events) as { number: number; twin?: number }[];
      expect(after.filter(others)).toEqual(before.filter(others));
      const again = examine(exam.events.map((e) => encodeBatch([e])).join(""), "a");
      expect(again.damaged).toBe(false);
    }
  });

  it("names finishes and claims that come second, and what is about no trial; compacting changes no trial", () => {
    const finish = lines.find((line) => line.includes('"trial-finished"'))!;
    const start = lines.find((line) => line.includes('"trial-started"'))!;
    const stray = finish.replace(/"number":\d+/, '"number":99');
    const session = lines.find((line) => line.includes('"search-started"'))!;
    const more = [...lines, finish, start, stray, session].join("\n") + "\n";
    const exam = examine(more, "a");
    expect(exam.damaged).toBe(false);
    expect(exam.findings.slice(-4).map(({ line, message }) => [line! - lines.length, message])).toEqual([
      [1, expect.stringMatching(/^finishes trial \d+ a second time; the first finish counts$/)],
      [2, expect.stringMatching(/^starts trial \d+ again; the first claim counts$/)],
      [3, "is about trial 99, which there is not"],
      [4, "renews a lease that nobody waits for any more"],
    ]);
    expect(exam.compact.length).toBeLessThanOrEqual(lines.length);
    expect(trialsOf(exam.compact)).toEqual(trialsOf(examine(text, "a").events));
  });

  it("refuses what is no journal, and one of a later version, with the reason", () => {
    expect(() => examine("hello\n", "a")).toThrow("a is not an attune journal");
    expect(() => examine(text.replace('"version":1', '"version":7').replace("0.1.0", "2.0.0"), "a")).toThrow(
      "a is a journal of version 7 and needs attune 2.0.0 or later",
    );
  });
});
