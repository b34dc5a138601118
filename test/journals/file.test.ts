import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { StudyEvent } from "../../src/core/event.ts";
import type { JournalFactory } from "../../src/core/journal.ts";
import { encodeBatch } from "../../src/formats/journal.ts";
import { file } from "../../src/journals/file.ts";

const directory = mkdtempSync(join(tmpdir(), "attune-file-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
let made = 0;
const fresh = (text?: string | Buffer): string => {
  const path = join(directory, `${made++}.attune.jsonl`);
  if (text !== undefined) writeFileSync(path, text);
  return path;
};
async function contents(journal: JournalFactory): Promise<StudyEvent[]> {
  await using open = await journal.open();
  const events: StudyEvent[] = [];
  for await (const event of open.read()) events.push(event);
  return events;
}
const header: StudyEvent = {
  type: "study-created",
  version: 1,
  at: 1,
  study: { space: {}, rules: [], objectives: [], constraints: {}, seed: 1 },
};
const created = (at: number): StudyEvent => ({ type: "trial-created", at, writer: "wä" });
const golden = readFileSync(new URL("../golden/journal-v1.jsonl", import.meta.url));

it("reads the recorded journal and goes on with it", async () => {
  const path = fresh(golden);
  const events = await contents(file(path));
  expect(encodeBatch([events[0]!])).toContain('"attune":"journal"');
  await using journal = await file(path).open();
  expect(await journal.append([created(5)])).toBe(events.length);
  expect(readFileSync(path).subarray(0, golden.length)).toEqual(golden);
});

describe("what a killed writer left", () => {
  it("is settled, wherever the last line ends", async () => {
    const before = encodeBatch([header, created(1)]) + encodeBatch([created(2)]);
    const last = Buffer.from(encodeBatch([created(3)]));
    for (let length = 0; length <= last.length; length++) {
      const path = fresh(Buffer.concat([Buffer.from(before), last.subarray(0, length)]));
      const whole = length >= last.length - 1; // only the end of the line is missing
      const expected = [header, created(1), created(2), ...(whole ? [created(3)] : [])];
      expect(await contents(file(path)), `${length} bytes`).toEqual(expected);
      await using journal = await file(path).open();
      expect(await journal.append([created(4)])).toBe(expected.length);
      expect(readFileSync(path, "utf8")).toBe(
        before + (whole ? encodeBatch([created(3)]) : "") + encodeBatch([created(4)]),
      );
    }
  });

  it("is a whole batch or none of it", async () => {
    const before = encodeBatch([header]);
    const batch = Buffer.from(encodeBatch([created(1), created(2), created(3)]));
    for (let length = 0; length <= batch.length; length++) {
      const path = fresh(Buffer.concat([Buffer.from(before), batch.subarray(0, length)]));
      const whole = length >= batch.length - 1;
      expect(await contents(file(path)), `${length} bytes`).toEqual([header, ...(whole ? [1, 2, 3].map(created) : [])]);
    }
  });

  it("is no journal yet when the header was cut off", async () => {
    const text = encodeBatch([header, created(1)]);
    for (let length = 0; length < text.indexOf("\n"); length++) {
      const path = fresh(text.slice(0, length));
      await using journal = await file(path).open();
      expect(await journal.append([header])).toBe(0);
      expect(readFileSync(path, "utf8")).toBe(encodeBatch([header]));
    }
  });

  it("is left alone by those who only read, and found by those who had it open", async () => {
    const torn = encodeBatch([header]) + encodeBatch([created(1), created(2)]).slice(0, -9);
    const path = fresh(torn);
    expect(await contents(file(path, { readOnly: true }))).toEqual([header]);
    expect(readFileSync(path, "utf8")).toBe(torn);
    await using journal = await file(path).open();
    appendFileSync(path, encodeBatch([created(3)]) + "\0\0\0\0");
    expect(await journal.append([created(4)])).toBe(2);
    expect(readFileSync(path, "utf8")).toBe(
      encodeBatch([header]) + encodeBatch([created(3)]) + encodeBatch([created(4)]),
    );
  });
});

describe("a file that is wrong", () => {
  it.each(["op,number,x\n1,2,3\n", "hello", '{"op_code":0}\n', "\n", '{"a":'])(
    "is refused and not touched: %j",
    async (text) => {
      const path = fresh(text);
      for (const readOnly of [false, true])
        await expect(file(path, { readOnly }).open()).rejects.toThrow(
          `${path} is not an attune journal: its first line is "`,
        );
      expect(readFileSync(path, "utf8")).toBe(text);
      expect(readdirSync(directory).filter((name) => name.includes(".lock"))).toEqual([]);
    },
  );

  it("of a newer attune says so", async () => {
    const path = fresh('{"attune":"journal","version":7,"needs":"3.0.0","type":"x"}\n');
    await expect(file(path).open()).rejects.toThrow(
      `${path} is a journal of version 7 and needs attune 3.0.0 or later`,
    );
  });

  it("in the middle names the line; what is before it can be read", async () => {
    const path = fresh(
      `${encodeBatch([header])}${encodeBatch([created(1)])}{"type":"trial-cr\n${encodeBatch([created(2)])}`,
    );
    await using journal = await file(path).open();
    const seen: StudyEvent[] = [];
    await expect(async () => {
      for await (const event of journal.read()) seen.push(event);
    }).rejects.toThrow(new RegExp(`^Line 3 of ${path} is damaged: `));
    expect(seen).toEqual([header, created(1)]);
  });

  it("is a directory, or lies below a file, or is missing where it is only read", async () => {
    await expect(file(directory).open()).rejects.toThrow(/^Cannot open the journal \/.*directory \(EISDIR\)$/);
    await expect(file(join(fresh(""), "x.jsonl")).open()).rejects.toThrow(
      /^Cannot open the journal \/.* \((ENOTDIR|EEXIST)\)$/,
    );
    const missing = fresh();
    await expect(file(missing, { readOnly: true }).open()).rejects.toThrow(
      `Cannot open the journal ${missing}: no such file or directory (ENOENT)`,
    );
    expect(existsSync(missing)).toBe(false);
  });

  it("is deleted or cut while it is in use", async () => {
    const path = fresh();
    await using journal = await file(path).open();
    await journal.append([header, created(1)]);
    truncateSync(path, 20);
    await expect(journal.append([created(2)])).rejects.toThrow(
      /was changed by something else: it held \d+ bytes and now has 20$/,
    );
    unlinkSync(path);
    await expect(journal.append([created(2)])).rejects.toThrow(`The journal ${path} was deleted while it was in use`);
  });
});

it("is one journal by all of its names", async () => {
  const path = fresh();
  mkdirSync(join(directory, "elsewhere"));
  symlinkSync(path, join(directory, "elsewhere", "link.jsonl"));
  writeFileSync(path, "");
  await using a = await file(path).open();
  await using b = await file(join(directory, "elsewhere", "link.jsonl")).open();
  await a.append([header]);
  expect(await b.append([created(1)])).toBe(1);
  expect(readdirSync(join(directory, "elsewhere"))).toEqual(["link.jsonl"]);
});

it("finds any index in a long file, with lines longer than it reads at a time", async () => {
  const path = fresh();
  const all: StudyEvent[] = [header];
  {
    await using journal = await file(path).open();
    await journal.append([header]);
    for (let i = 1; i < 400; i++) {
      const event: StudyEvent = {
        type: "trial-started",
        at: i,
        number: i,
        attempt: 1,
        writer: "w",
        note: "ü".repeat(i % 50 === 0 ? 150_000 : i * 3),
      };
      all.push(event);
      await journal.append([event]);
    }
  }
  await using journal = await file(path).open();
  for (const from of [0, 1, 49, 50, 51, 199, 200, 377, 399, 400, 500]) {
    const found: number[] = [];
    for await (const event of journal.read(from)) found.push(event.at);
    expect(found).toEqual(all.slice(from).map((event) => event.at));
  }
  for await (const event of journal.read(200)) {
    expect(event).toEqual(all[200]);
    break;
  }
});

it("says that it was closed to someone who reads on", async () => {
  const path = fresh(
    encodeBatch([header]) + encodeBatch([{ ...created(1), writer: "x".repeat(70_000) } as StudyEvent]),
  );
  const journal = await file(path).open();
  await expect(async () => {
    for await (const _ of journal.read()) await journal[Symbol.asyncDispose]();
  }).rejects.toThrow(`The journal ${path} is closed`);
});

it("syncs each finished trial when asked to", async () => {
  const path = fresh();
  await using journal = await file(path, { durability: "each" }).open();
  const finished: StudyEvent = {
    type: "trial-finished",
    at: 1,
    number: 0,
    attempt: 1,
    writer: "w",
    duration: 1,
    outcome: { state: "pruned" },
  };
  await journal.append([header]);
  expect(
    await Promise.all([
      journal.append([finished]),
      journal.append([created(1), finished]),
      journal.append([created(2)]),
    ]),
  ).toEqual([1, 2, 4]);
});

it("refuses options that it does not know", () => {
  expect(() => file("x", { durabilty: "each" } as never)).toThrow(
    "Unknown option `durabilty` of file. Did you mean `durability`?",
  );
  expect(() => file("x", { durability: "none" as never })).toThrow(
    'Expected `durability` to be "grouped" or "each", got "none"',
  );
  expect(() => file("")).toThrow("Expected the path of the journal");
});
