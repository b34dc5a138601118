import { spawnSync, type SpawnSyncOptions } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const venv = fileURLToPath(new URL("../../.venv/bench", import.meta.url));
const peers = fileURLToPath(new URL("../peers", import.meta.url));

/**
 * A Python that has a package of `bench/peers/requirements.txt`, made in .venv/bench where it is missing; undefined, with
 * a note, where that fails. `module` is what the package is imported as.
 */
export function findPython(name = "optuna", module = name): string | undefined {
  const python = `${venv}/bin/python`;
  const has = (): boolean => spawnSync(python, ["-c", `import ${module}`]).status === 0;
  if (has()) return python;
  console.error(`bench: installing ${name} into .venv/bench …`);
  const wanted = readFileSync(`${peers}/requirements.txt`, "utf8")
    .split("\n")
    .find((line) => line.startsWith(`${name}==`));
  const made = existsSync(python) || spawnSync("python3", ["-m", "venv", venv]).status === 0;
  if (made && wanted !== undefined)
    spawnSync(python, ["-m", "pip", "install", "--quiet", wanted], { stdio: ["ignore", 2, 2] });
  if (made && has()) return python;
  console.log(`No Python with ${name} here: the peer is left out.\n`);
  return undefined;
}

/**
 * A Python with everything in `bench/peers/NAME.txt`, made in .venv/bench-NAME where it is missing; undefined, with a note,
 * where that fails.
 */
export function findPythonWith(name: string): string | undefined {
  const home = `${venv}-${name}`;
  const python = `${home}/bin/python`;
  const complete = `${home}/complete`;
  if (existsSync(complete)) return python;
  console.error(`bench: installing peers/${name}.txt into .venv/bench-${name} …`);
  const options: SpawnSyncOptions = { stdio: ["ignore", 2, 2] };
  if (
    spawnSync("python3", ["-m", "venv", home], options).status === 0 &&
    spawnSync(python, ["-m", "pip", "install", "--quiet", "-r", `${peers}/${name}.txt`], options).status === 0
  ) {
    writeFileSync(complete, "");
    return python;
  }
  console.log("The peers cannot be installed here: they are left out.\n");
  return undefined;
}

/** The path of a peer's program. */
export function peerProgram(name: string): string {
  return `${peers}/${name}.py`;
}
