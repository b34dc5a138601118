import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** A directory that other users may read, with a program of test/fixtures bundled for Node. */
export async function bundle(name: string): Promise<{ directory: string; program: string }> {
  const directory = mkdtempSync(join(tmpdir(), "attune-"));
  const program = join(directory, `${name}.mjs`);
  await build({
    entryPoints: [fileURLToPath(new URL(`../fixtures/${name}.ts`, import.meta.url))],
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    outfile: program,
    logLevel: "error",
  });
  return { directory, program };
}

/** A started program, with the lines that it has written so far. */
export interface Started {
  readonly child: ChildProcess;
  readonly lines: string[];
  /** Resolves once it has written so many lines, or has ended. */
  wrote(count: number): Promise<void>;
  readonly ended: Promise<unknown>;
}

export function start(
  command: string,
  args: readonly string[],
  options: { uid?: number; env?: Readonly<Record<string, string>> } = {},
): Started {
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "inherit"],
    ...options,
    env: { ...process.env, ...options.env },
  });
  const lines: string[] = [];
  const reader = createInterface(child.stdout);
  const ended = Promise.all([once(child, "exit"), once(reader, "close")]);
  reader.on("line", (line) => lines.push(line));
  const wrote = async (count: number): Promise<void> => {
    while (lines.length < count && child.exitCode === null && child.signalCode === null)
      await Promise.race([once(reader, "line"), ended]);
  };
  return { child, lines, wrote, ended };
}
