import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { printMachine } from "./support/machine.ts";
import { Sample } from "./support/sample.ts";
import { printTable } from "./support/table.ts";

/** Rounds; each runs every program once, so that all of them meet the same weather. */
const ROUNDS = 21;

const path = (to: string): string => fileURLToPath(new URL(to, import.meta.url));
const attune = path("../dist/cli/main.js");
const oneTrial = ["-j", "one.attune.jsonl", "--fresh", "--trials", "1", "--workers", "1", "--quiet"];
const programs: Readonly<Record<string, readonly string[]>> = {
  "node -e 0": ["-e", "0"],
  "attune --help": [attune, "--help"],
  "attune run, 1 trial, inline (.mjs)": [attune, "run", path("fixtures/one.mjs"), ...oneTrial, "-e", "inline"],
  "attune run, 1 trial, inline (.ts)": [attune, "run", path("fixtures/one.ts"), ...oneTrial, "-e", "inline"],
  "attune run, 1 trial, processes (.mjs)": [attune, "run", path("fixtures/one.mjs"), ...oneTrial, "-e", "processes"],
  "attune run, 1 trial, processes (.ts)": [attune, "run", path("fixtures/one.ts"), ...oneTrial, "-e", "processes"],
};

/** Milliseconds from the start to the end of a process, in an empty directory. */
function wallOf(args: readonly string[]): number {
  const cwd = mkdtempSync(join(tmpdir(), "attune-cold-"));
  try {
    const began = performance.now();
    const { status, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
    const wall = performance.now() - began;
    if (status !== 0) throw new Error(`${args.join(" ")}: ${stderr}`);
    return wall;
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

printMachine("cold-start: whole processes, wall ms");
const walls = Object.keys(programs).map((): number[] => []);
for (let round = -1; round < ROUNDS; round++) {
  const times = Object.values(programs).map(wallOf);
  if (round >= 0) for (const [i, time] of times.entries()) walls[i]!.push(time); // the first round fills file caches
}
const samples = walls.map((values) => new Sample(values));
printTable(
  ["program", "n", "ms, median [quartiles]", "min–max", "over bare node, ms", "ratio to bare node"],
  Object.keys(programs).map((name, i) => {
    const [sample, bare] = [samples[i]!, samples[0]!];
    return [name, `${sample.n}`, sample.text, sample.range, sample.less(bare).text, sample.over(bare).text];
  }),
);
