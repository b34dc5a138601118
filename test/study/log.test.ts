import { expect, it } from "vitest";
import type { StudyEvent } from "../../src/core/event.ts";
import type { Journal } from "../../src/core/journal.ts";
import { Log } from "../../src/study/log.ts";

const claim = (writer: string): StudyEvent => ({ type: "trial-created", at: 0, writer });
const nameOf = (event: StudyEvent): string => (event as StudyEvent & { writer: string }).writer;

it("without a journal applies at once, and what a listener appends after the batch that it heard of", async () => {
  const applied: string[] = [];
  const heard: string[] = [];
  const log: Log<string> = new Log(
    undefined,
    (event) => (applied.push(nameOf(event)), nameOf(event)),
    (event, about) => {
      heard.push(about);
      if (nameOf(event) === "a") void log.append([claim("c")]);
    },
    0,
  );
  const first = log.append([claim("a"), claim("b")]);
  expect(applied).toEqual(["a", "b"]);
  void log.append([claim("d")]); // behind the listener's
  expect(await first).toBe("a");
  await log.append([claim("e")]);
  expect(applied).toEqual(["a", "b", "c", "d", "e"]);
  expect(heard).toEqual(applied);
  expect(log.length).toBe(5);
});

it("goes on after an event that cannot be applied", async () => {
  const log = new Log(
    undefined,
    (event) => {
      if (nameOf(event) === "bad") throw new Error("no");
      return nameOf(event);
    },
    () => {},
    0,
  );
  await expect(log.append([claim("bad")])).rejects.toThrow("no");
  expect(await log.append([claim("good")])).toBe("good");
});

it("hands a journal together what comes while an append is under way, and rejects only what it refuses", async () => {
  const calls: { names: string[]; resolve: (index: number) => void; reject: (error: Error) => void }[] = [];
  const journal: Journal = {
    append: (events) => new Promise((resolve, reject) => calls.push({ names: events.map(nameOf), resolve, reject })),
    flush: async () => {},
    read: async function* () {},
    [Symbol.asyncDispose]: async () => {},
  };
  const log = new Log(journal, nameOf, () => {}, 0);
  const names = ["a", "b", "c", "d"];
  const appended = Promise.allSettled(names.map((name) => log.append([claim(name)])));
  await Promise.resolve();
  const later = log.append([claim("e")]);
  expect(calls.map((call) => call.names)).toEqual([["a"], ["b"], ["c"], ["d"]]);
  calls[0]!.resolve(0);
  calls[1]!.reject(new Error("full"));
  calls[2]!.resolve(1);
  calls[3]!.resolve(2);
  expect((await appended).map((one) => (one.status === "fulfilled" ? one.value : String(one.reason)))).toEqual([
    "a",
    "Error: full",
    "c",
    "d",
  ]);
  await new Promise(setImmediate);
  calls[4]!.resolve(3);
  expect(await later).toBe("e");
  expect(log.length).toBe(4);
});
