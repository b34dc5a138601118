import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const runner = fileURLToPath(new URL("../../scripts/bench.mjs", import.meta.url));

/** The job of a process that {@link runJob} started; undefined in the benchmark's own process. */
export function givenJob<J>(): J | undefined {
  const at = process.argv.indexOf("--child");
  return at < 0 ? undefined : (JSON.parse(process.argv[at + 1]!) as J);
}

/** Hands a job's result back. */
export function giveResult(result: unknown): void {
  process.stdout.write(`\n${JSON.stringify(result)}\n`);
}

/** Runs a job of a benchmark in a fresh process. */
export function runJob<J, R>(bench: string, job: J, flags: readonly string[] = []): R {
  return runProgram<R>(process.execPath, [...flags, runner, bench, "--child", JSON.stringify(job)]);
}

/** Runs a program whose last line is a JSON value. */
export function runProgram<R>(file: string, args: readonly string[]): R {
  const { status, stdout, stderr, error } = spawnSync(file, args, { encoding: "utf8", maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${file} ${args.join(" ")} failed: ${error?.message ?? stderr}`);
  return JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as R;
}

/** A process that goes on while it is looked at. */
export interface Started {
  readonly pid: number;
  /** Resolves with the rest of the first line that begins like this; rejects if there is none. */
  line(beginning: string): Promise<string>;
}

/** Starts a job of a benchmark in a fresh process. */
export function startJob<J>(bench: string, job: J, env: NodeJS.ProcessEnv = {}): Started {
  return startProgram(process.execPath, [runner, bench, "--child", JSON.stringify(job)], env);
}

export function startProgram(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Started {
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...env } });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  let ended = false;
  reader.once("close", () => (ended = true));
  return {
    pid: child.pid!,
    async line(beginning) {
      for (;;) {
        const found = lines.find((line) => line.startsWith(beginning));
        if (found !== undefined) return found.slice(beginning.length);
        if (ended) throw new Error(`${file} ${args.join(" ")} ended without "${beginning}"`);
        await new Promise((resolve) => reader.once("line", resolve).once("close", resolve));
      }
    },
  };
}

/** Kills processes that may have ended. */
export function killAll(pids: readonly number[]): void {
  for (const pid of pids)
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // it has
    }
}
