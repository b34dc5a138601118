import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { realClock } from "../../src/system/clock.ts";
import { endTree, spawnTree } from "../../src/system/process-tree.ts";
import { UsageWatch, type UsageLimits } from "../../src/system/usage-watch.ts";

const children: ChildProcess[] = [];
const watches: UsageWatch[] = [];
afterEach(async () => {
  for (const watch of watches.splice(0)) watch.stop();
  await Promise.all(children.splice(0).map((child) => endTree(child, 0)));
});

/** Starts a program, which is told to go on by a line, and watches it. */
function watched(
  file: string,
  args: readonly string[],
  limits: UsageLimits,
): { child: ChildProcess; told: [string, string][]; watch: UsageWatch } {
  const child = spawnTree(file, args, { stdio: ["pipe", "pipe", "inherit"] });
  const told: [string, string][] = [];
  const watch = new UsageWatch(child, limits, (limit, message) => told.push([limit, message]));
  children.push(child);
  watches.push(watch);
  return { child, told, watch };
}
const node = (text: string): [string, string[]] => [process.execPath, ["-e", text]];
const lines = `const { createInterface } = require("node:readline"); const lines = createInterface({ input: process.stdin });`;
const burn = `const used = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e3; }; const burn = (ms) => { const end = used() + ms; while (used() < end); };`;
const poll = { timeout: 30_000, interval: 20 };

describe.runIf(process.platform === "linux")("memory", () => {
  it("is told of once per attempt, with both sizes", async () => {
    const grow = `${lines} const kept = []; lines.on("line", () => { kept.push(Buffer.alloc(150e6, 1)); console.log("ok"); }); console.log("ok");`;
    const { child, told, watch } = watched(...node(grow), { memory: 130e6 });
    await once(child.stdout!, "data");
    watch.begin();
    await realClock.sleep(250);
    expect(told).toEqual([]);
    child.stdin!.write("\n");
    await expect.poll(() => told, poll).toHaveLength(1);
    expect(told[0]![0]).toBe("memory");
    const [, held, limit] = /^its processes hold ([\d.]+) MB, more than the limit of (\d+) MB$/.exec(told[0]![1])!;
    expect(Number(held)).toBeGreaterThan(130);
    expect(limit).toBe("130");
    await realClock.sleep(250);
    expect(told).toHaveLength(1);
    watch.begin();
    await expect.poll(() => told, poll).toHaveLength(2);
  });

  it("is that of all processes together: children, and a daemon that left", async () => {
    const one = `"${process.execPath}" -e 'const kept = Buffer.alloc(90e6, 1); setInterval(() => kept[0], 1e3)'`;
    const { told } = watched("sh", ["-c", `${one} & (setsid ${one} &) ; sleep 60`], { memory: 170e6 }); // either holds 90 MB and what Node needs
    await expect.poll(() => told, poll).toHaveLength(1);
  });

  it("that processes share counts once", async () => {
    const perl = `my $x = "x"; $x x= 100_000_000; for (1 .. 3) { fork || do { sleep 60; exit } } print "ok\\n"; $| = 1; print "ok\\n"; sleep 60`;
    const { child, told } = watched("perl", ["-e", perl], { memory: 250e6 });
    await once(child.stdout!, "data");
    await realClock.sleep(400);
    expect(told).toEqual([]);
  });

  it("is looked at no longer after stop", async () => {
    const { child, told, watch } = watched(
      ...node(`console.log("ok"); const kept = Buffer.alloc(90e6, 1); setInterval(() => kept[0], 1e3)`),
      { memory: 1e6 },
    );
    watch.stop();
    await once(child.stdout!, "data");
    await realClock.sleep(250);
    expect(told).toEqual([]);
  });
});

describe.runIf(process.platform === "linux")("processor time", () => {
  it("counts from the beginning of each attempt", async () => {
    const text = `${burn} ${lines} lines.on("line", (line) => { burn(Number(line)); console.log("ok"); });`;
    const { child, told, watch } = watched(...node(text), { cpuSeconds: 0.6 });
    for (let i = 0; i < 4; i++) {
      watch.begin();
      child.stdin!.write("250\n");
      await once(child.stdout!, "data");
      await realClock.sleep(120);
    }
    expect(told).toEqual([]);
    watch.begin();
    child.stdin!.write("5000\n");
    await expect.poll(() => told, poll).toHaveLength(1);
    expect(told[0]![0]).toBe("cpuSeconds");
    const used = Number(/^used ([\d.]+) s of processor time, more than the limit of 0.6 s$/.exec(told[0]![1])![1]);
    expect(used).toBeGreaterThan(0.6);
  });

  it("includes that of short-lived children, and of a child whose parent did not wait for it", async () => {
    const short = `i=0; while [ $i -lt 200 ]; do sh -c 'j=0; while [ $j -lt 20000 ]; do j=$((j+1)); done'; i=$((i+1)); done; sleep 60`;
    const orphans = `i=0; while [ $i -lt 60 ]; do (setsid sh -c 'j=0; while [ $j -lt 250000 ]; do j=$((j+1)); done' &); sleep 0.2; i=$((i+1)); done; sleep 60`;
    for (const script of [short, orphans]) {
      const { told, watch } = watched("sh", ["-c", script], { cpuSeconds: 0.5 });
      watch.begin();
      await expect.poll(() => told, poll).toHaveLength(1);
      watch.stop();
    }
  });

  it("is not limited before an attempt begins", async () => {
    const { told } = watched(...node(`${burn} burn(400); setInterval(() => {}, 1e3);`), { cpuSeconds: 0.1 });
    await realClock.sleep(900);
    expect(told).toEqual([]);
  });
});

it("keeps no process alive and minds no child that is gone", async () => {
  const { told, watch, child } = watched("/no/such/program", [], { memory: 1 });
  await once(child, "error");
  watch.begin();
  watch.stop();
  expect(told).toEqual([]);
});
