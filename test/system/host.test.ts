import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { realClock } from "../../src/system/clock.ts";
import { randomSeed } from "../../src/system/entropy.ts";
import { gitCommit } from "../../src/system/git-commit.ts";
import { attuneVersion, thisHost } from "../../src/system/host.ts";
import { start } from "../journals/processes.ts";

const directory = mkdtempSync(join(tmpdir(), "attune-host-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("thisHost", () => {
  const host = thisHost();

  it("knows this process, and that it lives", () => {
    expect(host.identity).toMatchObject({ pid: process.pid });
    expect(host.identity.host.startsWith(hostname())).toBe(true);
    expect(host.alive(host.identity)).toBe(true);
    expect(thisHost()).toBe(host);
  });

  it("knows who is dead: gone, or of a number used again; of another host it cannot", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    const other = { ...host.identity, pid: child.pid! };
    if (process.platform === "linux") expect(host.alive(other)).toBe(false); // it lives, but did not start then
    await once(child, "exit");
    expect(host.alive(other)).toBe(false);
    expect(host.alive({ ...other, pid: -1 })).toBe(false);
    expect(host.alive({ ...other, host: "elsewhere" })).toBe(true);
  });

  it.runIf(process.platform === "linux")("takes a process that ended but was not waited for to be dead", async () => {
    // the sleep that the shell becomes never waits for the shell's child
    const parent = start("sh", ["-c", "sh -c 'read -r line < /proc/$$/stat; echo \"$line\"' & exec sleep 60"]);
    await parent.wrote(1);
    const fields = parent.lines[0]!.split(" ");
    const boot = host.identity.start.split(" ")[1]!;
    const zombie = { ...host.identity, pid: Number(fields[0]), start: `${fields[21]} ${boot}` };
    while (!/ Z /.test(readFileSync(`/proc/${zombie.pid}/stat`, "utf8"))) await realClock.sleep(5);
    expect(host.alive(zombie)).toBe(false);
    const living = readFileSync(`/proc/${parent.child.pid}/stat`, "utf8").split(" ")[21];
    expect(host.alive({ ...zombie, pid: parent.child.pid!, start: `${living} ${boot}` })).toBe(true);
    parent.child.kill("SIGKILL");
    await parent.ended;
  });

  it("describes the machine in JSON", () => {
    expect(JSON.parse(JSON.stringify(host.environment))).toEqual(host.environment);
    expect(host.environment).toMatchObject({
      platform: process.platform,
      node: process.versions.node,
      attune: attuneVersion(),
    });
    expect(attuneVersion()).toMatch(/^\d+\.\d+\.\d+/);
  });
});

describe("gitCommit", () => {
  const commit = "0123456789abcdef0123456789abcdef01234567";
  const make = (name: string, files: Record<string, string>): string => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(directory, name, path, ".."), { recursive: true });
      writeFileSync(join(directory, name, path), text);
    }
    return join(directory, name);
  };

  it("reads a branch, a packed branch, a bare commit and a worktree", () => {
    expect(
      gitCommit(
        make("branch", { ".git/HEAD": "ref: refs/heads/main\n", ".git/refs/heads/main": `${commit}\n`, "a/b/c": "" }),
      ),
    ).toBe(commit);
    expect(gitCommit(join(directory, "branch", "a", "b"))).toBe(commit);
    expect(
      gitCommit(
        make("packed", {
          ".git/HEAD": "ref: refs/heads/x\n",
          ".git/packed-refs": `# pack-refs\n${commit} refs/heads/x\n`,
        }),
      ),
    ).toBe(commit);
    expect(gitCommit(make("bare", { ".git/HEAD": commit }))).toBe(commit);
    make("branch", { ".git/worktrees/w/HEAD": "ref: refs/heads/main", ".git/worktrees/w/commondir": "../.." });
    expect(gitCommit(make("w", { ".git": `gitdir: ${join(directory, "branch", ".git", "worktrees", "w")}\n` }))).toBe(
      commit,
    );
  });

  it("is silent about everything else", () => {
    expect(gitCommit(directory)).toBeUndefined();
    expect(gitCommit(make("empty", { ".git/HEAD": "ref: refs/heads/main" }))).toBeUndefined();
    expect(gitCommit(make("odd", { ".git/HEAD": "ref: ../../../etc/passwd" }))).toBeUndefined();
  });
});

it("gives seeds of 32 bits", () => {
  const seeds = Array.from({ length: 50 }, randomSeed);
  expect(new Set(seeds).size).toBeGreaterThan(45); // two of 50 are equal with probability 3e-7
  for (const seed of seeds) expect(seed >>> 0).toBe(seed);
});
