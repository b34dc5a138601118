import { execFileSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { createRequire } from "node:module";

/** Prints what a benchmark ran on. `peer` is the Python that peers run in, `packages` those of it, `others` further peers. */
export function printMachine(
  title: string,
  peer?: string,
  packages: readonly string[] = ["optuna"],
  others: readonly string[] = [],
): void {
  const { version } = createRequire(import.meta.url)("../../package.json") as { version: string };
  const cores = cpus();
  const load = loadavg()[0]!.toFixed(1);
  const peers = [...(peer === undefined ? [] : [versionsOf(peer, packages)]), ...others];
  console.log(`\n# ${title}\n`);
  console.log(
    `attune ${version}, node ${process.version}; ${cores.length} × ${cores[0]?.model.trim()}, load ${load}${peers.map((each) => `; ${each}`).join("")}\n`,
  );
}

function versionsOf(python: string, packages: readonly string[]): string {
  const program =
    "import platform, sys; from importlib.metadata import version; " +
    "print(', '.join([f'Python {platform.python_version()}', *[f'{name} {version(name)}' for name in sys.argv[1:]]]))";
  return execFileSync(python, ["-c", program, ...packages], { encoding: "utf8" }).trim();
}
