import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { readSearch } from "../src/search/json-spec.ts";

const run = promisify(execFile);
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...readdirSync("docs", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`),
];
const blocks = (page: string, language: string): string[] =>
  Array.from(
    readFileSync(page, "utf8").matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, "gm")),
    ([, code]) => code!,
  );

/** A benchmark that understands the options of the examples. */
const BENCH = `const n = Number(process.argv[process.argv.findIndex((a) => a === "-t" || a === "--level") + 1]) || 1;
console.log("took " + (10 + n) + " ms, time: " + (20 - n));`;

/** A directory in which \`attune\` is on the path, as the pages assume. */
function workplace(): { directory: string; env: NodeJS.ProcessEnv } {
  const directory = mkdtempSync(join(tmpdir(), "attune-docs-"));
  writeFileSync(join(directory, "bench.mjs"), BENCH);
  writeFileSync(
    join(directory, "attune"),
    `#!/bin/sh\nexec "${process.execPath}" "${resolve("dist/cli/main.js")}" "$@"\n`,
    { mode: 0o755 },
  );
  return { directory, env: { ...process.env, PATH: `${directory}${delimiter}${process.env["PATH"]}` } };
}

describe("the README", () => {
  it("names its two first commands, and both exist", () => {
    const [start, test] = blocks("README.md", "sh");
    expect([start, test]).toEqual(["npm start\n", "npm test\n"]);
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
    expect(scripts["prestart"]).toBe("node scripts/setup.mjs");
    expect(scripts["pretest"]).toBe("node scripts/setup.mjs");
    expect(scripts["start"]).toContain("run examples/codecs/tune.ts");
  });

  it("shows a program and commands that work, in this order", async () => {
    const { directory, env } = workplace();
    const [program] = blocks("README.md", "ts");
    expect(program).toMatch(/^\/\/ tune\.ts\n/);
    writeFileSync(join(directory, "tune.ts"), program!);
    for (const block of blocks("README.md", "sh").slice(2)) {
      const { stdout } = await run("sh", ["-euc", block], { cwd: directory, env });
      expect(stdout).toMatch(/Pareto front|Best/);
    }
    expect(readdirSync(directory)).toEqual(expect.arrayContaining(["tune.attune.jsonl", "tune.attune.csv"]));
  });
});

describe("docs/command-line.md", () => {
  it("shows commands that work", async () => {
    for (const block of blocks("docs/command-line.md", "sh")) {
      const { directory, env } = workplace();
      expect((await run("sh", ["-euc", block], { cwd: directory, env })).stdout).toContain("Best");
    }
  });
  it("shows a JSON search that is one", async () => {
    const shown = blocks("docs/command-line.md", "json")
      .map((text) => JSON.parse(text) as object)
      .filter((json) => "command" in json);
    expect(shown).toHaveLength(1);
    await expect(readSearch(shown[0] as never, ".")).resolves.toHaveProperty("search");
  });
});

describe("CONTRIBUTING.md", () => {
  it("shows a sampler that type-checks as it stands and keeps the contract", async () => {
    const [diff] = blocks("CONTRIBUTING.md", "diff");
    const code = diff!
      .split("\n")
      .slice(
        1,
        diff!.split("\n").findIndex((line) => line.startsWith("+++ b/src/samplers/index.ts")),
      )
      .map((line) => line.slice(1))
      .join("\n");
    const path = resolve("test/fixtures/halton.ts");
    const text = code.replaceAll('"../core/', '"../../src/core/');
    expect(readFileSync(path, "utf8").replace(/\s+|,(?=\s*[)}])/g, "")).toBe(text.replace(/\s+|,(?=\s*[)}])/g, ""));
  });
});

describe("every page", () => {
  it.each(pages)("%s has links that lead somewhere", (page) => {
    for (const [, target] of readFileSync(page, "utf8").matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)) {
      expect(() => readdirOrRead(join(page, "..", target!)), `${page} links to ${target}`).not.toThrow();
    }
  });
});

function readdirOrRead(path: string): void {
  try {
    readFileSync(path);
  } catch {
    readdirSync(path);
  }
}
