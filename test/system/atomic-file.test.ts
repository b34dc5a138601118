import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { moveAside, writeFileAtomic } from "../../src/system/atomic-file.ts";

const directory = mkdtempSync(join(tmpdir(), "attune-atomic-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("writeFileAtomic", () => {
  it("makes directories, replaces the whole file and leaves nothing else", async () => {
    const path = join(directory, "a", "b", "table.csv");
    await writeFileAtomic(path, "a long first text\n");
    await writeFileAtomic(path, "ö\n");
    expect(readFileSync(path, "utf8")).toBe("ö\n");
    expect(readdirSync(join(directory, "a", "b"))).toEqual(["table.csv"]);
  });

  it("writes through a symbolic link", async () => {
    const [path, link] = [join(directory, "real"), join(directory, "link")];
    writeFileSync(path, "old");
    symlinkSync(path, link);
    await writeFileAtomic(link, "new");
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(path, "utf8")).toBe("new");
  });

  it("leaves nothing behind when it fails", async () => {
    mkdirSync(join(directory, "c", "taken"), { recursive: true });
    await expect(writeFileAtomic(join(directory, "c", "taken"), "x")).rejects.toThrow();
    expect(readdirSync(join(directory, "c"))).toEqual(["taken"]);
  });
});

describe("moveAside", () => {
  it("takes the first free name and overwrites nothing", () => {
    const path = join(directory, "x.jsonl");
    expect(moveAside(path)).toBeUndefined();
    writeFileSync(`${path}.2`, "kept");
    for (const [text, aside] of [
      ["a", ".1"],
      ["b", ".3"],
    ] as const) {
      writeFileSync(path, text);
      expect(moveAside(path)).toBe(path + aside);
      expect(readFileSync(path + aside, "utf8")).toBe(text);
    }
    expect(readFileSync(`${path}.2`, "utf8")).toBe("kept");
    expect(moveAside(path)).toBeUndefined();
  });
});
