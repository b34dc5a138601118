import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, it } from "vitest";
import { nodes as all } from "../equipment.ts";

const directory = mkdtempSync(join(tmpdir(), "attune-compiled-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const sample = (node: string, env: NodeJS.ProcessEnv): string =>
  execFileSync(node, [resolve("dist/cli/main.js"), "sample", resolve("bench/fixtures/one.mjs"), "--json"], {
    encoding: "utf8",
    env: { ...process.env, ATTUNE_CACHE: "", ...env },
    timeout: 30_000,
  });
const nodes = all.filter(({ found }) => found);

it.each(nodes)("$name keeps what it compiled, in a directory that is made", ({ name, path }) => {
  const cache = join(directory, name, "made");
  for (const env of [
    { ATTUNE_CACHE: cache },
    { XDG_CACHE_HOME: `${cache}-xdg` },
    { XDG_CACHE_HOME: "", HOME: `${cache}-home` },
  ])
    expect(sample(path, env)).toMatch(/^\{"x":/);
  for (const found of [cache, `${cache}-xdg/attune`, `${cache}-home/.cache/attune`])
    expect(readdirSync(join(found, "compiled"))).toHaveLength(1);
});

it.each([process.execPath, ...nodes.map(({ path }) => path)])("%s starts where nothing can be kept", (node) => {
  for (const cache of ["/proc/nowhere", "/dev/null/nowhere"])
    expect(sample(node, { ATTUNE_CACHE: cache })).toMatch(/^\{"x":/);
});
