import { show, usage } from "../core/errors.ts";
import type { TrackerFactory } from "../core/tracker.ts";
import { definitionNamed } from "../search/following.ts";

/** The trackers of the command line: `csv`, `csv=out.csv`; `none` is none. */
export function readTrackerFlags(texts: readonly string[]): TrackerFactory[] {
  return texts.filter((text) => text !== "none").map(readTrackerFlag);
}

function readTrackerFlag(text: string): TrackerFactory {
  const [, name = "", given] = /^([^=]*)(?:=(.*))?$/s.exec(text)!;
  const definition = definitionNamed(name);
  if (given === undefined) return definition();
  const { argument } = definition.info;
  if (argument === undefined)
    throw usage(`Expected \`--tracker ${name}\` without a value, got ${show(given)}: ${name} takes none`);
  if (given === "") throw usage(`Expected \`--tracker ${name}=${argument.toUpperCase()}\`, got ${show(text)}`);
  return definition({ [argument]: given });
}
