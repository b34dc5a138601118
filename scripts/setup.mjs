// Makes a fresh clone ready: installs what package-lock.json names and builds dist/, each only when it is stale.
// Needs nothing but Node and npm.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`attune needs Node ≥ 20.19, this is ${process.versions.node}`);
  process.exit(1);
}

const lock = digest(["package-lock.json"]);
if (!matches("node_modules/.attune-setup", lock)) {
  console.error("setup: installing dependencies …");
  run(process.platform === "win32" ? "npm.cmd" : "npm", [
    "install",
    "--no-save",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
  ]);
  writeFileSync(`${root}/node_modules/.attune-setup`, lock);
}

const sources = digest([
  "package.json",
  "tsconfig.json",
  "tsconfig.build.json",
  "knip.json",
  "scripts/build.mjs",
  ...list("src"),
]);
if (!matches("dist/.attune-setup", sources)) {
  console.error("setup: building …");
  rmSync(`${root}/dist`, { recursive: true, force: true });
  run(process.execPath, ["scripts/build.mjs"]);
  mkdirSync(`${root}/dist`, { recursive: true });
  writeFileSync(`${root}/dist/.attune-setup`, sources);
}

function run(file, args) {
  const { status, error } = spawnSync(file, args, { cwd: root, stdio: ["ignore", 2, 2] });
  if (status === 0) return;
  console.error(`setup: ${file} ${args.join(" ")} failed${error ? `: ${error.message}` : ""}`);
  process.exit(1);
}

function matches(path, text) {
  return existsSync(`${root}/${path}`) && readFileSync(`${root}/${path}`, "utf8") === text;
}

function list(folder) {
  return readdirSync(`${root}/${folder}`, { recursive: true })
    .map((name) => `${folder}/${name}`)
    .filter((name) => statSync(`${root}/${name}`).isFile())
    .sort();
}

function digest(paths) {
  const hash = createHash("sha256");
  for (const path of paths)
    hash
      .update(path)
      .update("\0")
      .update(readFileSync(`${root}/${path}`))
      .update("\0");
  return hash.digest("hex");
}
