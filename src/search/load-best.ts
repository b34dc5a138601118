import { AttuneError, messageOf, usage } from "../core/errors.ts";
import { isRecord, type Json } from "../core/json.ts";
import type { FinishedTrial } from "../core/trial.ts";
import { thisHost } from "../system/host.ts";
import { readJournal } from "./read-journal.ts";
import { resolveSpace } from "./resolve-space.ts";
import type { ConfigurationOf, SpaceSpec } from "./spec.ts";

/** How {@link loadBest} reads a configuration. */
export interface LoadBestOptions<S extends SpaceSpec = SpaceSpec> {
  /** The search space, which gives the configuration its type and is checked. @default the journal's, untyped */
  readonly space?: S;
  /** What to use when there is no journal, no trial that succeeded, or none that the space allows. @default an error */
  readonly fallback?: ConfigurationOf<S>;
  /** What the program runs on now, compared with the processor that the journal records. @default this machine's processor */
  readonly device?: string;
  /** The number of a trial, such as one of a Pareto front. @default the best */
  readonly trial?: number;
  /** Told why the fallback is used, and when the program runs elsewhere than the search did. @default console.warn */
  readonly warn?: (message: string) => void;
}

/**
 * The best configuration of a journal, for the program that runs with it. Warns when the processor, platform or
 * architecture is not that of the search: what was best there need not be here.
 * @example const { level } = await loadBest("tune.attune.jsonl", { space, fallback: { level: 6 } });
 */
export async function loadBest<S extends SpaceSpec = SpaceSpec>(
  journal: string,
  options: LoadBestOptions<S> = {},
): Promise<ConfigurationOf<S>> {
  const { fallback, warn = (message: string) => console.warn(`attune: ${message}`) } = options;
  try {
    return await read(journal, options, warn);
  } catch (error) {
    if (fallback === undefined) throw error;
    warn(`${messageOf(error)}; the fallback is used`);
    return fallback;
  }
}

async function read<S extends SpaceSpec>(
  journal: string,
  { space, device, trial: wanted }: LoadBestOptions<S>,
  warn: (message: string) => void,
): Promise<ConfigurationOf<S>> {
  const { result, environmentOf } = await readJournal(journal);
  const trial = wanted === undefined ? result.best : result.trials.find(({ number }) => number === wanted);
  if (trial === undefined)
    throw usage(`Expected \`trial\` to be the number of a finished trial of ${journal}, got ${wanted}`);
  const problem = space === undefined ? undefined : (await resolveSpace(space)).problem(trial.params);
  if (problem !== undefined)
    throw new AttuneError("journal", `Trial ${trial.number} of ${journal} is not in the space: ${problem}`);
  const elsewhere = differences(environmentOf(trial), device);
  if (elsewhere !== "") warn(`trial ${trial.number} of ${journal} was measured elsewhere: ${elsewhere}`);
  return (trial as FinishedTrial<ConfigurationOf<S>>).params;
}

/** What a tuned value may depend on, of the recorded environment. */
const KEYS = ["cpu", "arch", "platform"] as const;

/** In which way the program runs elsewhere: "cpu X there, Y here". */
function differences(recorded: Json | undefined, device: string | undefined): string {
  const here = thisHost().environment;
  if (!isRecord(recorded) || !isRecord(here)) return "";
  return KEYS.flatMap((key) => {
    const now = key === "cpu" ? (device ?? here[key]) : here[key];
    const then = recorded[key];
    return typeof then !== "string" || then === now ? [] : [`${key} ${then} there, ${now as string} here`];
  }).join("; ");
}
