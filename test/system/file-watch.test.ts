import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, it } from "vitest";
import { FileWatch } from "../../src/system/file-watch.ts";
import { until } from "../search/until.ts";

const directory = mkdtempSync(join(tmpdir(), "attune-watch-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
let path = "";
let n = 0;
const open: FileWatch[] = [];
afterEach(() => open.splice(0).forEach((watch) => watch.close()));

function watched(every?: number): { heard: number; made: number } {
  path = join(directory, `file-${n++}`);
  const seen = { heard: 0, made: 0 };
  const file = path;
  const make = (): void => {
    seen.made++;
    writeFileSync(file, "{}");
  };
  open.push(new FileWatch(file, { changed: () => seen.heard++, make, ...(every === undefined ? {} : { every }) }));
  return seen;
}

it("makes the file, and hears when it is written, replaced again and again, and removed, upon which it makes it anew", async () => {
  const seen = watched();
  expect(seen.made).toBe(1);
  writeFileSync(path, "a");
  await until(() => seen.heard > 0);
  for (let i = 0; i < 5; i++) {
    const before = seen.heard;
    writeFileSync(`${path}.tmp`, String(i));
    renameSync(`${path}.tmp`, path);
    await until(() => seen.heard > before);
  }
  expect(seen.made).toBe(1);
  rmSync(path);
  await until(() => seen.made === 2);
  const before = seen.heard;
  writeFileSync(path, "b");
  await until(() => seen.heard > before);
});

it("hears nothing of what else happens in the directory, nor after it was closed", async () => {
  const seen = watched();
  for (let i = 0; i < 50; i++) writeFileSync(`${path}-other`, String(i));
  const other = watched();
  writeFileSync(path, "x");
  await until(() => other.heard > 0); // later than any news of the writes before
  expect(seen.heard).toBe(0);
  open.forEach((watch) => watch.close());
  const { heard } = other;
  writeFileSync(path, "y");
  const third = watched();
  writeFileSync(path, "z");
  await until(() => third.heard > 0);
  expect(other.heard).toBe(heard);
});

it("looks from time to time where it is told to, and where it can make no file", async () => {
  const seen = watched(1);
  await until(() => seen.heard > 3);
  let looked = 0;
  open.push(new FileWatch(join(directory, "none/file"), { changed: () => looked++, make: () => {}, every: 1 }));
  await until(() => looked > 1);
});
