import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const venv = fileURLToPath(new URL("../../.venv/bench", import.meta.url));
const peers = fileURLToPath(new URL("../peers", import.meta.url));

/** A Python that has Optuna, made in .venv/bench where it is missing; undefined, with a note, where that fails. */
export function findPython(): string | undefined {
  const python = `${venv}/bin/python`;
  const has = (): boolean => spawnSync(python, ["-c", "import optuna"]).status === 0;
  if (has()) return python;
  console.error("bench: installing Optuna into .venv/bench …");
  const made = existsSync(python) || spawnSync("python3", ["-m", "venv", venv]).status === 0;
  if (made) spawnSync(python, ["-m", "pip", "install", "--quiet", "optuna==5.0.0"], { stdio: ["ignore", 2, 2] });
  if (made && has()) return python;
  console.log("No Python with Optuna here: the peer is left out.\n");
  return undefined;
}

/** The path of a peer's program. */
export function peerProgram(name: string): string {
  return `${peers}/${name}.py`;
}
