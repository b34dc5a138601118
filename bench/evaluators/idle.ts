import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { killAll, startJob, startProgram, type Started } from "../support/child.ts";
import { npmPeer } from "../support/npm.ts";
import { cpuOf, treeOf } from "../support/proc.ts";
import { peerProgram } from "../support/python.ts";
import { Sample } from "../support/sample.ts";
import { printTable } from "../support/table.ts";
import { fixture, isThere, type Ours, type Peers, startOurs } from "./ours.ts";

interface Job {
  readonly part: "idle";
  readonly who: Ours | "piscina";
}

const ROUNDS = 2;
const WORKERS = 8;
/** Milliseconds after everyone fell asleep, and those in which processor time is counted. */
const SETTLE = 500;
const WINDOW = 2_000;

/** Never ends by itself. */
async function run({ who }: Job): Promise<void> {
  if (who === "piscina") {
    const { default: Pool } = await npmPeer<{ default: new (o: object) => { run(task: object): Promise<unknown> } }>(
      who,
    );
    const pool = new Pool({ filename: fixture("sleep.mjs"), minThreads: WORKERS, maxThreads: WORKERS });
    await Promise.all(Array.from({ length: WORKERS }, () => pool.run({})));
    return;
  }
  const [handle] = await startOurs(who, WORKERS, "sleep-search.mjs", { trials: WORKERS });
  await handle;
}

async function compare({ npm, deephyper }: Peers): Promise<void> {
  const file = join(mkdtempSync(join(tmpdir(), "attune-idle-")), "asleep");
  const env = { ASLEEP: file };
  const node = (who: Job["who"]) => (): Started => startJob<Job>("evaluators", { part: "idle", who }, env);
  const all: [name: string, start: () => Started][] = (["processes", "threads"] as const)
    .filter(isThere)
    .map((who) => [`attune, a search, ${who}`, node(who)]);
  if (npm.includes("piscina")) all.push(["piscina, threads", node("piscina")]);
  if (deephyper !== undefined) {
    const program = [peerProgram("deephyper_evaluator"), "sleep", "process"];
    for (const [name, done] of [
      ["none", "0"],
      ["1", "1"],
    ] as const)
      all.push([
        `DeepHyper, process, gather("BATCH", 2), ${name} more is done`,
        () => startProgram(deephyper, [...program, done], env),
      ]);
  }
  const shares = all.map((): number[] => []);
  const sizes = all.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++)
    for (const [i, [, start]] of all.entries()) {
      writeFileSync(file, "");
      const started = start();
      while (statSync(file).size < WORKERS) await setTimeout(20);
      await setTimeout(SETTLE);
      const tree = treeOf(started.pid);
      const [cpu, began] = [cpuOf(tree), performance.now()];
      await setTimeout(WINDOW);
      shares[i]!.push(((cpuOf(tree) - cpu) / (performance.now() - began)) * 100);
      sizes[i]!.push(tree.length);
      killAll(treeOf(started.pid));
    }
  rmSync(dirname(file), { recursive: true });
  console.log("\n## Processor time while 8 workers sleep\n");
  printTable(
    ["who", "n", "processes", "% of one core, median [quartiles]", "min–max"],
    all.map(([name], i) => {
      const share = new Sample(shares[i]!);
      return [name, `${share.n}`, `${new Sample(sizes[i]!).median}`, share.text, share.range];
    }),
  );
}

export const idle = { run, compare };
