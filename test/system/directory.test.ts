import { existsSync, mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { makeDirectory } from "../../src/system/directory.ts";
import { removeTree } from "../../src/system/removal.ts";

const directory = mkdtempSync(join(tmpdir(), "attune-directory-"));
afterAll(() => removeTree(directory));

it("makes a directory and what it stands in, and is content with one that is there", () => {
  const path = join(directory, "a", "b", "c");
  makeDirectory(path);
  makeDirectory(path);
  expect(statSync(path).isDirectory()).toBe(true);
});

it("says why there can be none", () => {
  writeFileSync(join(directory, "file"), "");
  expect(() => makeDirectory(join(directory, "file", "a"))).toThrow("ENOTDIR");
});

it.runIf(existsSync("/proc/self"))("returns from a place that has no room for directories", () => {
  expect(() => makeDirectory("/proc/attune/scratch")).toThrow("ENOENT");
});
