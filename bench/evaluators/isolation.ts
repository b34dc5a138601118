import { spawn } from "node:child_process";
import { once } from "node:events";
import { runJob } from "../support/child.ts";
import { Sample } from "../support/sample.ts";
import { printTable } from "../support/table.ts";
import { fixture, isThere, openOurs, taskOf, valueOf } from "./ours.ts";

interface Job {
  readonly part: "isolation";
  readonly who: "isolated" | "spawn";
  readonly workers: number;
}

const ROUNDS = 5;
const ATTEMPTS = 16;

/** Milliseconds per attempt on one worker. The first attempts, which fill caches, are left out. */
async function run({ who, workers }: Job): Promise<number> {
  const evaluator = who === "isolated" ? await openOurs<{ a: number }>(who, workers, "add-search.mjs") : undefined;
  const attempt = async (a: number): Promise<void> => {
    const value = evaluator ? valueOf(await evaluator.evaluate(taskOf(a, { a }))) : await bare(a);
    if (value !== a + 1) throw new Error(`Expected ${a + 1}, got ${value}`);
  };
  await Promise.all(Array.from({ length: workers }, (_, i) => attempt(i)));
  const began = performance.now();
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < ATTEMPTS) await attempt(next++);
  };
  await Promise.all(Array.from({ length: workers }, lane));
  const wall = performance.now() - began;
  await evaluator?.[Symbol.asyncDispose]();
  return (wall * workers) / ATTEMPTS;
}

async function bare(a: number): Promise<number> {
  const child = spawn(process.execPath, [fixture("add-once.mjs"), JSON.stringify({ a })], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
  await once(child, "close");
  return (JSON.parse(text) as { value: number }).value;
}

function compare(): void {
  console.log("\n## A fresh process per attempt\n");
  if (!isThere("isolated")) return console.log("Left out: attune exports no `isolated` yet.");
  const rows = [1, 2].map((workers) => {
    const [ours, theirs]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(runJob<Job, number>("evaluators", { part: "isolation", who: "isolated", workers }));
      theirs.push(runJob<Job, number>("evaluators", { part: "isolation", who: "spawn", workers }));
    }
    const [a, b] = [new Sample(ours), new Sample(theirs)];
    return [`${workers}`, `${a.n}`, a.text, b.text, a.less(b).text, a.over(b).text];
  });
  printTable(
    ["at a time", "n", "isolated, ms per attempt", "bare spawn, ms", "difference, ms", "isolated / bare"],
    rows,
  );
}

export const isolation = { run, compare };
