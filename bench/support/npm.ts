import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const manifest = fileURLToPath(new URL("../peers/package.json", import.meta.url));
const directory = fileURLToPath(new URL("../../.cache/bench-npm", import.meta.url));

/** Installs what `bench/peers/package.json` pins into .cache/bench-npm, where it is not there; says which packages are. */
export function findNpmPeers(): readonly string[] {
  const { dependencies } = JSON.parse(readFileSync(manifest, "utf8")) as { dependencies: Record<string, string> };
  const isThere = ([name, version]: [string, string]): boolean => versionOf(name) === version;
  const wanted = Object.entries(dependencies);
  if (!wanted.every(isThere)) {
    console.error(`bench: installing ${wanted.map((each) => each.join("@")).join(", ")} into .cache/bench-npm …`);
    mkdirSync(directory, { recursive: true });
    copyFileSync(manifest, `${directory}/package.json`);
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    const flags = ["--silent", "--no-audit", "--no-fund", "--no-package-lock"];
    spawnSync(npm, ["install", ...flags], { cwd: directory, stdio: ["ignore", 2, 2] });
  }
  for (const each of wanted)
    if (!isThere(each)) console.log(`${each.join("@")} cannot be installed here: the peer is left out.\n`);
  return wanted.filter(isThere).map(([name]) => name);
}

/** `name version` of the installed ones. */
export function npmVersions(names: readonly string[]): string[] {
  return names.map((name) => `${name} ${versionOf(name)}`);
}

function versionOf(name: string): string | undefined {
  const path = `${directory}/node_modules/${name}/package.json`;
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version : undefined;
}

/** The file that a package starts at. */
export function npmFile(name: string): string {
  return createRequire(`${directory}/package.json`).resolve(name);
}

/** Loads a package as Node does. */
export async function npmPeer<T>(name: string): Promise<T> {
  return (await import(pathToFileURL(npmFile(name)).href)) as T;
}
