import { spawn } from "node:child_process";
import { appendFileSync, existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TrialContext } from "../core/evaluator.ts";
import { RetryLater } from "../core/retry-later.ts";
import { realClock } from "../system/clock.ts";

/** What {@link contractObjective} does with a trial, and a number to do it with. */
export interface ContractParams {
  readonly do: keyof typeof deeds;
  readonly x: number;
  /** Anything, to make the parameters large. */
  readonly text?: string;
}

type Deed = (x: number, trial: TrialContext, params: ContractParams) => unknown;

const forever = (trial: TrialContext): Promise<void> => realClock.sleep(2 ** 31, trial.signal);

/** Everything that objectives do, the good and the bad. The name to return is `value`. */
const deeds = {
  return: (x) => x,
  named: (x) => ({ value: x, extra: 2 * x }),
  samples: (x) => [x - 1, x, x + 1],
  async: async (x) => Promise.resolve({ value: { value: x, stderr: 0.5 } }),
  /** Says where it runs. */
  pid: () => process.pid,
  context: (_, { number, attempt, baseline, seed, names }) => ({
    value: number,
    attempt,
    baseline: baseline ? 1 : 0,
    seed,
    names: names.length,
  }),
  /** Takes x milliseconds. */
  sleep: async (x) => {
    await realClock.sleep(x);
    return x;
  },
  throw: (x) => {
    throw Object.assign(new Error(`thrown for ${x}`), { code: "E_CONTRACT" });
  },
  /** Asks to be run again in x milliseconds. */
  later: (x) => {
    throw new RetryLater(x, "not now");
  },
  /** How many attempts there were with this directory. */
  resume: (_, { dir }) => {
    const path = join(dir, "attempts");
    writeFileSync(path, "x", { flag: "a" });
    return statSync(path).size;
  },
  text: () => {
    // oxlint-disable-next-line no-throw-literal
    throw "a text";
  },
  nan: () => NaN,
  "wrong-names": (x) => ({ velue: x }),
  nothing: () => {},
  exit: (x) => process.exit(x),
  signal: async (_, trial) => {
    process.kill(process.pid, "SIGKILL");
    return forever(trial);
  },
  /** Ends when it is told to. */
  hang: async (x, trial) => {
    await forever(trial);
    return x;
  },
  /** Never yields. */
  spin: () => {
    for (;;);
  },
  /** Two reports, then the value. */
  report: async (x, trial) => {
    await trial.report(1, x);
    await trial.report(2, { value: x + 1, extra: 7 });
    return x;
  },
  "report-nan": async (x, trial) => {
    await trial.report(1, NaN);
    return x;
  },
  "forgotten-report": (x, trial) => {
    void trial.report(1, x);
    return x;
  },
  /** The same without ever waiting. */
  "report-sync": (x, trial) => {
    trial.reportSync(1, x);
    trial.reportSync(2, { value: x + 1, extra: 7 });
    return x;
  },
  /** Reports for ever, without ever waiting. */
  "report-on": (x, trial) => {
    for (let step = 0; ; step++) trial.reportSync(step, x);
  },
  /** Says by a line of the log whether a failed report aborted the signal. */
  "report-aborted": (x, trial) => {
    try {
      for (let step = 0; ; step++) trial.reportSync(step, x);
    } finally {
      trial.log(`unwound, ${trial.signal.aborted ? "aborted" : "not aborted"}`);
    }
  },
  log: (x, trial) => {
    trial.log(`first ${x}\nsecond ${x}`);
    return x;
  },
  print: (x) => {
    process.stdout.write(`out ${x}\n`);
    process.stderr.write(`err ${x}\n`);
    return x;
  },
  /** Prints x megabytes. */
  flood: (x) => {
    const lines = `${"flood ".repeat(20)}\n`.repeat(1_000);
    for (let written = 0; written < x * 1e6; written += lines.length) process.stdout.write(lines);
    return x;
  },
  /** Looks at its directory x times, and says where it is and whether it is there. */
  dir: (x, trial) => {
    let there = 0;
    for (let look = 0; look < x; look++) if (existsSync(trial.dir)) there++;
    if (x > 0) trial.log(trial.dir);
    return there;
  },
  /** x times how often it ran in its directory; the baseline's x is doubled. */
  tally: (x, { dir, baseline }) => {
    const file = join(dir, "tally");
    appendFileSync(file, ".");
    return (baseline ? 2 : 1) * x * statSync(file).size;
  },
  /** Says by lines of the log what it leases, and how its environment tells it. */
  environment: (x, trial) => {
    trial.log(`${JSON.stringify(trial.environment)} ${process.env["ATTUNE_CONTRACT"]}`);
    return x;
  },
  /** Says by a line of the log which instance it is to be measured on. */
  instance: (x, trial) => {
    trial.log(JSON.stringify(trial.instance) ?? "none");
    return x;
  },
  leases: (_, trial) => {
    trial.log(JSON.stringify(trial.leases));
    trial.log(`${process.env["ATTUNE_LEASE_GPU"]} ${process.env["CUDA_VISIBLE_DEVICES"]}`);
    return trial.worker;
  },
  /** Its worker's number, x milliseconds later. */
  worker: async (x, trial) => {
    await realClock.sleep(x);
    return trial.worker;
  },
  exclusive: async (x, trial) => trial.exclusive("attune-contract", () => Promise.resolve(x + 1)),
  large: (x, _, { text = "" }) => ({
    value: text.length,
    ...Object.fromEntries(Array.from({ length: x }, (__, i) => [`a name of some length, number ${i}`, i + 0.25])),
  }),
  /** Takes x megabytes outside the heap, a few at a time, and holds them. */
  allocate: async (x, trial) => {
    const held: Buffer[] = [];
    for (; held.length < x / 8; await realClock.sleep(2)) held.push(Buffer.alloc(8e6, 1));
    await forever(trial);
    return held.length;
  },
  /** Nobody handles this rejection. */
  rejection: async (_, trial) => {
    void Promise.reject(new Error("nobody caught this"));
    return forever(trial);
  },
  stderr: (x) => {
    process.stdout.write('{"type":"done","number":0,"outcome":{"state":"pruned"}}\n');
    process.stderr.write(`${"long ago ".repeat(1000)}\nlast words of ${x}\n`);
    throw new Error("after writing");
  },
  memory: () => {
    const held: number[][] = [];
    for (;;) held.push(Array.from({ length: 10_000 }, (_, i) => i + held.length));
  },
  /** Leaves a process behind that ignores SIGTERM, and goes on. Its number is reported. */
  grandchild: async (_, trial) => {
    const child = spawn("sh", ["-c", "trap '' TERM; while :; do sleep 0.1; done"], { stdio: "ignore" });
    await trial.report(1, child.pid!);
    for (;;);
  },
} satisfies Record<string, Deed>;

/** An objective that does what its parameters say, for the evaluator contract. */
export function contractObjective(params: ContractParams, trial: TrialContext): unknown {
  return (deeds as Record<string, Deed>)[params.do]!(params.x, trial, params);
}

/** What a module for evaluators exports: something marked as a search. */
const search: { readonly spec: { readonly objective: typeof contractObjective } } = {
  [Symbol.for("attune.search")]: true,
  spec: { objective: contractObjective },
};
export default search;
