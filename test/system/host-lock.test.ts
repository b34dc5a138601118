import { randomUUID } from "node:crypto";
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { realClock } from "../../src/system/clock.ts";
import { anyReleased, hold, holdPhase, tryHold } from "../../src/system/host-lock.ts";
import { SocketLock } from "../../src/system/socket-lock.ts";
import { bundle, type Started, start } from "../journals/processes.ts";

let directory = "";
let program = "";
beforeAll(async () => {
  ({ directory, program } = await bundle("phase-user"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const never = new AbortController().signal;
const name = (): string => randomUUID();
const fresh = (): string => join(mkdtempSync(join(directory, "x-")), "notes");
const notes = (file: string): string[] => (existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : []);
const user = (...args: (string | number)[]): Started => start(process.execPath, [program, ...args.map(String)]);

/** Fails unless each start is followed by the same one's end, or by nothing of one that was killed. */
function expectNoOverlap(lines: readonly string[], killed: readonly Started[] = []): void {
  const dead = new Set(killed.map(({ child }) => `${child.pid}.0`));
  let inside: string | undefined;
  for (const line of lines) {
    const [word, who] = line.split(" ") as [string, string];
    if (word === "start" && inside !== undefined)
      expect(dead, `${who} came while ${inside} was inside`).toContain(inside);
    if (word === "end") expect(inside).toBe(who);
    inside = word === "start" ? who : undefined;
  }
}

/** Kills whoever is inside, so many times; the others go on. */
async function killHolders(file: string, users: readonly Started[], times: number): Promise<Started[]> {
  const killed: Started[] = [];
  while (killed.length < times) {
    const [word, who] = (notes(file).at(-1) ?? "").split(" ");
    const holder = users.find(({ child }) => `${child.pid}.0` === who);
    if (word === "start" && holder !== undefined && !killed.includes(holder)) {
      holder.child.kill("SIGKILL");
      killed.push(holder);
      await holder.ended;
    }
    await realClock.sleep(3);
  }
  return killed;
}

describe("a phase", () => {
  it("is held by one process at a time, also when holders are killed", async () => {
    const [phase, file] = [name(), fresh()];
    const users = Array.from({ length: 6 }, () => user(phase, file, 40));
    const killed = await killHolders(file, users, 3);
    await Promise.all(users.map(({ ended }) => ended));
    expectNoOverlap(notes(file), killed);
    expect(notes(file).filter((line) => line.startsWith("end")).length).toBeGreaterThanOrEqual(3 * 40);
  });

  it("is held by one thread at a time", async () => {
    const [phase, file] = [name(), fresh()];
    await Promise.all([user(phase, file, 30, "", 3).ended, user(phase, file, 30, "", 3).ended]);
    expect(notes(file)).toHaveLength(2 * 3 * 30 * 2);
    expectNoOverlap(notes(file));
  });

  it("passes to one who waits, within a second, when its holder is killed", async () => {
    const [phase, file] = [name(), fresh()];
    const holder = user(phase, file, 0);
    await expect.poll(() => notes(file), { timeout: 30_000 }).toHaveLength(1);
    let came = 0;
    const waiting = holdPhase(phase, never, () => (came = performance.now()));
    await realClock.sleep(100);
    expect(came).toBe(0);
    const before = performance.now();
    holder.child.kill("SIGKILL");
    await waiting;
    expect(came - before).toBeLessThan(1_000);
  });

  it("is had by those who wait in this process in the order of asking, and only by name", async () => {
    const phase = name();
    const order: number[] = [];
    let inside = 0;
    const all = Array.from({ length: 5 }, (_, i) =>
      holdPhase(phase, never, async () => {
        expect(++inside).toBe(1);
        await realClock.sleep(5);
        inside--;
        order.push(i);
        return i;
      }),
    );
    expect(await holdPhase(name(), never, () => order.length)).toBeLessThan(5);
    expect(await Promise.all(all)).toEqual([0, 1, 2, 3, 4]);
    expect(order).toEqual([0, 1, 2, 3, 4]);
  });

  it("passes on what the work throws, and is free then", async () => {
    const phase = `${name()} a phase of ${"a very long name ".repeat(20)}`;
    await expect(
      holdPhase(phase, never, () => {
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    expect(await holdPhase(phase, never, () => 3)).toBe(3);
  });

  it("is given up by one whose signal aborts, which leaves the others in line", async () => {
    const phase = name();
    const held = await hold(`phase ${phase}`, never);
    const [a, b] = [new AbortController(), new AbortController()];
    const done: string[] = [];
    const waiting = [a, b].map((one) => expect(holdPhase(phase, one.signal, () => 1)).rejects.toThrow("enough"));
    const last = holdPhase(phase, never, () => done.push("last"));
    await realClock.sleep(20);
    b.abort(new Error("enough"));
    a.abort(new Error("enough"));
    await Promise.all(waiting);
    expect(done).toEqual([]);
    await held[Symbol.asyncDispose]();
    await held[Symbol.asyncDispose]();
    await last;
    await expect(holdPhase(phase, AbortSignal.abort(new Error("late")), () => 1)).rejects.toThrow("late");
  });
});

it("is not asked for again and again while someone else holds it", async () => {
  const [lock, tries] = [name(), vi.spyOn(SocketLock.prototype, "try")];
  const held = await tryHold(lock);
  const waiting = hold(lock, never);
  const released = anyReleased([lock], never);
  await realClock.sleep(200);
  expect(tries.mock.calls.length).toBeLessThanOrEqual(3);
  await held![Symbol.asyncDispose]();
  await released;
  await (await waiting)[Symbol.asyncDispose]();
  tries.mockRestore();
});

describe("tryHold and anyReleased", () => {
  it("tell at once, and when one of several is free", async () => {
    const names = [name(), name()];
    const held = await Promise.all(names.map(tryHold));
    expect(held.every((one) => one !== undefined)).toBe(true);
    expect(await tryHold(names[1]!)).toBeUndefined();
    let free = false;
    const waiting = anyReleased(names, never).then(() => (free = true));
    await realClock.sleep(50);
    expect(free).toBe(false);
    await held[1]![Symbol.asyncDispose]();
    await waiting;
    const again = await tryHold(names[1]!);
    expect(again).toBeDefined();
    await again![Symbol.asyncDispose]();
    const controller = new AbortController();
    const aborted = anyReleased([names[0]!], controller.signal);
    controller.abort();
    await aborted;
    await anyReleased([names[0]!], controller.signal);
    await held[0]![Symbol.asyncDispose]();
  });
});

describe.runIf(process.platform !== "win32")("a socket that is a file", () => {
  it("is held by one process at a time, is taken over from the dead, and is gone in the end", async () => {
    const [lock, file] = [name(), fresh()];
    const place = mkdtempSync(join(directory, "s-"));
    const users = Array.from({ length: 5 }, () => user(lock, file, 20, place));
    const killed = await killHolders(file, users, 2);
    await Promise.all(users.map(({ ended }) => ended));
    expectNoOverlap(notes(file), killed);
    expect(notes(file).filter((line) => line.startsWith("end")).length).toBeGreaterThanOrEqual(3 * 20);
    expect(readdirSync(place).filter((each) => each.endsWith(".sock"))).toEqual([]);
  });

  it("says why it cannot be made", async () => {
    appendFileSync(join(directory, "plain"), "");
    await expect(new SocketLock(name(), join(directory, "plain")).try()).rejects.toThrow(/ENOTDIR|EACCES|ENOENT/);
  });
});
