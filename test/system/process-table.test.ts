import { describe, expect, it } from "vitest";
import { processes, processesSince, statOf } from "../../src/system/process-table.ts";
import { endTree, spawnTree } from "../../src/system/process-tree.ts";

describe.runIf(process.platform === "linux")("processesSince", () => {
  it("has what was started since, and leaves out what was there before", async () => {
    const at = performance.now();
    const child = spawnTree("sh", ["-c", "sleep 60 & echo $!; wait"], { stdio: ["ignore", "pipe", "inherit"] });
    const grandchild = await new Promise<number>((resolve) =>
      child.stdout!.once("data", (text: Buffer) => resolve(Number(text.toString()))),
    );
    const pid = child.pid!;
    const since = processesSince({ pid, at });
    expect(since).toEqual(expect.arrayContaining([pid, grandchild]));
    if (pid > process.ppid) expect(since).not.toContain(process.ppid);
    // as if the numbers had begun again since
    expect(processesSince({ pid: 2 ** 30, at })).toEqual(expect.arrayContaining([pid, grandchild]));
    // it cannot be told
    expect(processesSince({ pid, at: -1e12 })).toContain(process.ppid);
    await endTree(child, 0);
  });
});

describe.runIf(process.platform === "linux")("statOf", () => {
  it("knows a process by its place, group and start, whatever its name", async () => {
    const child = spawnTree(process.execPath, [
      "-e",
      "process.title = 'a ) R 1 (b'; setInterval(() => {}, 1e3); console.log(1)",
    ]);
    await new Promise((resolve) => child.stdout!.once("data", resolve));
    const found = statOf(child.pid!)!;
    expect(found).toMatchObject({ parent: process.pid, group: child.pid });
    expect(found.state).toMatch(/^[SRD]$/);
    expect(Number(found.start)).toBeGreaterThanOrEqual(Number(statOf(process.pid)!.start));
    expect(found.resident).toBeGreaterThan(1000);
    expect(processes()).toContain(child.pid);
    await endTree(child, 0);
    expect(statOf(child.pid!)).toBeUndefined();
  });
});
