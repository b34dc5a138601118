import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

// `loadModule` runs in a Node of its own, from a package as it is installed: vitest would load modules in its own way.
const directory = realpathSync(mkdtempSync(join(tmpdir(), "attune-module-")));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), text);
};

interface Loaded {
  readonly value?: { same?: boolean; who?: string; word?: unknown };
  readonly code?: string;
  readonly message?: string;
  readonly cause?: boolean;
}
let results: Record<string, Loaded> = {};

const files: Record<string, string> = {
  "good.ts": `import { n } from "attune"; import { gcc } from "attune/compilers"; import { word } from "./help.js";
    enum A { x = 1 } export default { n, same: gcc === n, word: word + A.x + await Promise.resolve(2) };`,
  "help.ts": `export const word: string = "w";`,
  "types.ts": `import { n, Params } from "attune"; const p: Params = 1; export default { n, word: p };`,
  "good.mjs": `import { n } from "attune"; export default { n };`,
  "good.js": `import { n } from "attune"; export default { n };`,
  "good.cjs": `const { word } = require("./help.cjs"); exports.default = { word, n: require("attune").n };`,
  "help.cjs": `exports.word = "c";`,
  "local/tune.ts": `import { who } from "attune"; export default { who };`,
  "local/tune.mjs": `import { who } from "attune"; export default { who };`,
  "local/node_modules/attune/package.json": `{"name":"attune","type":"module","exports":"./index.js"}`,
  "local/node_modules/attune/index.js": `export const who = "local";`,
  "syntax.ts": `const a = 1;\nexport default {\n  x: : 3\n};\n`,
  "syntax.mjs": `const a = 1;\nexport default {\n  x: : 3\n};\n`,
  "throws.ts": `const a: number = 1;\n\nthrow new Error("too hot\\nreally");\n`,
  "throws.mjs": `const a = 1;\n\nthrow new Error("too hot");\n`,
  "throws.cjs": `const a = 1;\n\nthrow new Error("too hot");\n`,
  "text.mjs": `throw "a text";`,
  "once.mjs": `globalThis.runs = (globalThis.runs ?? 0) + 1;\nJSON.parse("run " + globalThis.runs);\n`,
  "inner.ts": `import { bad } from "./bad.ts";\nexport default bad;\n`,
  "bad.ts": `\n\nexport const bad = (null as any).foo;\n`,
  "missing.ts": `import x from "no-such-package";\nexport default x;\n`,
  "missing.mjs": `import x from "no-such-package";\nexport default x;\n`,
};

beforeAll(async () => {
  await build({
    entryPoints: [fileURLToPath(new URL("../../src/system/module.ts", import.meta.url))],
    outfile: join(directory, "pkg/dist/system/module.js"),
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["jiti"],
    logLevel: "error",
  });
  symlinkSync(fileURLToPath(new URL("../../node_modules", import.meta.url)), join(directory, "pkg/node_modules"));
  write("pkg/package.json", `{"name":"attune","type":"module"}`);
  write("pkg/dist/index.js", `export { n } from "./n.js"; export const who = "global";`);
  write("pkg/dist/n.js", `export const n = {};`);
  write("pkg/dist/compilers/index.js", `export { n as gcc } from "../n.js";`);
  write(
    "pkg/dist/go.js",
    `import { loadModule } from "./system/module.js"; import { n } from "./index.js"; const out = {};
    for (const path of process.argv.slice(2))
      try { const { default: d } = await loadModule(path); out[path] = { value: { ...d, same: d.n === n && d.same !== false } }; }
      catch (e) { out[path] = { code: e.code, message: e.message, cause: e.cause !== undefined }; }
    console.log(JSON.stringify(out));`,
  );
  for (const [path, text] of Object.entries(files)) write(path, text);
  mkdirSync(join(directory, "folder.ts"));
  const paths = [...Object.keys(files), "nowhere.ts", "folder.ts"];
  const told = execFileSync(process.execPath, [join(directory, "pkg/dist/go.js"), ...paths], {
    cwd: directory,
    encoding: "utf8",
    env: { ...process.env, NODE_NO_WARNINGS: "1" },
  });
  results = JSON.parse(told) as Record<string, Loaded>;
});

describe("loadModule", () => {
  it("loads TypeScript, with an enum, a .js that is a .ts and types imported as values", () => {
    expect(results["good.ts"]?.value).toMatchObject({ word: "w12" });
    expect(results["types.ts"]?.value).toMatchObject({ word: 1 });
  });

  it.each(["good.ts", "types.ts", "good.mjs", "good.js"])("gives %s the very copy of attune that loads it", (path) => {
    expect(results[path]).toMatchObject({ value: { same: true } });
  });

  it("loads CommonJS", () => {
    expect(results["good.cjs"]?.value).toMatchObject({ word: "c" });
  });

  it.each(["local/tune.ts", "local/tune.mjs"])("gives %s the copy that is installed beside it", (path) => {
    expect(results[path]?.value).toMatchObject({ who: "local" });
  });

  it.each([
    ["syntax.ts", ":3: ParseError: Unexpected token"],
    ["syntax.mjs", ":3: ParseError: Unexpected token"],
    ["throws.ts", ":3: too hot"],
    ["throws.mjs", ":3: too hot"],
    ["throws.cjs", ":3: too hot"],
    ["text.mjs", ": a text"],
    ["inner.ts", `: ${join(directory, "bad.ts")}:3: Cannot read properties of null (reading 'foo')`],
  ])("names the place and the fault of %s", (path, rest) => {
    expect(results[path]).toEqual({
      code: "objective",
      message: `Cannot load ${join(directory, path)}${rest}`,
      cause: true,
    });
  });

  it.each(["missing.ts", "missing.mjs"])("names what %s cannot find", (path) => {
    expect(results[path]).toMatchObject({ code: "objective", cause: true });
    expect(results[path]?.message).toMatch(/^Cannot load .*: Cannot find (package|module) 'no-such-package'/);
  });

  it("runs a file that throws only once", () => {
    expect(results["once.mjs"]?.message).toMatch(/once\.mjs:2: .*"run 1"/);
  });

  it("says that there is no such file, or that it is none", () => {
    expect(results["nowhere.ts"]?.message).toBe(`Cannot find ${join(directory, "nowhere.ts")}: there is no such file`);
    expect(results["folder.ts"]?.message).toBe(`Cannot load ${join(directory, "folder.ts")}: it is not a file`);
  });
});
