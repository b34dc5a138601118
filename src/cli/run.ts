import { relative } from "node:path";
import { usage } from "../core/errors.ts";
import type { SearchSettings } from "../core/event.ts";
import { counts } from "../core/trial.ts";
import type { SearchResult } from "../search/result.ts";
import type { Opening } from "../search/session.ts";
import { EXIT, fail } from "./exit.ts";
import { type InlineOptions, inlineSpec } from "./inline-spec.ts";
import { onInterrupt } from "./interrupt.ts";
import { type LoadedSearch, loadSearch, loadSpec } from "./load-search.ts";
import { Narration } from "./narration.ts";
import { override, type SearchOptions } from "./overrides.ts";
import { report } from "./report.ts";
import { trialJson } from "./trial-json.ts";
import { writeOutput } from "./write-output.ts";

type RunOptions = SearchOptions & InlineOptions & { readonly print?: boolean };

/** `attune run`: a file, or the words of a command with the options that describe its space. Resolves with the exit code. */
export async function run(files: readonly string[], command: readonly string[], options: RunOptions): Promise<number> {
  const { param, space, minimize, maximize } = options;
  if ([param, space, minimize, maximize].some((given) => given !== undefined)) {
    if (files.length > 0)
      throw usage(
        `Expected the command after --, as --param and --minimize describe one, got ${words(files)} before it`,
      );
    const spec = await inlineSpec(command, options);
    if (!options.print) return search(await loadSpec(spec, process.cwd()), options);
    const { programText } = await import("./print-program.ts");
    await loadSpec(spec, process.cwd());
    process.stdout.write(programText(spec, options));
    return EXIT.done;
  }
  if (command.length > 0) throw usage("Expected --param and --minimize beside a command; a program is run without --");
  const [file, ...more] = files;
  if (file === undefined)
    throw usage("Expected a file to run, or --param and a command after --; `attune init` writes an example");
  if (more.length > 0) throw usage(`Expected one file, got also ${words(more)}; a command to tune stands after --`);
  for (const option of ["print", "limit", "measure", "baseline"] as const)
    if (options[option] !== undefined)
      throw usage(`--${option} needs --param and a command after --: a file says it itself`);
  return search(await loadSearch(file), options);
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
  let opening: Opening | undefined;
  const handle = configured.start({
    fresh: options.fresh ?? false,
    adopt: options.adopt ?? false,
    source: loaded.source,
    objectiveHash: loaded.hash,
    ...(workers === undefined ? {} : { workers }),
    ...(Object.keys(attempts).length === 0 ? {} : { attempts }),
    ...(loaded.module === undefined ? {} : { module: loaded.module }),
    ready: (about) => {
      opening = about;
      narration.opening(about);
      if (options.seed !== undefined && Number(options.seed) !== about.seed)
        narration.warn(`the journal's seed ${about.seed} holds, not --seed ${options.seed}: that needs --fresh`);
    },
    warn: (message) => narration.warn(message),
    log: (text, trial) => narration.said(text, trial),
  });
  const quiet = onInterrupt(handle, journal ? short(journal) : "JOURNAL");
  const began = performance.now();
  let result: SearchResult;
  try {
    result = await handle;
  } finally {
    quiet();
  }
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

function words(given: readonly string[]): string {
  return given.map((word) => JSON.stringify(word)).join(" ");
}
