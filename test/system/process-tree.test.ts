import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { statOf } from "../../src/system/process-table.ts";
import { endTree, killTreesNow, MARK, markIn, spawnTree } from "../../src/system/process-tree.ts";
import { REAPER } from "../../src/system/reaper.ts";
import { bundle, type Started, start } from "../journals/processes.ts";
import { reaperOf, runs, textOf } from "./linux.ts";

const script = fileURLToPath(new URL("../fixtures/tree.sh", import.meta.url));

/** The shells of this machine that may stand in /bin/sh somewhere. */
const shells: readonly (readonly [string, readonly string[]])[] = (
  [
    ["/bin/sh", []],
    ["/usr/bin/busybox", ["sh"]],
    ["/bin/bash", ["--posix"]],
  ] as const
).filter(([path]) => existsSync(path));

/** A program that ignores SIGTERM and has emptied its environment, so that only its group tells whose it is. */
const UNMARKED = `env -i sh -c 'trap "" TERM; echo $$; exec sleep 60'`;

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

  it.each(["lives", "exited before"])("is gone although it has lost its mark, and its head %s", async (head) => {
    const child = spawnTree("sh", ["-c", `${UNMARKED} & ${head === "lives" ? "wait" : "exit 3"}`], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(child, "exit");
    const pid = Number(String((await once(child.stdout!, "data"))[0]));
    if (head !== "lives") await exited;
    expect([runs(pid), markIn(pid)]).toEqual([true, ""]);
    await endTree(child, head === "lives" ? 50 : 0);
    expect(runs(pid)).toBe(false);
  });

  it("is gone also where it takes long to give back its memory, when its environment is no longer there", async () => {
    const large = `held=$(head -c 200000000 /dev/zero | tr "\\0" a); echo $$; sleep 60; echo $held`;
    const child = spawnTree("sh", ["-c", `setsid sh -c '${large}' & wait`], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const pid = Number(String((await once(child.stdout!, "data"))[0]));
    expect(runs(pid)).toBe(true);
    expect(await endTree(child, 0)).toEqual([]);
    expect(runs(pid)).toBe(false);
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

describe.runIf(process.platform === "linux")("kill −9 of the process that started a tree", () => {
  let directory = "";
  let program = "";
  beforeAll(async () => {
    ({ directory, program } = await bundle("tree-owner"));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it("is the end of all of it, and of the helper that saw to it", async () => {
    const owner = start(process.execPath, [program, script, "stay"]);
    await owner.wrote(4);
    const pids = owner.lines.map(Number);
    expect(pids.filter(runs)).toEqual(pids);
    const reaper = await reaperOf(owner.child.pid!);
    expect(runs(reaper)).toBe(true);
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.kill(reaper, signal);
    expect(runs(reaper)).toBe(true);
    owner.child.kill("SIGKILL");
    await expect.poll(() => pids.filter(runs), { timeout: 20_000 }).toEqual([]);
    await expect.poll(() => runs(reaper), { timeout: 20_000 }).toBe(false);
  });

  it("is the end also of its group where that has lost its mark, and although the helper is shot at as well", async () => {
    const unmarked = join(directory, "unmarked.sh");
    writeFileSync(unmarked, `${UNMARKED} & ${UNMARKED} & ${UNMARKED} & echo $$; wait\n`);
    const owner = spawn(process.execPath, [program, unmarked, "stay"], {
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    });
    const pids: number[] = [];
    for await (const line of createInterface(owner.stdout)) if (pids.push(Number(line)) === 4) break;
    await reaperOf(owner.pid!);
    expect(pids.filter(runs)).toEqual(pids);
    process.kill(-owner.pid!, "SIGKILL");
    await expect.poll(() => pids.filter(runs), { timeout: 20_000 }).toEqual([]);
  });

  it("is the end of what a worker of it started, that never yields", async () => {
    const owner = start(process.execPath, [program, script, "nest"]);
    await owner.wrote(4);
    const pids = owner.lines.map(Number);
    expect(pids.filter(runs)).toEqual(pids);
    owner.child.kill("SIGKILL");
    await expect.poll(() => pids.filter(runs), { timeout: 20_000 }).toEqual([]);
    await owner.ended; // the worker held its stderr
  });

  it("is the end of what the command of a search started, in that process", async () => {
    const file = join(directory, "pids");
    const owner = start(process.execPath, [program, script, "search", file]);
    await expect.poll(() => textOf(file).split("\n"), { timeout: 20_000 }).toHaveLength(5);
    const pids = textOf(file).trim().split("\n").map(Number);
    expect(pids.filter(runs)).toEqual(pids);
    owner.child.kill("SIGKILL");
    await expect.poll(() => pids.filter(runs), { timeout: 20_000 }).toEqual([]);
  });

  it("spares the trees of others", async () => {
    const [owner, other] = [1, 2].map(() => start(process.execPath, [program, script, "stay"])) as [Started, Started];
    await Promise.all([owner.wrote(4), other.wrote(4)]);
    owner.child.kill("SIGKILL");
    await expect.poll(() => owner.lines.map(Number).filter(runs), { timeout: 20_000 }).toEqual([]);
    expect(other.lines.map(Number).filter(runs)).toHaveLength(4);
    other.child.kill("SIGKILL");
    await expect.poll(() => other.lines.map(Number).filter(runs), { timeout: 20_000 }).toEqual([]);
  });

  it.each(shells)("spares groups that ended, and whose numbers went to strangers (%s)", async (shell, args) => {
    const sleeper = (env = {}): ChildProcess =>
      spawn("sleep", ["60"], { detached: true, stdio: "ignore", env: { ...process.env, ...env } });
    const mark = `test${randomUUID()}.`;
    const ours = sleeper();
    const [ended, stranger, alike, ...marked] = [
      sleeper(),
      sleeper(),
      sleeper({ [MARK]: mark.slice(0, -1) }),
      sleeper({ [MARK]: `${mark}1` }),
      sleeper({ [MARK]: `${mark}1/x.2` }),
    ] as const;
    const at = ({ pid }: ChildProcess): string => `${pid}:${statOf(pid!)!.start}`;
    const helper = spawn(shell, [...args, "-c", REAPER], { stdio: ["pipe", "inherit", "inherit"] });
    helper.stdin.end(`${mark}\n+${at(ended)}\n+${at(ours)}\n+${stranger.pid}:1\n-${at(ended)}\n`);
    await once(helper, "exit");
    expect([ours, ...marked].map(({ pid }) => runs(pid!))).toEqual([false, false, false]);
    expect([ended, stranger, alike].map(({ pid }) => runs(pid!))).toEqual([true, true, true]);
    for (const one of [ended, stranger, alike]) one.kill("SIGKILL");
  });

  it("is not noticed by the terminal: the owner exits by itself although the helper waits", async () => {
    const owner = start(process.execPath, [program, script]);
    await owner.ended; // its stdout closes as well: nobody else holds it
    expect(owner.child.exitCode).toBe(0);
  });
});

describe.runIf(process.platform !== "win32")("a whole group", () => {
  it("is asked to end, and not its head alone", async () => {
    const member = "sh -c 'trap \"echo asked; exit\" TERM; echo up; while :; do sleep 0.05; done'";
    const child = spawnTree("sh", ["-c", `${member} & trap : TERM; wait; wait`], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    let told = "";
    child.stdout!.on("data", (data: Buffer) => (told += data.toString()));
    await expect.poll(() => told, { timeout: 20_000 }).toBe("up\n");
    await endTree(child, 30_000);
    await expect.poll(() => told, { timeout: 20_000 }).toBe("up\nasked\n");
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
