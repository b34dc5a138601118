import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StudyEvent } from "../core/event.ts";
import type { Journal, JournalDefinition } from "../core/journal.ts";

const header: StudyEvent = {
  type: "study-created",
  version: 1,
  at: 1_700_000_000_000,
  study: {
    space: { x: { type: "float", low: 0, high: 1 } },
    rules: ["(p) => p.x < 0.9"],
    objectives: [{ name: "ms", direction: "minimize" }],
    constraints: { rss: { max: 5e8 } },
    seed: 42,
  },
};
const at = fc.integer({ min: 0, max: 2 ** 42 });
const number = fc.nat();
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((v) => v + 0); // JSON has no −0
const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as never);
const writer = fc.string({ unit: "binary" });

/** Any event of a trial, with whatever text and numbers JSON allows. */
const event: fc.Arbitrary<StudyEvent> = fc.oneof(
  fc.record(
    { type: fc.constant("trial-created"), at, writer, of: number, params: json },
    { requiredKeys: ["type", "at", "writer"] },
  ),
  fc.record({
    type: fc.constant("trial-started"),
    at,
    number,
    attempt: fc.constant(1),
    writer,
    params: json,
    memo: json,
    note: fc.string(),
  }),
  fc.record({
    type: fc.constant("trial-reported"),
    at,
    number,
    attempt: fc.constant(1),
    step: finite,
    values: fc.dictionary(fc.string(), finite, { noNullPrototype: true }),
  }),
  fc.record({
    type: fc.constant("trial-finished"),
    at,
    number,
    attempt: fc.constant(1),
    writer,
    duration: fc.nat(),
    outcome: fc.oneof(
      fc.record({ state: fc.constant("complete"), values: fc.record({ ms: fc.record({ value: finite }) }) }),
      fc.record({ state: fc.constant("failed"), failure: fc.record({ kind: fc.constant("error"), message: writer }) }),
    ),
  }),
) as fc.Arbitrary<StudyEvent>;
const batches = fc.array(fc.array(event, { minLength: 1, maxLength: 5 }), { maxLength: 12 });

async function contents(journal: Journal, from?: number): Promise<StudyEvent[]> {
  const found: StudyEvent[] = [];
  for await (const each of journal.read(from)) found.push(each);
  return found;
}

/** The promises that every journal keeps. One call covers a journal, built in or third party. */
export function journalContract(definition: JournalDefinition): void {
  describe(`journal ${definition.info.name}`, () => {
    let directory = "";
    let opened = 0;
    beforeAll(() => {
      directory = mkdtempSync(join(tmpdir(), "attune-journal-"));
    });
    afterAll(() => rmSync(directory, { recursive: true, force: true }));
    const fresh = (): string => join(directory, "made", `${opened++}.attune.jsonl`);
    const check = (property: fc.IAsyncProperty<unknown>): Promise<void> => fc.assert(property, { numRuns: 30 });

    it("is empty at first, and begins with its header", async () => {
      await using journal = await definition(fresh()).open();
      expect(await contents(journal)).toEqual([]);
      await expect(journal.append([{ type: "search-ended", at: 1, writer: "a", reason: "stopped" }])).rejects.toThrow(
        /study-created/,
      );
      expect(await journal.append([header])).toBe(0);
      expect(await contents(journal)).toEqual([header]);
    });

    it("returns consecutive indexes and reads back exactly what was appended, from any index, again and again", () =>
      check(
        fc.asyncProperty(batches, fc.nat(40), async (list, from) => {
          await using journal = await definition(fresh()).open();
          const all = [header];
          await journal.append([header]);
          for (const batch of list) {
            expect(await journal.append(batch)).toBe(all.length);
            all.push(...batch);
          }
          expect(await contents(journal)).toEqual(all);
          expect(await contents(journal, from)).toEqual(all.slice(from));
          expect(await contents(journal, all.length)).toEqual([]);
        }),
      ));

    it("keeps the order of appends that were not awaited", () =>
      check(
        fc.asyncProperty(batches, async (list) => {
          await using journal = await definition(fresh()).open();
          const indexes = await Promise.all([[header], ...list].map((batch) => journal.append(batch)));
          expect(await contents(journal)).toEqual([header, ...list.flat()]);
          let index = 0;
          for (const [i, batch] of [[header], ...list].entries()) {
            expect(indexes[i]).toBe(index);
            index += batch.length;
          }
        }),
      ));

    it("takes appends while it is read", async () => {
      await using journal = await definition(fresh()).open();
      await journal.append([header]);
      const more = fc.sample(event, { numRuns: 20, seed: 7 });
      let seen = 0;
      for await (const each of journal.read()) {
        if (seen === 0) for (const one of more) await journal.append([one]);
        expect(each).toEqual(seen === 0 ? header : more[seen - 1]);
        seen++;
      }
      expect(seen).toBeGreaterThan(0);
      expect(await contents(journal, 1)).toEqual(more);
    });

    it("refuses a whole batch when it cannot record one event of it", async () => {
      await using journal = await definition(fresh()).open();
      await journal.append([header]);
      const bad: StudyEvent = { type: "trial-reported", at: 1, number: 0, attempt: 1, step: NaN, values: {} };
      await expect(journal.append([header, bad])).rejects.toMatchObject({ code: "journal" });
      expect(await contents(journal)).toEqual([header]);
      expect(await journal.append([header])).toBe(1);
    });

    it("can be flushed and closed more than once, and nothing after that", async () => {
      const journal = await definition(fresh()).open();
      await journal.append([header]);
      await journal.flush();
      await journal.flush();
      await journal[Symbol.asyncDispose]();
      await journal[Symbol.asyncDispose]();
      await journal.flush();
      await expect(journal.append([header])).rejects.toMatchObject({ code: "journal" });
      await expect(contents(journal)).rejects.toMatchObject({ code: "journal" });
    });

    if (definition.info.durable)
      describe("durable", () => {
        it("gives everything when opened again", () =>
          check(
            fc.asyncProperty(batches, batches, async (before, after) => {
              const location = fresh();
              const all: StudyEvent[] = [header];
              for (const list of [[[header]], before, after]) {
                await using journal = await definition(location).open();
                for (const batch of list) await journal.append(batch);
                if (list !== before && list !== after) continue;
                all.push(...list.flat());
                expect(await contents(journal)).toEqual(all);
              }
            }),
          ));

        it("puts the events of several writers into one order that all of them see", () =>
          check(
            fc.asyncProperty(
              fc.array(fc.tuple(fc.nat(2), fc.array(event, { minLength: 1, maxLength: 4 }), fc.boolean()), {
                maxLength: 25,
              }),
              async (steps) => {
                const location = fresh();
                const writers = [
                  await definition(location).open(),
                  await definition(location).open(),
                  await definition(location).open(),
                ];
                await writers[0]!.append([header]);
                const placed: { index: number; batch: StudyEvent[] }[] = [];
                await Promise.all(
                  steps.map(async ([who, batch, look]) => {
                    const index = await writers[who]!.append(batch);
                    placed.push({ index, batch });
                    if (look)
                      expect(await contents(writers[(who + 1) % 3]!, index)).toEqual(expect.arrayContaining(batch));
                  }),
                );
                const all = [header];
                for (const { index, batch } of placed.sort((a, b) => a.index - b.index)) {
                  expect(index).toBe(all.length);
                  all.push(...batch);
                }
                for (const journal of writers) expect(await contents(journal)).toEqual(all);
                for (const journal of writers) await journal[Symbol.asyncDispose]();
              },
            ),
          ));
      });
  });
}
