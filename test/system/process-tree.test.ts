import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { endTree, killTreesNow, MARK, spawnTree } from "../../src/system/process-tree.ts";
import { bundle, start } from "../journals/processes.ts";

const script = fileURLToPath(new URL("../fixtures/tree.sh", import.meta.url));

/** Whether a process runs; one that has ended and waits for its parent does not. */
function runs(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

async function tree(...args: string[]): Promise<{ child: ChildProcess; pids: number[] }> {
  const child = spawnTree("sh", [script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const pids: number[] = [];
  for await (const line of createInterface(child.stdout!)) if (pids.push(Number(line)) === 4) break;
  expect(pids.filter(runs)).toEqual(pids);
  return { child, pids };
}

describe.runIf(process.platform === "linux")("a tree that ignores SIGTERM, with a daemon", () => {
  it("is gone after the grace", async () => {
    const { child, pids } = await tree();
    expect(await endTree(child, 100)).toEqual([]);
    expect(pids.filter(runs)).toEqual([]);
    expect(child.signalCode).toBe("SIGKILL");
    expect(await endTree(child, 100)).toEqual([]);
  });

  it("is gone although its head exited before", async () => {
    const { child, pids } = await tree("leave");
    await once(child, "exit");
    expect(child.exitCode).toBe(3);
    expect(pids.filter(runs)).toHaveLength(3);
    expect(await endTree(child)).toEqual([]);
    expect(pids.filter(runs)).toEqual([]);
  });

  it("is gone at once when asked a second time", async () => {
    const { child, pids } = await tree();
    const slow = endTree(child, 60_000);
    expect(endTree(child, 0)).toBe(slow);
    await slow;
    expect(pids.filter(runs)).toEqual([]);
  });

  it("does not take its neighbours with it", async () => {
    const [a, b] = [await tree(), await tree()];
    await endTree(a.child, 0);
    expect(b.pids.filter(runs)).toEqual(b.pids);
    killTreesNow();
    killTreesNow();
    await once(b.child, "exit");
    await expect.poll(() => b.pids.filter(runs)).toEqual([]);
  });

  it("is gone when the process that started it exits, also when that was in a tree itself", async () => {
    const { directory, program } = await bundle("tree-owner");
    const owner = start(process.execPath, [program, script]);
    await owner.ended;
    expect(owner.lines).toHaveLength(4);
    await expect.poll(() => owner.lines.map(Number).filter(runs)).toEqual([]);

    const outer = spawnTree(process.execPath, [program, script], { stdio: ["ignore", "pipe", "inherit"] });
    const inner: number[] = [];
    for await (const line of createInterface(outer.stdout!)) if (inner.push(Number(line)) === 4) break;
    process.kill(outer.pid!, "SIGKILL"); // it cannot tidy up
    await endTree(outer, 0);
    expect(inner.filter(runs)).toEqual([]);
    rmSync(directory, { recursive: true, force: true });
  });
});

describe("spawnTree", () => {
  it("lets a child that obeys end by itself", async () => {
    const child = spawnTree(process.execPath, [
      "-e",
      "process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1e3); console.log(1)",
    ]);
    await once(child.stdout!, "data");
    await endTree(child, 30_000);
    if (process.platform !== "win32") expect(child.exitCode).toBe(7);
  });

  it("passes on the environment and marks each tree of its own", async () => {
    const marks = await Promise.all(
      [1, 2].map(async () => {
        const child = spawnTree(process.execPath, ["-p", `process.env.${MARK} + process.env.WORD`], {
          env: { ...process.env, WORD: "!" },
        });
        const text = String((await once(child.stdout!, "data"))[0]);
        await endTree(child);
        return text;
      }),
    );
    expect(marks[0]).toMatch(/^\w+\.\d+!\n$/);
    expect(marks[0]).not.toBe(marks[1]);
  });

  it("emits the error of a program that is not there", async () => {
    const child = spawnTree("/no/such/program", []);
    const [error] = (await once(child, "error")) as [NodeJS.ErrnoException];
    expect(error.code).toBe("ENOENT");
    expect(await endTree(child)).toEqual([]);
  });
});
