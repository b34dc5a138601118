// Runs bench/NAME.ts on the built package: `attune` is dist/ as Node loads it, only the benchmark itself is transpiled.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const [name, ...args] = process.argv.slice(2);
const names = readdirSync(`${root}/bench`)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -3));
if (name === undefined || !names.includes(name)) {
  console.error(`usage: npm run bench -- NAME\n${names.join("\n")}`);
  process.exit(name === undefined ? 0 : 2);
}
if (!args.includes("--child")) {
  const { status } = spawnSync(process.execPath, [`${root}/scripts/setup.mjs`], { stdio: ["ignore", 2, 2] });
  if (status !== 0) process.exit(1);
}

/** What benchmarks import, by the files of dist/. */
const { exports } = JSON.parse(readFileSync(`${root}/package.json`, "utf8"));
const files = { "../src/search/read-journal.ts": "./dist/search/read-journal.js" };
for (const [path, target] of Object.entries(exports))
  if (target.default && path !== "./testing") files[`attune${path.slice(1)}`] = target.default;
const virtualModules = {};
for (const [specifier, file] of Object.entries(files))
  virtualModules[specifier] = await import(new URL(`../${file}`, import.meta.url).href);

const { createJiti } = await import("jiti");
await createJiti(import.meta.url, { virtualModules }).import(`${root}/bench/${name}.ts`);
