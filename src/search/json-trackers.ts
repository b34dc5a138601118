import { resolve } from "node:path";
import { show, usage } from "../core/errors.ts";
import { isRecord } from "../core/json.ts";
import type { TrackerFactory } from "../core/tracker.ts";
import { definitionNamed } from "./following.ts";

/** A tracker in JSON: a name, or an object with `name` and the tracker's options. */
export type JsonTracker = string | { readonly name: string; readonly [option: string]: unknown };

/** Reads a list of them; the option `file` is a path, relative to the directory. */
export function readTrackers(given: unknown, directory: string): TrackerFactory[] {
  if (!Array.isArray(given)) throw usage(`Expected \`trackers\` to be a list, got ${show(given)}`);
  return given.map((item: unknown) => {
    const { name, ...options } = isRecord(item) ? item : { name: item };
    if (typeof name !== "string")
      throw usage(`Expected a tracker to be a name, or { name, … } with options, got ${show(item)}`);
    const { file } = options as { file?: unknown };
    const placed = typeof file === "string" && file !== "" ? { file: resolve(directory, file) } : {};
    return definitionNamed(name)({ ...options, ...placed });
  });
}
