import { execFileSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { createRequire } from "node:module";

/** Prints what a benchmark ran on. `peer` is the Python that peers run in. */
export function printMachine(title: string, peer?: string): void {
  const { version } = createRequire(import.meta.url)("../../package.json") as { version: string };
  const cores = cpus();
  const load = loadavg()[0]!.toFixed(1);
  const peers = peer === undefined ? "" : `; ${versionsOf(peer)}`;
  console.log(`\n# ${title}\n`);
  console.log(
    `attune ${version}, node ${process.version}; ${cores.length} × ${cores[0]?.model.trim()}, load ${load}${peers}\n`,
  );
}

function versionsOf(python: string): string {
  const program = "import platform, optuna; print(f'Python {platform.python_version()}, Optuna {optuna.__version__}')";
  return execFileSync(python, ["-c", program], { encoding: "utf8" }).trim();
}
