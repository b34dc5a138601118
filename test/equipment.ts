import { existsSync } from "node:fs";
import { resolve } from "node:path";

/** Something real that some tests need and a bare machine may lack. */
export interface Equipment {
  readonly name: string;
  /** Where it stands once `.ci/run` has installed it. */
  readonly path: string;
  readonly found: boolean;
}

/** Another version of Node, as the npm registry carries it for this platform. */
function node(version: number): Equipment {
  const path = resolve(`.cache/node-${version}/node_modules/node-${process.platform}-${process.arch}/bin/node`);
  return { name: `Node ${version}`, path, found: existsSync(path) };
}

export const equipment: readonly Equipment[] = [node(22), node(24)];
