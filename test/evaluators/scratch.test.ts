import { spawn } from "node:child_process";
import { once } from "node:events";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import type { Outcome } from "../../src/core/outcome.ts";
import { failed } from "../../src/core/outcome.ts";
import { thisHost } from "../../src/system/host.ts";
import { removeTree } from "../../src/system/removal.ts";
import { bareTask, look, provided } from "./provided.ts";

const directory = realpathSync(mkdtempSync(join(tmpdir(), "attune-scratch-")));
afterAll(() => removeTree(directory));
afterEach(() => vi.unstubAllEnvs());
const fresh = (): string => mkdtempSync(join(directory, "x-"));
const outcomes: readonly Outcome[] = [
  { state: "complete", values: {} },
  failed("timeout", "too slow"),
  { state: "pruned" },
  { state: "cancelled", reason: "over" },
];

describe("a scratch directory", () => {
  it.each([
    ["never", []],
    ["failed", ["1.1"]],
    ["always", ["0.1", "1.1", "2.1", "3.1"]],
  ] as const)("is kept %s", async (keep, kept) => {
    const scratch = fresh();
    const dirs: string[] = [];
    const { evaluator, logged } = provided({ scratch, keep }, async (task) => {
      dirs.push(look(task));
      writeFileSync(join(task.dir, "out"), "x");
      expect(readdirSync(task.dir)).toEqual(["out"]);
      return outcomes[task.number]!;
    });
    for (let i = 0; i < outcomes.length; i++) await evaluator.evaluate(bareTask(i));
    await evaluator[Symbol.asyncDispose]();
    expect(new Set(dirs).size).toBe(4);
    const sessions = readdirSync(scratch);
    expect(sessions).toHaveLength(kept.length === 0 ? 0 : 1);
    expect(dirs.every((dir) => dirname(dir).endsWith("-kept") === (keep !== "never"))).toBe(true);
    expect(sessions.flatMap((each) => readdirSync(join(scratch, each)))).toEqual(kept);
    expect(logged).toEqual(keep === "never" ? [] : [`trial 1 failed; its files are kept in ${dirs[1]}`]);
  });

  it.each(["scratch", "ATTUNE_SCRATCH"])("is refused by name where %s gives it no place", (named) => {
    const file = join(fresh(), "file");
    writeFileSync(file, "");
    if (named === "ATTUNE_SCRATCH") vi.stubEnv(named, file);
    const open = (): unknown => provided(named === "scratch" ? { scratch: file } : {}, async () => outcomes[0]!);
    expect(open).toThrow(`Expected \`${named}\` to name a directory that can be written to, got ${file}: it is a file`);
  });

  it("is of one attempt, and of one search", async () => {
    const scratch = fresh();
    const dirs: string[] = [];
    const all = [1, 2].map(() =>
      provided({ scratch }, async ({ dir }) => {
        dirs.push(dir);
        return { state: "pruned" };
      }),
    );
    for (const { evaluator } of all) for (const attempt of [1, 2]) await evaluator.evaluate(bareTask(7, { attempt }));
    expect(new Set(dirs).size).toBe(4);
    expect(dirs.every((dir) => dir.startsWith(scratch) && dir.length < scratch.length + 60)).toBe(true);
    expect(readdirSync(scratch)).toEqual([]); // nobody looked
  });

  it("is removed when the evaluator breaks", async () => {
    const scratch = fresh();
    const { evaluator } = provided({ scratch }, async (task) => {
      look(task);
      throw new Error("broken");
    });
    await expect(evaluator.evaluate(bareTask(0))).rejects.toThrow("broken");
    await evaluator[Symbol.asyncDispose]();
    expect(readdirSync(scratch)).toEqual([]);
  });

  it("lies where the environment says, or in one of this user's that others cannot read", async () => {
    const place = async (): Promise<string> => {
      let found = "";
      const { evaluator } = provided({}, async ({ dir }) => {
        found = dir;
        return { state: "pruned" };
      });
      await evaluator.evaluate(bareTask(0));
      return found;
    };
    const [chosen, temporary] = [fresh(), fresh()];
    vi.stubEnv("TMPDIR", temporary);
    vi.stubEnv("ATTUNE_SCRATCH", chosen);
    expect(await place()).toContain(chosen);
    vi.stubEnv("ATTUNE_SCRATCH", "");
    expect(await place()).toContain(join(temporary, `attune-${process.getuid?.()}`));
    rmSync(join(temporary, `attune-${process.getuid?.()}`), { recursive: true });
    symlinkSync(chosen, join(temporary, `attune-${process.getuid?.()}`));
    expect(() => provided({}, async () => ({ state: "pruned" }))).toThrow(
      `Cannot use ${temporary}/attune-${process.getuid?.()} for scratch directories: `,
    );
  });
});

describe("sessions of processes that were killed", () => {
  const hash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 8);
  const { host, pid, start } = thisHost().identity;
  const [ticks, boot = ""] = start.split(" ");

  it("are removed when the next search starts, but not kept ones, those of others and those that live", async () => {
    const scratch = fresh();
    const dead = `${hash(host)}-${2 ** 22 + 1}-${ticks}-${boot.slice(0, 8)}-0`;
    const again = `${hash(host)}-${pid}-1-${boot.slice(0, 8)}-0`;
    const before = `${hash(host)}-${pid}-${ticks}-00000000-0`;
    const spared = [
      `${dead}-kept`,
      `${hash("elsewhere")}-1-1-00000000-0`,
      `${hash(host)}-${pid}-${ticks}-${boot.slice(0, 8)}-9`,
      "mine",
    ];
    for (const name of [dead, again, before, ...spared])
      mkdirSync(join(scratch, name, "1.1", "deep"), { recursive: true });
    const { evaluator } = provided({ scratch }, async () => ({ state: "pruned" }));
    if (process.platform === "linux")
      await expect.poll(() => readdirSync(scratch).sort(), { timeout: 20_000 }).toEqual([...spared].sort());
    await evaluator[Symbol.asyncDispose]();
  });
});

describe("removeTree", () => {
  it("removes what is read-only, sockets and links, and follows none", async () => {
    const [root, outside] = [fresh(), fresh()];
    writeFileSync(join(outside, "precious"), "x");
    const inner = join(root, "a", "b");
    mkdirSync(inner, { recursive: true });
    writeFileSync(join(inner, "file"), "x", { mode: 0o400 });
    symlinkSync(outside, join(inner, "link"));
    symlinkSync(join(outside, "none"), join(inner, "broken"));
    const server = createServer().listen(join(inner, "s"));
    await once(server, "listening");
    chmodSync(inner, 0o500);
    chmodSync(join(root, "a"), 0o000);
    await removeTree(root);
    expect(existsSync(root)).toBe(false);
    expect(readdirSync(outside)).toEqual(["precious"]);
    server.close();
    await removeTree(root);
  });

  it("removes what is still written to for a moment", async () => {
    const root = fresh();
    const write = `mkdir "$0/d"; i=0; while [ $i -lt 3000 ]; do : > "$0/d/$i"; i=$((i+1)); done`;
    const writer = spawn("sh", ["-c", write, root], { stdio: "ignore" });
    while (!existsSync(join(root, "d", "50"))) await new Promise((wake) => setTimeout(wake, 5));
    await Promise.all([removeTree(root), once(writer, "exit")]);
    expect(existsSync(root)).toBe(false);
  });

  it("says what it cannot remove, of which a search only warns", async () => {
    const scratch = fresh();
    const { evaluator, logged } = provided({ scratch }, async (task) => {
      chmodSync(join(look(task), ".."), 0o500);
      return { state: "pruned" };
    });
    expect(await evaluator.evaluate(bareTask(3))).toEqual({ state: "pruned" });
    await evaluator[Symbol.asyncDispose]();
    if (process.getuid?.() === 0) expect(logged).toEqual([]);
    else expect(logged).toEqual([expect.stringMatching(/^cannot remove .*\/3\.1: EACCES/)]);
    await expect(removeTree("/proc/self/fdinfo")).rejects.toThrow(/EPERM|EACCES|ENOENT|EBUSY|ENOTEMPTY/);
  });
});
