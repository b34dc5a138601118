import { homedir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { cacheDirectory } from "../../src/system/cache-directory.ts";

it("is where the environment says, else where the system keeps caches", () => {
  const home = homedir();
  expect(cacheDirectory({ ATTUNE_CACHE: "/mine", XDG_CACHE_HOME: "/xdg" }, "linux")).toBe("/mine");
  expect(cacheDirectory({ XDG_CACHE_HOME: "/xdg" }, "linux")).toBe("/xdg/attune");
  expect(cacheDirectory({ XDG_CACHE_HOME: "relative" }, "linux")).toBe(join(home, ".cache/attune"));
  expect(cacheDirectory({}, "darwin")).toBe(join(home, "Library/Caches/attune"));
  expect(cacheDirectory({ LOCALAPPDATA: "/local" }, "win32")).toBe(join("/local", "attune", "cache"));
  expect(cacheDirectory()).toBe(cacheDirectory(process.env, process.platform));
});
