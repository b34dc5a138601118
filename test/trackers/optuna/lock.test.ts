import fs, {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LockKind, OptunaLock } from "../../../src/trackers/optuna/lock.ts";

let directory: string;
let path: string;
beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), "attune-optuna-")));
  path = join(directory, "study.log");
});
afterEach(() => rmSync(directory, { recursive: true }));

const kinds: readonly LockKind[] = ["symlink", "open"];

describe.each(kinds)("the %s lock", (kind) => {
  it("is there while the work goes on, as Optuna knows it, and nothing is left of it", async () => {
    const lock = new OptunaLock(path, kind);
    const seen = await lock.hold(() => {
      const link = lstatSync(`${path}.lock`).isSymbolicLink();
      return link ? readlinkSync(`${path}.lock`) : "a file";
    });
    expect(seen).toBe(kind === "symlink" ? path : "a file");
    expect(readdirSync(directory)).toEqual([]);
    await expect(
      lock.hold(() => {
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    expect(readdirSync(directory)).toEqual([]);
  });

  it.each(kinds)("is taken over from a dead holder of the %s kind, and is then ours", async (other) => {
    if (other === "open") writeFileSync(`${path}.lock`, "");
    else symlinkSync("study.log", `${path}.lock`); // a target that leads nowhere, as of a relative path
    const held = await new OptunaLock(path, kind, 50).hold(
      () => existsSync(`${path}.lock`) || lstatSync(`${path}.lock`).isSymbolicLink(),
    );
    expect(held).toBe(true);
    expect(readdirSync(directory)).toEqual([]);
  });
});

it.each(kinds)("another's %s lock that is renamed by mistake is given back, and waited for", async (other) => {
  const lock = `${path}.lock`;
  const make = (): void => (other === "open" ? writeFileSync(lock, "") : symlinkSync(path, lock));
  make();
  const { renameSync } = fs;
  const identity = (): number => lstatSync(lock).ino;
  let theirs: number | undefined;
  let back: number | undefined;
  // somebody else takes the dead one away and locks, just before we rename what we took for left behind
  fs.renameSync = (from, to) => {
    if (theirs === undefined) {
      unlinkSync(lock);
      writeFileSync(join(directory, "in between"), ""); // so that the number of the dead one is not used again
      make();
      theirs = identity();
      setTimeout(() => {
        back = existsSync(lock) || lstatSync(lock).isSymbolicLink() ? identity() : undefined;
        unlinkSync(lock);
      }, 20);
    }
    renameSync(from, to);
  };
  syncBuiltinESMExports();
  try {
    await new OptunaLock(path, other, 50).hold(() => expect(back, "held beside another").toBe(theirs));
  } finally {
    fs.renameSync = renameSync;
    syncBuiltinESMExports();
  }
  expect(readdirSync(directory)).toEqual(["in between"]);
});

it("many wait for one another, of both kinds, and none gets in beside another", async () => {
  let inside = 0;
  let most = 0;
  const turn = async (kind: LockKind): Promise<void> => {
    const lock = new OptunaLock(path, kind);
    for (let i = 0; i < 20; i++)
      await lock.hold(() => {
        inside++;
        most = Math.max(most, inside, readdirSync(directory).filter((name) => name.endsWith(".lock")).length);
        inside--;
      });
  };
  await Promise.all([turn("open"), turn("symlink"), turn("open"), turn("symlink")]);
  expect(most).toBe(1);
  expect(readdirSync(directory)).toEqual([]);
});

it("what cannot be made is an error at once", async () => {
  await expect(new OptunaLock(join(directory, "gone", "x.log")).hold(() => 1)).rejects.toMatchObject({
    code: "ENOENT",
  });
});
