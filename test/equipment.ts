import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { resolve } from "node:path";

/** Something real that some tests need and a bare machine may lack. */
export interface Equipment {
  readonly name: string;
  readonly found: boolean;
  /** Where it stands once `.ci/run` has installed it; undefined for what only the machine itself can allow. */
  readonly path?: string;
}

/** Another version of Node, as the npm registry carries it for this platform. */
function node(version: number): Equipment & { readonly path: string } {
  const path = resolve(`.cache/node-${version}/node_modules/node-${process.platform}-${process.arch}/bin/node`);
  return { name: `Node ${version}`, path, found: existsSync(path) };
}

/** Mounting a small disk of one's own; a kernel may deny it to a container, and then nothing can be installed for it. */
function mounts(): Equipment {
  const args = ["--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", tmpdir()];
  const { status } = process.platform === "linux" ? spawnSync("unshare", args, { stdio: "ignore" }) : { status: null };
  return { name: "a disk of its own (unshare, mount)", found: status === 0 };
}

/** A real browser, as Debian packages it. */
function chromium(): Equipment & { readonly path: string } {
  const path = "/usr/bin/chromium";
  return { name: "Chromium", path, found: existsSync(path) };
}

export const nodes: readonly (Equipment & { readonly path: string })[] = [node(22), node(24)];
export const disk: Equipment = mounts();
export const browser: Equipment & { readonly path: string } = chromium();
export const equipment: readonly Equipment[] = [...nodes, disk, browser];
