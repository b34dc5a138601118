import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { killAll, startJob } from "../support/child.ts";
import { npmPeer } from "../support/npm.ts";
import { isAlive, treeOf } from "../support/proc.ts";
import { Sample } from "../support/sample.ts";
import { printTable } from "../support/table.ts";
import { fixture, isThere, type Ours, openOurs, type Peers, taskOf } from "./ours.ts";

type Who = Ours | "execa" | "tree-kill" | "piscina";
interface Job {
  readonly part: "stubborn";
  readonly who: Who;
  readonly file: string;
  /** Whether the owner ends the tree, or is killed. */
  readonly ends: boolean;
}

const ROUNDS = 3;
/** The tree's processes: a shell, its child, a child in a session of its own and a daemon. All ignore SIGTERM. */
const SIZE = 4;
/** Milliseconds that the tree has to grow, from its end by force to that by SIGKILL, and that survivors are watched. */
const TIMEOUT = 1_000;
const FORCE = 500;
const WATCHED = 2_500;
const script = fileURLToPath(new URL("../../test/fixtures/tree.sh", import.meta.url));

/** Starts the tree and ends it, or waits to be killed. Says when the end is due, in milliseconds since 1970. */
async function run({ who, file, ends }: Job): Promise<void> {
  const due = (ms = 0): void => console.log(`due ${performance.timeOrigin + performance.now() + ms}`);
  process.env["STUBBORN"] = script;
  const timeout = ends ? TIMEOUT : 600_000;
  if (who === "execa") {
    const { execa } = await npmPeer<{ execa(file: string, args: string[], options: object): Promise<unknown> }>(who);
    due(timeout);
    const options = { timeout, forceKillAfterDelay: FORCE, stdio: "ignore", reject: false };
    await execa("sh", ["-c", 'exec sh "$0" >> "$1"', script, file], options);
  } else if (who === "tree-kill") {
    const { default: treeKill } = await npmPeer<{ default: (pid: number, signal: string, done: () => void) => void }>(
      who,
    );
    const { pid } = spawn("sh", ["-c", 'exec sh "$0" >> "$1"', script, file], { stdio: "ignore" });
    const kill = (signal: string): Promise<void> => new Promise((done) => treeKill(pid!, signal, done));
    due(timeout);
    await setTimeout(timeout);
    await kill("SIGTERM");
    await setTimeout(FORCE);
    await kill("SIGKILL");
  } else if (who === "piscina") {
    const { default: Pool } = await npmPeer<{ default: AbortablePool }>(who);
    const pool = new Pool({ filename: fixture("stubborn.mjs"), maxThreads: 1 });
    due(timeout);
    await pool.run(file, { signal: AbortSignal.timeout(timeout) }).catch(() => {});
    await pool.destroy();
  } else {
    const evaluator = await openOurs<{ file: string }>(who, 1, "stubborn-search.mjs");
    const placed = (): void => due(timeout);
    const outcome = await evaluator.evaluate(taskOf(0, { file }, { timeout, placed }));
    if (outcome.state !== "failed" || outcome.failure.kind !== "timeout") throw new Error(JSON.stringify(outcome));
    await evaluator[Symbol.asyncDispose]();
  }
  if (!ends) await setTimeout(timeout);
}

type AbortablePool = new (options: object) => {
  run(task: unknown, options: object): Promise<unknown>;
  destroy(): Promise<void>;
};

interface End {
  readonly survivors: number;
  /** Milliseconds from when the end was due to the last process gone. */
  readonly took: number;
}

async function measure(who: Who, ends: boolean): Promise<End> {
  const directory = mkdtempSync(join(tmpdir(), "attune-stubborn-"));
  const file = join(directory, "pids");
  const owner = startJob<Job>("evaluators", { part: "stubborn", who, file, ends });
  const now = (): number => performance.timeOrigin + performance.now();
  const pids = (): number[] => (existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").map(Number) : []);
  let due = Number(await owner.line("due "));
  const grown = ends ? due : now() + TIMEOUT;
  while (pids().length < SIZE && now() < grown) await setTimeout(5);
  const tree = pids();
  if (tree.length !== SIZE) throw new Error(`the tree of ${who} has ${tree.length} processes`);
  await setTimeout(Math.max(0, ends ? due - now() : 200));
  const descendants = treeOf(owner.pid);
  if (!ends) {
    due = now();
    process.kill(owner.pid, "SIGKILL");
  }
  while (tree.some(isAlive) && now() < due + WATCHED) await setTimeout(1);
  const took = now() - due;
  const survivors = tree.filter(isAlive).length;
  killAll([...tree, ...descendants]);
  rmSync(directory, { recursive: true });
  return { survivors, took };
}

async function compare({ npm }: Peers): Promise<void> {
  const all: [name: string, who: Who, ends: boolean][] = [];
  for (const who of (["processes", "isolated"] as const).filter(isThere))
    all.push([`attune, ${who}, timeout`, who, true], [`attune, ${who}, kill −9 of the main process`, who, false]);
  if (npm.includes("execa"))
    all.push(
      [`execa, timeout, forceKillAfterDelay ${FORCE}`, "execa", true],
      ["execa, kill −9 of the main process", "execa", false],
    );
  if (npm.includes("tree-kill")) all.push([`tree-kill, SIGTERM, ${FORCE} ms, SIGKILL`, "tree-kill", true]);
  if (npm.includes("piscina"))
    all.push(["piscina, abort", "piscina", true], ["piscina, kill −9 of the main process", "piscina", false]);
  const found = all.map((): End[] => []);
  for (let round = 0; round < ROUNDS; round++)
    for (const [i, [, who, ends]] of all.entries()) found[i]!.push(await measure(who, ends));
  console.log(
    "\n## The end of a stubborn tree: a shell, a child, one in a session of its own, a daemon; all ignore SIGTERM\n",
  );
  printTable(
    ["who", "n", "survivors of 4", "ms until the last is gone, median [quartiles]", "min–max"],
    all.map(([name], i) => {
      const survivors = found[i]!.map((end) => end.survivors);
      const most = Math.max(...survivors);
      const took = new Sample(found[i]!.map((end) => end.took));
      const counts = [...new Set(survivors)].sort((a, b) => a - b).join(" or ");
      return [name, `${ROUNDS}`, counts, most > 0 ? "never" : took.text, most > 0 ? "–" : took.range];
    }),
  );
}

export const stubborn = { run, compare };
