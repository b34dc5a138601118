import { spawn } from "node:child_process";
import type { TrialContext } from "../core/evaluator.ts";
import { realClock } from "../system/clock.ts";

/** What {@link contractObjective} does with a trial, and a number to do it with. */
export interface ContractParams {
  readonly do: keyof typeof deeds;
  readonly x: number;
}

type Deed = (x: number, trial: TrialContext) => unknown;

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
  return (deeds as Record<string, Deed>)[params.do]!(params.x, trial);
}

/** What a module for evaluators exports: something marked as a search. */
const search: { readonly spec: { readonly objective: typeof contractObjective } } = {
  [Symbol.for("attune.search")]: true,
  spec: { objective: contractObjective },
};
export default search;
