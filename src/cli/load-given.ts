import { usage } from "../core/errors.ts";
import type { JsonSpec } from "../search/json-spec.ts";
import { type InlineOptions, inlineSpec, isPython, tunedOf } from "./inline-spec.ts";
import { type LoadedSearch, loadSearch, loadSpec } from "./load-search.ts";

/** The search that the words of a command line name: a file, or a command with the options that describe its space. */
export async function loadGiven(
  files: readonly string[],
  command: readonly string[],
  options: InlineOptions & { readonly print?: boolean },
): Promise<{ readonly loaded: LoadedSearch; readonly spec?: JsonSpec }> {
  const { param, space, minimize, maximize } = options;
  if ([param, space, minimize, maximize].some((given) => given !== undefined)) {
    const spec = await inlineSpec(tunedOf(files, command, options), options);
    return { loaded: await loadSpec(spec, process.cwd()), spec };
  }
  if (command.length > 0) throw usage("Expected --param and --minimize beside a command; a program is run without --");
  const [file, ...more] = files;
  if (file === undefined)
    throw usage("Expected a file to run, or --param and a command after --; `attune init` writes an example");
  if (more.length > 0) throw usage(`Expected one file, got also ${words(more)}; a command to tune stands after --`);
  if (isPython(file))
    throw usage(`Expected --param and --minimize beside ${file}, which say what can be varied and measured`);
  for (const option of [
    "print",
    "limit",
    "measure",
    "baseline",
    "instance",
    "holdout",
    "workerProgram",
    "python",
  ] as const)
    if (options[option] !== undefined)
      throw usage(`--${flag(option)} needs --param and a command after --: a file says it itself`);
  return { loaded: await loadSearch(file) };
}

function words(given: readonly string[]): string {
  return given.map((word) => JSON.stringify(word)).join(" ");
}

function flag(option: string): string {
  return option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
