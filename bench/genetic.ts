/**
 * Quality and cost of `genetic()` beside pymoo's NSGA-III (and NSGA-II), run in turns: A B A B, same budgets, same seeds.
 *
 *   npm run bench -- genetic     # SEEDS=11 by default; about a minute
 *
 * The peer needs Python 3 with venv and pip; without them only our own figures are printed.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createRandom, type Random } from "../src/core/random.ts";
import { hypervolume } from "../src/math/hypervolume.ts";
import { igd } from "../src/math/igd.ts";
import { dtlz2, type Problem, zdt1 } from "../src/problems/index.ts";
import { Evolution } from "../src/samplers/genetic/evolution.ts";

interface Run {
  /** The losses of the last population. */
  readonly losses: readonly (readonly number[])[];
  /** Seconds of CPU time, evaluations of the problem included. */
  readonly cpu: number;
}
interface Job {
  readonly problem: string;
  readonly algorithm: string;
  readonly pool: number;
  readonly generations: number;
  readonly partitions: number;
  readonly seed: number;
}

const PYMOO = "pymoo==0.6.2";
const seeds = Number(process.env["SEEDS"] ?? 11);

function ours(problem: Problem, pool: number, generations: number, seed: number): Run {
  const { space, objectives } = problem;
  const before = process.cpuUsage();
  const evolution = new Evolution(
    {
      cube: space.cube,
      objectives: objectives.length,
      constraints: 0,
      generations,
      random: createRandom(seed),
      warn: console.warn,
    },
    { pool },
  );
  const rest = { state: "complete", constraints: [], cost: 1, duration: 1, reports: [] } as const;
  for (let number = 0; ; number++) {
    const answer = evolution.ask({ running: [] });
    if (typeof answer === "string") break;
    const unit = space.cube.settle(answer.unit)!;
    evolution.tell({ ...rest, number, unit, losses: problem.losses(space.rowAt(unit)), memo: answer.memo! });
  }
  const losses = evolution.population.map((member) => member.losses);
  const { user, system } = process.cpuUsage(before);
  return { losses, cpu: (user + system) / 1e6 };
}

/** A pymoo process that answers one job at a time. */
class Peer implements Disposable {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(python: string) {
    const script = fileURLToPath(new URL("peers/pymoo_nsga3.py", import.meta.url));
    this.#process = spawn(python, [script], { stdio: ["pipe", "pipe", "inherit"] });
    this.#lines = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]();
  }

  async read(): Promise<unknown> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("the peer ended early");
    return JSON.parse(value);
  }

  async run(job: Job): Promise<Run> {
    this.#process.stdin!.write(`${JSON.stringify(job)}\n`);
    return (await this.read()) as Run;
  }

  [Symbol.dispose](): void {
    this.#process.stdin!.end();
  }
}

/** The Python of a virtual environment with pymoo; undefined when it cannot be made. */
function python(): string | undefined {
  const home = fileURLToPath(new URL("../.venv/bench", import.meta.url));
  const path = `${home}/bin/python`;
  try {
    if (!existsSync(path)) execFileSync("python3", ["-m", "venv", home]);
    execFileSync(path, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", PYMOO], { stdio: "ignore" });
    return path;
  } catch (error) {
    console.log(`no peer: ${(error as Error).message.split("\n")[0]}`);
    return undefined;
  }
}

function quantile(list: readonly number[], q: number): number {
  const sorted = [...list].sort((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const low = sorted[Math.floor(at)]!;
  return low + (sorted[Math.ceil(at)]! - low) * (at - Math.floor(at));
}

function spread(list: readonly number[], digits: number): string {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((q) => quantile(list, q).toPrecision(digits));
  return `${middle} [${low}, ${high}]`;
}

/** The ratio of medians a / b with a 95 % bootstrap interval over seeds. */
function ratio(a: readonly number[], b: readonly number[], random: Random): string {
  const draw = (list: readonly number[]): number[] => list.map(() => list[random.integer(list.length)]!);
  const draws = Array.from({ length: 10_000 }, () => quantile(draw(a), 0.5) / quantile(draw(b), 0.5));
  const [low, high] = [0.025, 0.975].map((q) => quantile(draws, q).toFixed(3));
  return `${(quantile(a, 0.5) / quantile(b, 0.5)).toFixed(3)} (95 %: ${low} … ${high})`;
}

const sphere = dtlz2().front(91);
const tasks = [
  {
    title: "DTLZ2, 3 losses, 12 variables, 250 generations of 92: targeted IGD (less is better)",
    problem: dtlz2(),
    pool: 92,
    generations: 250,
    partitions: 12,
    peers: ["nsga3"],
    measure: (losses: Run["losses"]) => igd(sphere, losses),
  },
  {
    title: "ZDT1, 30 variables, 100 generations of 100: hypervolume below (1.1, 1.1) (more is better)",
    problem: zdt1(),
    pool: 100,
    generations: 100,
    partitions: 99,
    peers: ["nsga2", "nsga3"],
    measure: (losses: Run["losses"]) => hypervolume(losses, [1.1, 1.1]),
  },
];

const path = python();
using peer = path === undefined ? undefined : new Peer(path);
const versions = peer === undefined ? {} : await peer.read();
console.log(JSON.stringify({ node: process.version, cpu: cpus()[0]?.model, ...(versions as object), seeds }));

for (const { title, problem, pool, generations, partitions, peers, measure } of tasks) {
  const runs = new Map<string, { quality: number[]; cost: number[] }>();
  const record = (name: string, { losses, cpu }: Run): void => {
    const entry = runs.get(name) ?? { quality: [], cost: [] };
    runs.set(name, entry);
    entry.quality.push(measure(losses));
    entry.cost.push((cpu * 1e6) / (pool * generations));
  };
  for (let seed = 1; seed <= seeds; seed++) {
    record("genetic", ours(problem, pool, generations, seed));
    for (const algorithm of peer === undefined ? [] : peers)
      record(
        `pymoo ${algorithm}`,
        await peer!.run({ problem: problem.name, algorithm, pool, generations, partitions, seed }),
      );
  }
  console.log(`\n${title}`);
  for (const [name, { quality, cost }] of runs)
    console.log(`  ${name.padEnd(12)} ${spread(quality, 4).padEnd(36)} CPU per evaluation ${spread(cost, 3)} µs`);
  const mine = runs.get("genetic")!;
  for (const [name, { quality, cost }] of runs) {
    if (name === "genetic") continue;
    console.log(`  genetic / ${name}: quality ${ratio(mine.quality, quality, createRandom("quality"))}`);
    console.log(`  genetic / ${name}: CPU     ${ratio(mine.cost, cost, createRandom("cost"))}`);
  }
}
