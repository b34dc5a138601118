import { isAttuneError } from "../core/errors.ts";
import { readDuration } from "../formats/quantity.ts";
import { checkText } from "./check-text.ts";
import { EXIT, fail } from "./exit.ts";
import type { InlineOptions } from "./inline-spec.ts";
import { interruptible } from "./interrupt.ts";
import { loadGiven } from "./load-given.ts";
import { writeLine } from "./narration.ts";
import { count, override, type SearchOptions } from "./overrides.ts";

/** Options of `attune check`, beside those that say what to run and how. */
export type CheckFlags = SearchOptions & InlineOptions & { readonly runs?: string; readonly maxTime?: string };

/** `attune check`: runs the baseline several times, and prints what to expect. Resolves with the exit code. */
export async function check(
  files: readonly string[],
  command: readonly string[],
  options: CheckFlags,
): Promise<number> {
  const { loaded } = await loadGiven(files, command, options);
  const { search, workers } = override(loaded, options);
  const given = {
    ...(options.runs === undefined ? {} : { runs: count("--runs", options.runs) }),
    ...(options.maxTime === undefined ? {} : { maxTime: readDuration(options.maxTime, "--max-time") }),
    ...(workers === undefined ? {} : { workers }),
    ...(loaded.module === undefined ? {} : { module: loaded.module }),
    log: (text: string) => (options.quiet ? undefined : writeLine(text)),
  };
  try {
    const result = await interruptible((signal) => search.check({ ...given, signal }));
    if (result === undefined) return EXIT.interrupted;
    process.stdout.write(`${options.json ? JSON.stringify(result) : checkText(result, loaded.name)}\n`);
    return EXIT.done;
  } catch (error) {
    if (options.json && isAttuneError(error) && error.code === "all-failed")
      process.stdout.write(`${JSON.stringify({ failure: error.cause })}\n`);
    return fail(error);
  }
}
