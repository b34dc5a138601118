import { linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ProcessIdentity } from "../../src/core/event.ts";
import { FileLock } from "../../src/system/file-lock.ts";
import { thisHost } from "../../src/system/host.ts";
import { bundle, start } from "../journals/processes.ts";

let directory = "";
let program = "";
let made = 0;
beforeAll(async () => {
  ({ directory, program } = await bundle("lock-holder"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const fresh = (): string => {
  const own = mkdtempSync(join(directory, `${made++}-`));
  writeFileSync(join(own, "file"), "0");
  return join(own, "file");
};
const beside = (path: string): string[] => readdirSync(join(path, "..")).filter((name) => name !== "file");
/** A lock as a process of that identity would leave it behind. */
function leave(path: string, owner: ProcessIdentity | string): void {
  writeFileSync(`${path}.lock-left`, typeof owner === "string" ? owner : JSON.stringify(owner));
  linkSync(`${path}.lock-left`, `${path}.lock`);
}
const dead: ProcessIdentity = { ...thisHost().identity, pid: 2 ** 22 + 1 };
const foreign: ProcessIdentity = { host: "elsewhere", pid: 1, start: "0" };

it("is there while the work is done, and gives back what that gives", async () => {
  const path = fresh();
  const lock = new FileLock(path);
  expect(beside(path)).toEqual([]);
  expect(await lock.hold(() => readFileSync(`${path}.lock`, "utf8"))).toBe(JSON.stringify(thisHost().identity));
  await expect(
    lock.hold(() => {
      throw new Error("no");
    }),
  ).rejects.toThrow("no");
  expect(beside(path)).toHaveLength(1);
  lock.close();
  lock.close();
  expect(beside(path)).toEqual([]);
  expect(await lock.hold(() => 3)).toBe(3);
  lock.close();
});

it("is not waited for when it is ours already: its removal failed, or its making was answered twice", async () => {
  const path = fresh();
  const lock = new FileLock(path, { patience: 50 });
  await lock.hold(() => {});
  const [owner] = beside(path);
  linkSync(join(path, "..", owner!), `${path}.lock`);
  expect(await lock.hold(() => 4)).toBe(4);
  expect(beside(path)).toEqual([owner]);
  lock.close();
});

it("does the work at once when no one else has it", () => {
  const path = fresh();
  const lock = new FileLock(path);
  let done = false;
  void lock.hold(() => {
    done = true;
  });
  expect(done).toBe(true);
  lock.close();
});

it("lets one process in at a time", async () => {
  const path = fresh();
  const all = Array.from({ length: 4 }, () => start(process.execPath, [program, path, "count", "250"]));
  await Promise.all(all.map(({ ended }) => ended));
  expect(readFileSync(path, "utf8")).toBe("1000");
  expect(beside(path)).toEqual([]);
});

it("is taken over, by one at a time, from a process that was killed with it", async () => {
  const path = fresh();
  const holder = start(process.execPath, [program, path, "hold"]);
  await holder.wrote(1);
  const others = Array.from({ length: 3 }, () => start(process.execPath, [program, path, "count", "100"]));
  const lock = new FileLock(path, { patience: 50 });
  await expect(lock.hold(() => 1)).rejects.toThrow(`Cannot lock ${path}.lock: process ${holder.child.pid} of `);
  expect(readFileSync(path, "utf8")).toBe("0");
  holder.child.kill("SIGKILL");
  await Promise.all(others.map(({ ended }) => ended));
  expect(readFileSync(path, "utf8")).toBe("300");
  lock.close();
  expect(beside(path).filter((name) => !name.includes(`-${holder.child.pid}-`))).toEqual([]);
});

describe("a lock that was left", () => {
  it("is taken over from a dead process, and from one whose number was used again", async () => {
    for (const owner of [dead, { ...thisHost().identity, start: "long ago" }]) {
      const path = fresh();
      leave(path, owner);
      const lock = new FileLock(path);
      expect(await lock.hold(() => 1)).toBe(1);
      lock.close();
      expect(beside(path)).toEqual([]);
    }
  });

  it("is taken over although the one who took it over died doing so", async () => {
    const path = fresh();
    leave(path, dead);
    for (const guard of ["~", "~~"]) linkSync(`${path}.lock-left`, `${path}.lock${guard}`);
    const lock = new FileLock(path);
    expect(await lock.hold(() => 1)).toBe(1);
    lock.close();
    expect(beside(path)).toEqual([]);
  });

  it("is left alone while its process lives", async () => {
    const path = fresh();
    leave(path, thisHost().identity);
    utimesSync(`${path}.lock`, 0, 0);
    const lock = new FileLock(path, { patience: 20, foreign: 0 });
    await expect(lock.hold(() => 1)).rejects.toThrow(
      "If that process hangs, end it; if there is none, delete the file",
    );
    lock.close();
  });

  it.each([foreign, "", "{"])("by another host or a torn one is taken over after a time only: %j", async (owner) => {
    const path = fresh();
    leave(path, owner);
    const patient = new FileLock(path, { patience: 20 });
    await expect(patient.hold(() => 1)).rejects.toThrow("Cannot lock");
    patient.close();
    const hasty = new FileLock(path, { foreign: 10 });
    expect(await hasty.hold(() => 1)).toBe(1);
    hasty.close();
  });
});

it("is not lost when its files are tidied away", async () => {
  const path = fresh();
  const lock = new FileLock(path);
  await lock.hold(() => 1);
  for (const name of beside(path)) rmSync(join(path, "..", name));
  expect(await lock.hold(() => 2)).toBe(2);
  lock.close();
});
