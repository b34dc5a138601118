import { timeLimit } from "attune";
import { runJob, runProgram } from "../support/child.ts";
import { npmFile, npmPeer } from "../support/npm.ts";
import { MEASURED, pace, WARM } from "../support/pace.ts";
import { peerProgram } from "../support/python.ts";
import { Sample } from "../support/sample.ts";
import { printTable } from "../support/table.ts";
import { fixture, isThere, openOurs, type Ours, type Peers, startOurs, taskOf, valueOf } from "./ours.ts";

/** Tasks in flight, or a whole search without a journal. */
type Load = 64 | 2 | "search";
type Isolation = "none" | "threads" | "processes";
interface Job {
  readonly part: "throughput";
  readonly who: string;
  readonly isolation: Isolation;
  readonly load: Load;
}
interface Contestant {
  readonly name: string;
  readonly isolation: Isolation;
  readonly load: Load;
  readonly kind: "attune" | "npm" | "DeepHyper" | "Python";
  rate(): number;
}

const ROUNDS = 3;
const WORKERS = 2;
const OURS: Readonly<Record<Isolation, Ours>> = { none: "inline", threads: "threads", processes: "processes" };

/** Tasks per second. */
async function run({ who, isolation, load }: Job): Promise<number> {
  if (who !== "attune") return npm(who, isolation, load as number);
  if (load === "search") return search(OURS[isolation]);
  const evaluator = await openOurs<{ a: number }>(
    OURS[isolation],
    isolation === "none" ? load : WORKERS,
    "add-search.mjs",
  );
  const rate = await pace(load, async (a) => valueOf(await evaluator.evaluate(taskOf(a, { a }))));
  await evaluator[Symbol.asyncDispose]();
  return rate;
}

async function search(name: Ours): Promise<number> {
  const stop = timeLimit(WARM + MEASURED + 300); // to start the workers
  const [handle] = await startOurs(name, WORKERS, "add-search.mjs", { seed: 1, trials: 100_000_000, stop });
  const { trials } = await handle;
  const ends = trials.flatMap(({ finishedAt }) => finishedAt ?? []).sort((a, b) => a - b);
  const counted = ends.filter((end) => end >= ends[0]! + WARM);
  return ((counted.length - 1) * 1000) / (counted.at(-1)! - counted[0]!);
}

async function npm(name: string, isolation: Isolation, load: number): Promise<number> {
  if (name === "workerpool") {
    process.env["WORKERPOOL"] = npmFile(name);
    const { default: library } = await npmPeer<{ default: WorkerPool }>(name);
    const workerType = isolation === "threads" ? "thread" : "process";
    const pool = library.pool(fixture("add-workerpool.cjs"), { workerType, minWorkers: WORKERS, maxWorkers: WORKERS });
    const rate = await pace(load, (a) => pool.exec("add", [{ a }]));
    await pool.terminate();
    return rate;
  }
  const { default: Pool } = await npmPeer<{ default: TaskPool }>(name);
  const pool = new Pool({
    filename: fixture("add.mjs"),
    minThreads: WORKERS,
    maxThreads: WORKERS,
    ...(name === "tinypool" ? { runtime: isolation === "threads" ? "worker_threads" : "child_process" } : {}),
  });
  const rate = await pace(load, (a) => pool.run({ a }));
  await pool.destroy();
  return rate;
}

interface WorkerPool {
  pool(file: string, options: object): { exec(name: string, args: unknown[]): unknown; terminate(): Promise<unknown> };
}
type TaskPool = new (options: object) => { run(task: object): Promise<unknown>; destroy(): Promise<void> };

function compare(peers: Peers): void {
  const all = contestants(peers);
  const rates = new Map(all.map((one): [Contestant, number[]] => [one, []]));
  for (let round = 0; round < ROUNDS; round++) for (const one of all) rates.get(one)!.push(one.rate());
  const samples = new Map(all.map((one): [Contestant, Sample] => [one, new Sample(rates.get(one)!)]));
  const ours = (of: Contestant): Sample | undefined =>
    samples.get(all.find((one) => one.kind === "attune" && one.isolation === of.isolation && one.load === of.load)!);
  console.log("## Tasks per second, an empty objective, 2 workers\n");
  printTable(
    ["who", "isolation", "in flight", "n", "tasks/s, median [quartiles]", "min–max", "attune at the same / this"],
    all.map((one) => {
      const sample = samples.get(one)!;
      const ratio = one.kind === "attune" ? "–" : (ours(one)?.over(sample).text ?? "–");
      return [one.name, one.isolation, `${one.load}`, `${sample.n}`, sample.text, sample.range, ratio];
    }),
  );
  console.log("\nattune over the fastest npm pool of each round:\n");
  const goals = all.filter(
    ({ kind, load, isolation }) => kind === "attune" && load !== "search" && isolation !== "none",
  );
  printTable(
    ["isolation", "in flight", "n", "ratio, median [quartiles]", "min–max"],
    goals.flatMap((one) => {
      const pools = all.filter((p) => p.kind === "npm" && p.isolation === one.isolation && p.load === one.load);
      if (pools.length === 0) return [];
      const fastest = rates.get(one)!.map((_, round) => Math.max(...pools.map((pool) => rates.get(pool)![round]!)));
      const ratio = samples.get(one)!.over(new Sample(fastest));
      return [[one.isolation, `${one.load}`, `${ratio.n}`, ratio.text, ratio.range]];
    }),
  );
}

function contestants({ npm: packages, optuna, deephyper }: Peers): Contestant[] {
  const found: Contestant[] = [];
  const node = (who: string, isolation: Isolation, loads: readonly Load[]): void => {
    for (const load of loads) {
      const job: Job = { part: "throughput", who, isolation, load };
      const [name, kind] = who === "attune" ? ([`attune, ${OURS[isolation]}`, who] as const) : ([who, "npm"] as const);
      found.push({ name, kind, isolation, load, rate: () => runJob<Job, number>("evaluators", job) });
    }
  };
  const python = (name: string, isolation: Isolation, load: Load, file: string, program: string[]): void => {
    const args = [peerProgram(program[0]!), ...program.slice(1), `${WARM / 1000}`, `${MEASURED / 1000}`];
    const kind = name.startsWith("DeepHyper") ? "DeepHyper" : "Python";
    found.push({ name, kind, isolation, load, rate: () => runProgram<{ rate: number }>(file, args).rate });
  };
  for (const [isolation, name] of Object.entries(OURS) as [Isolation, Ours][])
    if (isThere(name)) node("attune", isolation, [64, 2, "search"]);
  for (const name of ["piscina", "tinypool", "workerpool"].filter((each) => packages.includes(each)))
    for (const isolation of name === "piscina" ? (["threads"] as const) : (["threads", "processes"] as const))
      node(name, isolation, [64, 2]);
  for (const load of [64, 2] as const) {
    if (optuna !== undefined)
      python("Python, ProcessPoolExecutor", "processes", load, optuna, ["process_pool", `${load}`]);
    if (deephyper !== undefined)
      for (const [method, isolation] of [
        ["thread", "threads"],
        ["process", "processes"],
      ] as const)
        // prettier-ignore
        python(`DeepHyper, ${method}`, isolation, load, deephyper, [
          "deephyper_evaluator",
          "throughput",
          method,
          `${load}`,
        ]);
  }
  if (optuna !== undefined) python("Optuna, n_jobs=2", "threads", "search", optuna, ["optuna_jobs"]);
  return found;
}

export const throughput = { run, compare };
