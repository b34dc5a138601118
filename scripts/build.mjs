// Builds dist/ from src/: the declarations by tsc, the JavaScript by esbuild. A file that Node loads costs a quarter of a
// millisecond, in every worker again, so nearly everything goes into one chunk.
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const json = (name) => JSON.parse(readFileSync(`${root}/${name}`, "utf8"));
const source = (path) => path.replace(/^\.\/dist\//, "src/").replace(/\.js$/, ".ts");

rmSync(`${root}/dist`, { recursive: true, force: true });
const tsc = spawnSync(
  process.execPath,
  [`${root}/node_modules/typescript/bin/tsc`, "-p", `${root}/tsconfig.build.json`],
  { stdio: "inherit" },
);
if (tsc.status !== 0) process.exit(tsc.status ?? 1);

const { bin, exports } = json("package.json");
const main = source(`./${bin.attune}`);
const modules = Object.values(exports).flatMap(({ default: file }) => (file === undefined ? [] : [source(file)]));
/** What neither package.json nor an import names, but a path: knip has to be told of these files as well. */
const programs = json("knip.json").entry.filter((file) => /^src\/[^*]*$/.test(file) && !modules.includes(file));
/** What runs in a browser, from one file of its own. */
const browser = "src/charts/browser/main.ts";
/** What no user imports, but a benchmark. */
const measured = ["src/search/read-journal.ts"];

const options = {
  absWorkingDir: root,
  outdir: "dist",
  outbase: "src",
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  keepNames: true, // a printed SearchResult is no _SearchResult
  logLevel: "warning",
};

/** The files that the command line imports when it needs them. */
const lazy = new Set();
await build({
  ...options,
  entryPoints: [main],
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  plugins: [
    {
      name: "lazy-commands",
      setup: ({ onResolve }) =>
        onResolve({ filter: /^\.\/.*\.ts$/ }, ({ kind, path }) => {
          if (kind !== "dynamic-import") return undefined;
          lazy.add(path.replace("./", "src/cli/"));
          return { path: path.replace(/\.ts$/, ".js"), external: true };
        }),
    },
  ],
});

// esbuild makes a chunk for each set of entries that share files. When each entry imports all of the library, that set is
// the same for all files of it, and they make one chunk; so do the commands.
const imports = (files) => [...files].map((file) => `import ${JSON.stringify(`${root}/${file}`)};\n`).join("");
const all = {
  "the-library": imports(modules.filter((file) => !file.startsWith("src/testing/"))),
  "the-commands": imports(lazy),
};
const { metafile } = await build({
  ...options,
  entryPoints: [...modules, ...programs.filter((file) => file !== main && file !== browser), ...lazy, ...measured],
  splitting: true,
  chunkNames: "chunks/[hash]",
  external: ["jiti", "libsql", "vitest", "fast-check", "@uwdata/flechette"],
  ignoreAnnotations: true, // else "sideEffects": false drops the imports added below
  metafile: true,
  plugins: [
    {
      name: "few-chunks",
      setup({ onResolve, onLoad }) {
        onResolve({ filter: /^the-/ }, ({ path }) => ({ path, namespace: "all", sideEffects: true }));
        onLoad({ filter: /.*/, namespace: "all" }, ({ path }) => ({ contents: all[path], resolveDir: root }));
        const entered = new Set();
        onResolve({ filter: /\.ts$/ }, ({ kind, path, resolveDir }) => {
          if (kind === "entry-point" || kind === "dynamic-import") entered.add(resolve(resolveDir, path));
          return undefined;
        });
        onLoad({ filter: /\.ts$/ }, ({ path }) => {
          if (!entered.has(path)) return undefined;
          const more = lazy.has(relative(root, path))
            ? 'import "the-library"; import "the-commands";'
            : 'import "the-library";';
          return { contents: `${readFileSync(path, "utf8")}\n${more}`, loader: "ts" };
        });
      },
    },
  ],
});
/** What the licences of others ask to travel with their code. */
function licences(files) {
  return files.map((file) => readFileSync(`${root}/node_modules/${file}`, "utf8").trim()).join("\n\n");
}
await build({
  absWorkingDir: root,
  entryPoints: [
    { in: browser, out: "report" },
    { in: browser.replace("main.ts", "report.css"), out: "report" },
  ],
  outdir: "dist/charts",
  bundle: true,
  minify: true,
  platform: "browser",
  format: "esm",
  target: "es2022",
  define: { "process.env.NODE_ENV": '"production"' },
  banner: { js: `/*!\n${licences(["echarts/NOTICE", "echarts/licenses/LICENSE-d3", "zrender/LICENSE"])}\n*/` },
  logLevel: "warning",
});
writeFileSync(
  `${root}/dist/charts/THIRD-PARTY.txt`,
  `report.js holds parts of Apache ECharts and of zrender.\n\n${licences(["echarts/NOTICE", "echarts/LICENSE", "echarts/licenses/LICENSE-d3", "zrender/LICENSE"])}\n`,
);
// What is looked up beside import.meta.url must be one folder below dist/, as it is below src/.
for (const file of Object.keys(metafile.outputs))
  if (file.split("/").length !== 3 && readFileSync(`${root}/${file}`, "utf8").includes("import.meta.url"))
    throw new Error(`${file} looks something up beside itself, but does not lie where its sources did`);
copyFileSync(`${root}/src/evaluators/python-host.py`, `${root}/dist/evaluators/python-host.py`);
chmodSync(`${root}/dist/cli/main.js`, 0o755);
