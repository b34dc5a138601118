import { relative } from "node:path";
import type { SearchSettings } from "../core/event.ts";
import { counts } from "../core/trial.ts";
import type { SearchResult } from "../search/result.ts";
import type { Opening } from "../search/session.ts";
import { EXIT, fail } from "./exit.ts";
import type { InlineOptions } from "./inline-spec.ts";
import { onInterrupt } from "./interrupt.ts";
import { loadGiven } from "./load-given.ts";
import type { LoadedSearch } from "./load-search.ts";
import { lookAhead, watchBaseline } from "./look-ahead.ts";
import { Narration } from "./narration.ts";
import { override, type SearchOptions } from "./overrides.ts";
import { report } from "./report.ts";
import { trialJson } from "./trial-json.ts";
import { writeOutput } from "./write-output.ts";

/** `attune run`: a file, or the words of a command with the options that describe its space. Resolves with the exit code. */
export async function run(
  files: readonly string[],
  command: readonly string[],
  options: SearchOptions & InlineOptions & { readonly print?: boolean },
): Promise<number> {
  const { loaded, spec } = await loadGiven(files, command, options);
  if (!options.print) return search(loaded, options);
  const { programText } = await import("./print-program.ts");
  process.stdout.write(programText(spec!, options));
  return EXIT.done;
}

/** Runs a loaded search to its end and reports it; resolves with the exit code. */
export async function search(loaded: LoadedSearch, options: SearchOptions, settings?: SearchSettings): Promise<number> {
  const { search: configured, workers, attempts } = override(loaded, options, settings);
  const { journal: kept } = configured.spec;
  const journal = typeof kept === "string" ? kept : (kept?.location ?? "");
  const narration = new Narration({
    name: loaded.name,
    spec: configured.spec,
    journal: journal && short(journal),
    quiet: options.quiet === true,
  });
  const log = (text: string, trial?: number): void => narration.said(text, trial);
  const how = {
    fresh: options.fresh ?? false,
    ...(workers === undefined ? {} : { workers }),
    ...(loaded.module === undefined ? {} : { module: loaded.module }),
    log,
  };
  const ahead = options.check === false ? "none" : await lookAhead(configured, how);
  if (ahead === undefined) return EXIT.interrupted;
  let opening: Opening | undefined;
  const handle = configured.start({
    ...how,
    adopt: options.adopt ?? false,
    source: loaded.source,
    objectiveHash: loaded.hash,
    ...(Object.keys(attempts).length === 0 ? {} : { attempts }),
    ready: (about) => {
      opening = about;
      narration.opening(about, ahead);
      if (options.seed !== undefined && Number(options.seed) !== about.seed)
        narration.warn(`the journal's seed ${about.seed} holds, not --seed ${options.seed}: that needs --fresh`);
    },
    warn: (message) => narration.warn(message),
    steered: (told) => narration.steered(told),
  });
  const unknown = ahead === "long" || ahead === "later";
  const refused = unknown ? watchBaseline(handle, (trial) => narration.baseline(trial, opening!)) : undefined;
  const quiet = onInterrupt(handle, journal ? short(journal) : "JOURNAL");
  const began = performance.now();
  let result: SearchResult;
  try {
    result = await handle;
  } finally {
    quiet();
  }
  const error = refused?.();
  if (error !== undefined) throw error;
  const bare = options.json === true && result.feasible.length > 0;
  const { cost } = handle.status!;
  const elapsed = performance.now() - began;
  narration.ended(result, opening!, { elapsed, failures: bare, ...(cost === undefined ? {} : { cost }) });
  print(result, opening!, options);
  return save(result, options.csv ?? beside(journal || loaded.name), narration);
}

function print(result: SearchResult, { space }: Opening, { json }: SearchOptions): void {
  if (!json) {
    process.stdout.write(`${report(result, space)}\n`);
    return;
  }
  const leaders = result.feasible.length === 0 ? [] : result.leaders;
  for (const trial of leaders) process.stdout.write(`${trialJson(trial, result)}\n`);
  if (leaders.length === 0) process.stderr.write(`${report(result, space)}\n`);
}

async function save(result: SearchResult, csv: string, narration: Narration): Promise<number> {
  try {
    await writeOutput(csv, result.toCsv());
  } catch (error) {
    return fail(error);
  }
  narration.saved(short(csv));
  if (result.reason === "interrupted") return EXIT.interrupted;
  return result.trials.some((trial) => counts(trial) && trial.state !== "failed") ? EXIT.done : EXIT.allFailed;
}

function beside(journal: string): string {
  return journal.endsWith(".jsonl") ? journal.replace(/\.jsonl$/, ".csv") : `${journal}.csv`;
}

function short(path: string): string {
  const near = relative(process.cwd(), path);
  return near.startsWith("..") ? path : `./${near}`;
}
