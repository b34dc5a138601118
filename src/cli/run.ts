import { relative } from "node:path";
import { usage } from "../core/errors.ts";
import type { SearchSettings } from "../core/event.ts";
import { numberText } from "../formats/quantity.ts";
import type { SearchResult } from "../search/result.ts";
import type { Opening } from "../search/session.ts";
import type { Space } from "../space/space.ts";
import { writeFileAtomic } from "../system/atomic-file.ts";
import { EXIT } from "./exit.ts";
import { type InlineOptions, inlineSpec } from "./inline-spec.ts";
import { onInterrupt } from "./interrupt.ts";
import { type LoadedSearch, loadSearch, loadSpec } from "./load-search.ts";
import { override, type SearchOptions } from "./overrides.ts";
import { endLine, report } from "./report.ts";

type RunOptions = SearchOptions & InlineOptions & { readonly print?: boolean };

/** `attune run`: resolves with the exit code. */
export async function run(file: string | undefined, words: readonly string[], options: RunOptions): Promise<number> {
  const described = options.param ?? options.space ?? options.minimize ?? options.maximize;
  if (described !== undefined) {
    const spec = inlineSpec(file === undefined ? [] : [file, ...words], options);
    if (options.print) {
      process.stdout.write((await import("./print-program.ts")).programText(spec, options));
      return EXIT.done;
    }
    return search(await loadSpec(spec, process.cwd()), options);
  }
  if (file === undefined)
    throw usage("Expected a file to run, or --param and a command after --; `attune init` writes an example");
  if (words.length > 0)
    throw usage(
      `Expected one file, got also ${words.map((word) => JSON.stringify(word)).join(" ")}; a command to tune needs --param and --minimize`,
    );
  if (options.print) throw usage("--print needs --param and a command after --: a file is a program already");
  return search(await loadSearch(file), options);
}

/** Runs a loaded search to its end and reports it; resolves with the exit code. */
export async function search(loaded: LoadedSearch, options: SearchOptions, settings?: SearchSettings): Promise<number> {
  const { search: configured, workers } = override(loaded, options, settings);
  const journal =
    typeof configured.spec.journal === "string" ? configured.spec.journal : (configured.spec.journal?.location ?? "");
  const say = (text: string): void => {
    if (!options.quiet) process.stderr.write(`${text}\n`);
  };
  let space: Space | undefined;
  const handle = configured.start({
    fresh: options.fresh ?? false,
    adopt: options.adopt ?? false,
    source: loaded.source,
    objectiveHash: loaded.hash,
    workers,
    ...(loaded.module === undefined ? {} : { module: loaded.module }),
    ready: (opening) => {
      space = opening.space;
      say(openingText(loaded.name, configured.spec.objectives ?? { value: "minimize" }, opening));
      if (journal) say(`journal ${short(journal)}${opening.done > 0 ? `: going on after ${opening.done} trials` : ""}`);
    },
    warn: (message) =>
      process.stderr.write(`\r\u001b[Kattune: ${message}\n`.replace(process.stderr.isTTY ? "" : "\r\u001b[K", "")),
    log: (text, trial) => {
      if (!options.quiet)
        process.stderr.write(
          `${process.stderr.isTTY ? "\r\u001b[K" : ""}${trial === undefined ? "" : `[${trial}] `}${text}\n`,
        );
    },
  });
  const quiet = onInterrupt(handle, journal ? short(journal) : "JOURNAL");
  const began = performance.now();
  let result: SearchResult;
  try {
    result = await handle;
  } finally {
    quiet();
  }
  const csv =
    options.csv ?? (journal.endsWith(".jsonl") ? journal.replace(/\.jsonl$/, ".csv") : `${journal || loaded.name}.csv`);
  await writeFileAtomic(csv, result.toCsv());
  finish(result, space!, options, performance.now() - began);
  say([journal ? `journal ${short(journal)}` : "", `table   ${short(csv)}`].filter(Boolean).join("\n"));
  return exitCode(result);
}

function finish(result: SearchResult, space: Space, { json, quiet }: SearchOptions, elapsed: number): void {
  if (json) {
    const complete =
      result.feasible.length > 0 ? (result.objectives.length === 1 ? [result.best] : result.paretoFront()) : [];
    for (const trial of complete) process.stdout.write(`${JSON.stringify(trial)}\n`);
    if (complete.length === 0) process.stderr.write(`${report(result, space)}\n`);
    return;
  }
  if (!quiet) process.stderr.write(`${endLine(result, elapsed)}; ${ENDINGS[result.reason ?? "stopped"]}\n\n`);
  process.stdout.write(`${report(result, space)}\n\n`);
}

const ENDINGS: Readonly<Record<NonNullable<SearchResult["reason"]>, string>> = {
  trials: "the budget of trials is used",
  generations: "all generations are done",
  exhausted: "every configuration was tried",
  time: "the time limit is reached",
  target: "the target is reached",
  stagnation: "nothing improved for long enough",
  failures: "too many trials failed",
  "all-failed":
    "all of the first trials failed: the objective seems broken (stopOnAllFailed: false goes on regardless)",
  callback: "the stop function said so",
  stopped: "it was stopped",
  interrupted: "it was interrupted",
};

function openingText(
  name: string,
  objectives: Readonly<Record<string, string>>,
  { space, sampler, evaluator, workers, planned, baseline }: Opening,
): string {
  const aims = Object.entries(objectives).map(([aim, direction]) => `${direction} ${aim}`);
  const size = space.size === Infinity ? "" : ` (${numberText(space.size)} configurations)`;
  const plan = planned === undefined ? "no limit on trials" : `${numberText(planned)} trials planned`;
  const lines = [
    `${name}: ${aims.join(", ")} over ${space.axes.length} parameters${size}`,
    `${plan}, ${sampler}, ${workers} ${evaluator === "processes" ? "processes" : "at a time"}`,
  ];
  if (!baseline)
    lines.push("no baseline: give every parameter a `default`, or the search a `baseline`, to see what tuning gains");
  return lines.join("\n");
}

function exitCode(result: SearchResult): number {
  if (result.reason === "interrupted") return EXIT.interrupted;
  return result.trials.some(({ state }) => state === "complete" || state === "pruned") ? EXIT.done : EXIT.allFailed;
}

function short(path: string): string {
  const near = relative(process.cwd(), path);
  return near.startsWith("..") ? path : `./${near}`;
}
