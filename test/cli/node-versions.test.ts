import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { nodes as others } from "../equipment.ts";

const run = promisify(execFile);
const nodes = [{ name: `Node ${process.versions.node.split(".")[0]}`, path: process.execPath, found: true }, ...others];

describe.each(nodes.filter(({ found }) => found))("on $name", ({ path }) => {
  it.each([
    [
      "erasable TypeScript with a neighbour",
      'import { half } from "./half.ts"; export default defineSearch({ space, objective: (p: { n: number }): number => half(p.n) });',
    ],
    [
      "an enum, and a neighbour named .js",
      'import { half } from "./half.js"; enum Unit { One = 1 } export default defineSearch({ space, objective: (p) => half(p.n) * Unit.One });',
    ],
  ])("runs %s, in processes", async (_, code) => {
    const directory = mkdtempSync(join(tmpdir(), "attune-node-"));
    writeFileSync(join(directory, "half.ts"), "export const half = (n: number): number => n / 2;\n");
    writeFileSync(
      join(directory, "tune.ts"),
      `import { defineSearch, int } from "attune";\nconst space = { n: int(1, 4) };\n${code}\n`,
    );
    const { stdout } = await run(path, [resolve("dist/cli/main.js"), "run", "tune.ts", "--json", "--quiet"], {
      cwd: directory,
    });
    expect(JSON.parse(stdout)).toMatchObject({ state: "complete", params: { n: 1 }, values: { value: 0.5 } });
  });
});
