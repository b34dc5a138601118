import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { counts, type Trial } from "../../src/core/trial.ts";
import { readJournal } from "../../src/search/read-journal.ts";
import { valueOf } from "./programs.ts";

/** A promise that was not kept. */
export interface Violation {
  readonly kind: "lost" | "doubled" | "budget" | "value" | "state" | "old reader" | "survivor" | "exit";
  readonly text: string;
}

/** What remains of a search. */
export interface Remains {
  readonly journal: string;
  /** The file that objectives wrote by themselves: `number attempt value` for whatever they computed. */
  readonly truth: string;
  /** What the journal said after each kill. */
  readonly snapshots: readonly string[];
  readonly budget: number;
}

const FINAL = ["complete", "pruned", "failed", "cancelled", "rejected"];
const oldReader = fileURLToPath(new URL("../fixtures/old-reader/reader.mjs", import.meta.url));

/** Compares the journal of a search that has ended with everything that is known of it from elsewhere. */
export async function judge({ journal, truth, snapshots, budget }: Remains): Promise<{
  readonly trials: number;
  readonly violations: readonly Violation[];
}> {
  const violations: Violation[] = [];
  const violate = (kind: Violation["kind"], text: string): void => void violations.push({ kind, text });
  let trials: readonly Trial[];
  try {
    ({ trials } = await readJournal(journal));
  } catch (error) {
    violate("state", `the journal cannot be read: ${(error as Error).message}`);
    return { trials: 0, violations };
  }
  const lines = trials.map((trial) => JSON.stringify(trial));
  const text = readFileSync(journal, "utf8");

  for (const [i, snapshot] of snapshots.entries()) {
    if (!text.startsWith(snapshot)) violate("lost", `the journal is not what it was at kill ${i}, and more`);
    if (!snapshot.includes("\n")) continue;
    writeFileSync(`${journal}.then`, snapshot);
    for (const then of (await readJournal(`${journal}.then`)).trials) {
      if (!FINAL.includes(then.state) || JSON.stringify(then) === lines[then.number]) continue;
      violate("lost", `at kill ${i}: ${JSON.stringify(then)}, at the end: ${lines[then.number]}`);
    }
  }

  const old = execFileSync(process.execPath, [oldReader, journal], { encoding: "utf8", maxBuffer: 2 ** 28 });
  const read = old.trimEnd().split("\n");
  if (read.length !== lines.length || !read.every((line, i) => holds(JSON.parse(lines[i]!), JSON.parse(line))))
    violate("old reader", "reads other trials than we do");

  const counted = trials.filter(counts).length;
  if (counted !== budget) violate("budget", `${counted} trials count, the budget is ${budget}`);
  for (const [i, trial] of trials.entries()) {
    if (trial.number !== i) violate("state", `trial ${trial.number} has place ${i}`);
    if (!FINAL.includes(trial.state)) violate("state", `trial ${i} is left ${trial.state}`);
  }

  const computed = new Map<number, { readonly attempts: Set<number>; readonly values: Set<number> }>();
  for (const line of existsSync(truth) ? readFileSync(truth, "utf8").trim().split("\n") : []) {
    const [number = NaN, attempt = NaN, value = NaN] = line.split(" ").map(Number);
    const known = computed.get(number) ?? { attempts: new Set(), values: new Set() };
    if (known.attempts.has(attempt)) violate("doubled", `attempt ${attempt} of trial ${number} was computed twice`);
    if (!(attempt <= (trials[number]?.attempt ?? 0)))
      violate("doubled", `attempt ${attempt} of trial ${number} was computed, the journal knows none`);
    known.attempts.add(attempt);
    known.values.add(value);
    computed.set(number, known);
  }
  for (const { number, state, twin, params, values } of trials) {
    if (state !== "complete") continue;
    const value = values["value"]!;
    if (value !== valueOf(params as { n: number })) violate("value", `trial ${number} has the value ${value}`);
    if (twin === undefined && !computed.get(number)?.values.has(value))
      violate("value", `trial ${number} is complete, and no objective has computed its value`);
  }
  return { trials: trials.length, violations };
}

/** Whether a value says all that an older reader's says; it may say more. */
function holds(now: unknown, then: unknown): boolean {
  if (typeof now !== "object" || typeof then !== "object" || now === null || then === null) return now === then;
  return Object.entries(then).every(([key, value]) => holds((now as Record<string, unknown>)[key], value));
}
