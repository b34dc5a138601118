import { expect, it } from "vitest";
import type { StudyEvent } from "../../src/core/event.ts";
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
