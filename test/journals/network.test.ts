import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StudyEvent } from "../../src/core/event.ts";
import { encodeBatch } from "../../src/formats/journal.ts";
import { file } from "../../src/journals/file.ts";
import { bundle, start, type Started } from "./processes.ts";

const NFS = 0x6969;
const EXT4 = 0xef53;
const network = fileURLToPath(new URL("../fixtures/network-file-system.mjs", import.meta.url));

let directory = "";
let program = "";
let made = 0;
beforeAll(async () => {
  ({ directory, program } = await bundle("journal-writer"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const fresh = (): string => join(directory, `${made++}.attune.jsonl`);

/** Appends through a client of a network file system that says to be of the type. */
const writer = (path: string, name: string, count: number, type: number): Started =>
  start(process.execPath, ["--import", network, program, path, name, String(count), "20"], {
    env: { NETWORK_TYPE: String(type) },
  });

/** What lies on the server. */
async function contents(path: string): Promise<StudyEvent[]> {
  await using journal = await file(path, { readOnly: true }).open();
  const events: StudyEvent[] = [];
  for await (const event of journal.read()) events.push(event);
  return events;
}

/** How many events a writer was told to be kept, and how many of them stand in the place that it was told. */
function kept(events: readonly StudyEvent[], { lines }: Started, name: string): { told: number; found: number } {
  const told = lines.filter((line) => /^\d+ \d+$/.test(line)).map((line) => line.split(" ").map(Number));
  const found = told.filter(([index, number]) => {
    const event = events[index!];
    return event?.type === "trial-started" && event.writer === name && event.number === number;
  });
  return { told: told.length, found: found.length };
}

async function together(path: string, type: number): Promise<{ told: number; found: number; errors: string[] }> {
  const names = ["a", "b", "c", "d"];
  const writers = names.map((name) => writer(path, name, 60, type));
  await Promise.all(writers.map(({ ended }) => ended));
  const events = await contents(path).catch(() => []);
  const each = writers.map((started, i) => kept(events, started, names[i]!));
  const sum = (of: "told" | "found"): number => each.reduce((total, one) => total + one[of], 0);
  const errors = writers.flatMap(({ lines }) => lines.filter((line) => line.startsWith("error")));
  return { told: sum("told"), found: sum("found"), errors };
}

describe.runIf(process.platform === "linux")("a network file system", () => {
  it("loses appends of several processes when it is taken for a local disk: the simulation can tell", async () => {
    const { told, found, errors } = await together(fresh(), EXT4);
    expect(told - found + errors.length).toBeGreaterThan(0);
  });

  it("loses none of them", async () => {
    const path = fresh();
    expect(await together(path, NFS)).toEqual({ told: 240, found: 240, errors: [] });
    expect(await contents(path)).toHaveLength(4 * 61);
    expect(readdirSync(directory).filter((name) => name.includes(".lock"))).toEqual([]);
  });

  it("keeps what was acknowledged before a kill −9", async () => {
    const path = fresh();
    const [victim, other] = [writer(path, "v", 1e6, NFS), writer(path, "o", 90, NFS)];
    await victim.wrote(40);
    victim.child.kill("SIGKILL");
    await Promise.all([victim.ended, other.ended]);
    const events = await contents(path);
    const { told, found } = kept(events, victim, "v");
    expect(told).toBeGreaterThanOrEqual(38);
    expect(found).toBe(told);
    expect(kept(events, other, "o")).toEqual({ told: 90, found: 90 });
  });

  it("cuts off what a killed client made room for and never wrote", async () => {
    const path = fresh();
    await writer(path, "a", 3, NFS).ended;
    const whole = readFileSync(path, "utf8");
    appendFileSync(path, `${"\0".repeat(4_096)}","torn"}\n`);
    const next = writer(path, "b", 3, NFS);
    await next.ended;
    expect(kept(await contents(path), next, "b")).toEqual({ told: 3, found: 3 });
    expect(readFileSync(path, "utf8").startsWith(whole)).toBe(true);
  });

  it("tells when someone writes without the lock, or has stolen it", async () => {
    const path = fresh();
    const careful = writer(path, "a", 1e6, NFS);
    await careful.wrote(5);
    const line = encodeBatch([{ type: "trial-created", at: 0, writer: "rogue" }]);
    while (careful.child.exitCode === null) {
      appendFileSync(path, line);
      await sleep(1);
    }
    await careful.ended;
    expect(careful.lines.at(-1)).toMatch(/^error The journal .*jsonl was changed by something else: /);
  });

  it.each(["deleted", "replaced"])("tells when the journal is %s", async (how) => {
    const path = fresh();
    const started = writer(path, "a", 1e6, NFS);
    await started.wrote(5);
    renameSync(path, `${path}.gone`);
    if (how === "replaced") writeFileSync(path, "");
    await started.ended;
    expect(started.lines.at(-1)).toBe(`error The journal ${path} was deleted while it was in use`);
    expect(existsSync(path)).toBe(how === "replaced");
    expect(kept(await contents(`${path}.gone`), started, "a").told).toBeGreaterThan(0);
  });
});
