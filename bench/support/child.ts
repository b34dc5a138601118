import { spawnSync } from "node:child_process";
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
