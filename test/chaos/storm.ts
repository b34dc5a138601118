import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../../src/core/random.ts";
import { judge, type Violation } from "./judge.ts";
import { kill, marked, start, type Started, survivors } from "./processes.ts";
import { SCRIPT } from "./programs.ts";
import type { Scenario } from "./scenarios.ts";
import { tear, wholeBatches } from "./tearing.ts";

export type Target = "worker" | "main" | "both";

/** What came of some searches that were killed again and again. */
export interface Tally {
  readonly kills: Record<Target, number>;
  /** Starts of a main process on a journal that there was already. */
  resumes: number;
  /** Trials in the journals at the end. */
  trials: number;
  torn: number;
  readonly violations: Violation[];
}

export interface StormOptions {
  readonly random: Random;
  readonly kills: number;
  /** The budget of each search. @default 40 */
  readonly trials?: number;
  /** Main processes on one journal at a time. @default 1 */
  readonly mains?: number;
}

/** Milliseconds that what a killed main process leaves behind has to be gone in. */
const GONE = 5_000;
/** Milliseconds that a search may take that is not killed any more. */
const LIMIT = 60_000;

/** Runs searches of a scenario, kills their processes at random moments, and judges every one that came to its end. */
export async function storm(scenario: Scenario, options: StormOptions): Promise<Tally> {
  const tally: Tally = { kills: { worker: 0, main: 0, both: 0 }, resumes: 0, trials: 0, torn: 0, violations: [] };
  for (let search = 0; killsOf(tally) < options.kills; search++)
    await new Search(scenario, { ...options, random: options.random.fork(search) }, tally).run();
  return tally;
}

export function killsOf({ kills }: Tally): number {
  return kills.worker + kills.main + kills.both;
}

interface Main extends Started {
  readonly mark: string;
}

/** One search, from its start to the end of its budget, through all kills. */
class Search {
  readonly #scenario: Scenario;
  readonly #random: Random;
  readonly #kills: number;
  readonly #trials: number;
  readonly #wanted: number;
  readonly #tally: Tally;
  readonly #directory = mkdtempSync(join(tmpdir(), "attune-chaos-"));
  readonly #journal = join(this.#directory, "tune.attune.jsonl");
  readonly #snapshots: string[] = [];
  #mains: Main[] = [];
  #starts = 0;

  constructor(scenario: Scenario, { random, kills, trials = 40, mains = 1 }: StormOptions, tally: Tally) {
    this.#scenario = scenario;
    this.#random = random;
    this.#kills = kills;
    this.#trials = trials;
    this.#wanted = mains;
    this.#tally = tally;
    writeFileSync(join(this.#directory, "work.sh"), SCRIPT);
    const text = scenario.program(trials, random.integer(2 ** 31), this.#directory);
    writeFileSync(join(this.#directory, scenario.file), text);
  }

  async run(): Promise<void> {
    try {
      while (this.#mains.length < this.#wanted) this.#start();
      while (killsOf(this.#tally) < this.#kills && (await this.#moment())) await this.#strike();
      await this.#end();
    } finally {
      for (const { mark, child } of this.#mains) for (const pid of [child.pid!, ...marked(mark)]) kill(pid);
      rmSync(this.#directory, { recursive: true, force: true });
    }
  }

  #start(): void {
    const first = !existsSync(this.#journal);
    const { run, resume } = this.#scenario;
    const mark = `${this.#directory}:${this.#starts++}`;
    const words = first || this.#random.uniform() < 0.5 ? run : resume;
    if (!first) this.#tally.resumes++;
    this.#mains.push({ mark, ...start(mark, this.#directory, words) });
  }

  /** Waits for the next moment to kill at; false when the search has come to its end before. */
  async #moment(): Promise<boolean> {
    const random = this.#random;
    const early = random.uniform() < 0.25;
    const size = early ? 0 : this.#size() + random.integer(4_000);
    const until = Date.now() + LIMIT;
    while (this.#living.length > 0 && this.#size() < size) {
      if (Date.now() > until) throw new Error(`Nothing goes on any more in ${this.#directory}`);
      await sleep(2);
    }
    await sleep(random.integer(early ? 400 : 20));
    return this.#living.length > 0;
  }

  async #strike(): Promise<void> {
    const living = this.#living;
    const main = living[this.#random.integer(living.length)]!;
    const workers = [...marked(main.mark, "ATTUNE_WORKER="), ...marked(main.mark, "ATTUNE_TRIAL=")];
    const wished = (["worker", "main", "both"] as const)[this.#random.integer(3)]!;
    const target = workers.length === 0 ? "main" : wished; // nothing else runs at the moment
    if (target !== "worker") kill(main.child.pid!);
    if (target !== "main") kill(workers[this.#random.integer(workers.length)]!);
    this.#tally.kills[target]++;
    if (target === "worker") return this.#look();
    await main.ended;
    await this.#expectGone(main);
    if (this.#living.length === 0) this.#tear();
    this.#look();
    this.#start();
  }

  async #expectGone(main: Main): Promise<void> {
    const left = await survivors(main.mark, GONE);
    for (const command of left) this.#violate("survivor", command);
    for (const pid of marked(main.mark)) kill(pid);
    this.#mains = this.#mains.filter((each) => each !== main);
  }

  #tear(): void {
    if (!existsSync(this.#journal) || this.#random.uniform() < 0.4) return;
    this.#tally.torn++;
    // at least the header: without it there is no journal
    const seen = Math.max(1, ...this.#snapshots.map((text) => Buffer.byteLength(text)));
    tear(this.#journal, seen, this.#random);
  }

  /** Keeps what the journal says at this moment. */
  #look(): void {
    if (existsSync(this.#journal)) this.#snapshots.push(wholeBatches(readFileSync(this.#journal, "utf8")));
  }

  async #end(): Promise<void> {
    const over = AbortSignal.timeout(LIMIT);
    for (const main of this.#mains) {
      const stop = (): void => kill(main.child.pid!);
      over.addEventListener("abort", stop);
      const { code, output } = await main.ended;
      over.removeEventListener("abort", stop);
      if (code !== 0) this.#violate("exit", over.aborted ? "it did not come to its end" : `code ${code}: ${output}`);
      await this.#expectGone(main);
    }
    const { trials, violations } = await judge({
      journal: this.#journal,
      truth: join(this.#directory, "truth.txt"),
      snapshots: this.#snapshots,
      budget: this.#trials,
    });
    this.#tally.trials += trials;
    this.#tally.violations.push(...violations);
  }

  #violate(kind: Violation["kind"], text: string): void {
    this.#tally.violations.push({ kind, text });
  }

  get #living(): readonly Main[] {
    return this.#mains.filter(({ lives }) => lives());
  }

  #size(): number {
    return statSync(this.#journal, { throwIfNoEntry: false })?.size ?? 0;
  }
}
