import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StudyEvent } from "../../src/core/event.ts";
import { file } from "../../src/journals/file.ts";
import { bundle, start, type Started } from "./processes.ts";

let directory = "";
let program = "";
let made = 0;
beforeAll(async () => {
  ({ directory, program } = await bundle("journal-writer"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const fresh = (): string => join(directory, `${made++}.attune.jsonl`);
const writer = (path: string, name: string, count: number, padding = 0): Started =>
  start(process.execPath, [program, path, name, String(count), String(padding)]);

async function contents(path: string): Promise<StudyEvent[]> {
  await using journal = await file(path).open();
  const events: StudyEvent[] = [];
  for await (const event of journal.read()) events.push(event);
  return events;
}

/** Every event that was acknowledged stands where its writer was told; returns how many of them there are. */
function expectAcknowledged(events: readonly StudyEvent[], lines: readonly string[], name: string): number {
  const told = lines.filter((line) => /^\d+ \d+$/.test(line)).map((line) => line.split(" ").map(Number));
  for (const [index, number] of told)
    expect(events[index!]).toMatchObject({ type: "trial-started", writer: name, number });
  return told.length;
}

describe("several processes", () => {
  it("append to one journal: no line is torn, every index is unique, batches stay whole", async () => {
    const path = fresh();
    const names = ["a", "b", "c", "d"];
    const started = names.map((name, i) => writer(path, name, 300, i * 400));
    await Promise.all(started.map(({ ended }) => ended));
    const events = await contents(path);
    expect(events).toHaveLength(4 * 301);
    for (const [i, name] of names.entries()) expect(expectAcknowledged(events, started[i]!.lines, name)).toBe(300);
    for (const [i, event] of events.entries()) {
      if (event.type !== "trial-started" || ![1, 3, 4].includes(event.number % 6)) continue; // not the last of its batch
      expect(events[i + 1]).toMatchObject({ writer: event.writer, number: event.number + 1 });
    }
    expect(readdirSync(directory).filter((name) => name.includes(".lock"))).toEqual([]);
  });

  it("killed in the middle of appending lose nothing that was acknowledged, and stop no one", async () => {
    const path = fresh();
    let acknowledged = 0;
    for (const [round, count] of [40, 150, 400].entries()) {
      const [victim, other] = [writer(path, `v${round}`, 1e6, 300), writer(path, `o${round}`, 198)];
      await victim.wrote(count);
      victim.child.kill("SIGKILL");
      await Promise.all([victim.ended, other.ended]);
      const events = await contents(path);
      const found = expectAcknowledged(events, victim.lines, `v${round}`);
      expect(found).toBeGreaterThanOrEqual(count - 2);
      expect(expectAcknowledged(events, other.lines, `o${round}`)).toBe(198);
      acknowledged += found + 198;
      expect(events.length).toBeGreaterThanOrEqual(acknowledged);
    }
    expect(readdirSync(directory).filter((name) => name.includes(".lock"))).toEqual([]);
  });
});

describe("a disk without space", () => {
  it.runIf(process.platform !== "win32")("keeps everything that was acknowledged, and says what is wrong", async () => {
    const path = fresh();
    // ulimit -f: in blocks of 512 (dash) or 1,024 bytes (bash)
    const limited = start("sh", [
      "-c",
      `ulimit -f 64; exec "$0" "$@"`,
      process.execPath,
      program,
      path,
      "w",
      "100000",
      "500",
    ]);
    await limited.ended;
    expect(limited.lines.at(-1)).toMatch(
      /^error Cannot append to \/.*attune\.jsonl: file too large \(EFBIG\); nothing was damaged, what was there before is kept$/,
    );
    expect(readFileSync(path, "utf8").endsWith("\n")).toBe(true);
    const events = await contents(path);
    expect(expectAcknowledged(events, limited.lines, "w")).toBe(events.length - 1);
    expect(events.length).toBeGreaterThan(10);
    await using journal = await file(path).open();
    expect(await journal.append([{ type: "search-ended", at: 1, writer: "w", reason: "stopped" }])).toBe(events.length);
  });
});

describe("permissions", () => {
  // root may do everything; as root these run as nobody
  const nobody = process.getuid?.() === 0 ? { uid: 65_534 } : {};
  const run = async (path: string): Promise<string[]> => {
    const started = start(process.execPath, [program, path, "w", "1"], nobody);
    await started.ended;
    return started.lines;
  };

  it.runIf(process.platform !== "win32")("that are missing are told before anything runs", async () => {
    chmodSync(directory, 0o755);
    const closed = join(directory, "closed");
    mkdirSync(closed);
    chmodSync(closed, 0o555);
    expect(await run(join(closed, "x.jsonl"))).toEqual([
      `error Cannot open the journal ${join(closed, "x.jsonl")}: permission denied (EACCES)`,
    ]);
    writeFileSync(join(directory, "theirs.jsonl"), "");
    chmodSync(join(directory, "theirs.jsonl"), 0o444);
    expect(await run(join(directory, "theirs.jsonl"))).toEqual([
      `error Cannot open the journal ${join(directory, "theirs.jsonl")}: permission denied (EACCES)`,
    ]);
    writeFileSync(join(closed, "open.jsonl"), "");
    chmodSync(join(closed, "open.jsonl"), 0o666);
    expect(await run(join(closed, "open.jsonl"))).toEqual([
      `error Cannot lock ${join(closed, "open.jsonl")}: permission denied (EACCES); the lock is a file beside it`,
    ]);
  });
});
