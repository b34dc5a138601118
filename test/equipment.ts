import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { resolve } from "node:path";

/** Something real that some tests need and a bare machine may lack. */
export interface Equipment {
  readonly name: string;
  readonly found: boolean;
  /** Where it stands once `.ci/run` has installed it, or found it; undefined for what only the machine itself can allow. */
  readonly path?: string;
}

/** Another version of Node, as the npm registry carries it for this platform. */
function node(version: number): Equipment & { readonly path: string } {
  const path = resolve(`.cache/node-${version}/node_modules/node-${process.platform}-${process.arch}/bin/node`);
  return { name: `Node ${version}`, path, found: existsSync(path) };
}

/** Python packages in an environment of their own, in .cache. */
function python(name: string, version: string): Equipment & { readonly path: string } {
  const path = resolve(`.cache/${name.toLowerCase()}-${version}/bin/python`);
  return { name, path, found: existsSync(path) && existsSync(`${path}-installed`) };
}

/** Mounting a small disk of one's own; a kernel may deny it to a container, and then nothing can be installed for it. */
function mounts(): Equipment {
  const args = ["--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", tmpdir()];
  const { status } = process.platform === "linux" ? spawnSync("unshare", args, { stdio: "ignore" }) : { status: null };
  return { name: "a disk of its own (unshare, mount)", found: status === 0 };
}

/** A program that the machine may have. */
function program(name: string, file: string, args: readonly string[]): Equipment {
  return { name, found: spawnSync(file, args, { stdio: "ignore" }).status === 0 };
}

/** An Optuna with its dashboard, in an environment of Python's of its own. */
function optuna(version: string): Equipment & { readonly path: string } {
  const directory = resolve(`.cache/optuna-${version}`);
  return { name: `Optuna ${version}`, path: `${directory}/bin/python`, found: existsSync(`${directory}/complete`) };
}

/** A real browser, as Debian packages it. */
function chromium(): Equipment & { readonly path: string } {
  const path = "/usr/bin/chromium";
  return { name: "Chromium", path, found: existsSync(path) };
}

export const nodes: readonly (Equipment & { readonly path: string })[] = [node(22), node(24)];
export const disk: Equipment = mounts();
export const python3: Equipment = {
  ...program("Python ≥ 3.8", "python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 8))"]),
  path: "python3",
};
export const perl: Equipment = program("Perl", "perl", ["-MJSON::PP", "-e", "1"]);
export const gcc: Equipment = program("gcc", "gcc", ["--version"]);
export const optunas: readonly (Equipment & { readonly path: string })[] = [optuna("5.0.0"), optuna("4.9.0")];
/** A server, and the client by which other programs read it. */
export const mlflow: Equipment & { readonly path: string } = python("MLflow", "3.17.2");
export const browser: Equipment & { readonly path: string } = chromium();
export const equipment: readonly Equipment[] = [...nodes, disk, python3, perl, gcc, ...optunas, mlflow, browser];
