import { basename, dirname, join } from "node:path";
import { refuseUnknown, show, usage } from "../../core/errors.ts";
import { defineTracker, type TrackerDefinition, type Watched } from "../../core/tracker.ts";
import type { TimeForm } from "../../formats/optuna/times.ts";
import { DEFAULT_LOCK, type LockKind } from "./lock.ts";
import { Mirror } from "./mirror.ts";

/** Where a study is mirrored to, and for which Optuna. */
export interface OptunaOptions {
  /** The Optuna journal; other studies and writers may be in it. @default NAME.optuna.log beside the search's journal, else ./attune.optuna.log */
  readonly file?: string;
  /** The name of the study in it. @default the name of the search's journal, with a number where that is another search's; else attune-ID */
  readonly study?: string;
  /** "utc": aware times, as Optuna 5 has them; "local": naive ones, which Optuna up to 4.9 needs for its timeline. @default "utc" */
  readonly times?: TimeForm;
  /** How the file is locked: both keep Optuna's writers out, whichever they use. @default "symlink", on Windows "open" */
  readonly lock?: LockKind;
}

/**
 * Mirrors a search into an Optuna journal while it runs, for `optuna-dashboard` and `optuna.load_study`
 * (docs/optuna.md). The search never waits for it.
 */
export const optuna: TrackerDefinition<OptunaOptions> = defineTracker<OptunaOptions>(
  {
    name: "optuna",
    summary: "Mirrors the study into an Optuna journal, for its dashboard and Python.",
    argument: "file",
  },
  (options) => {
    refuseUnknown("optuna", options, ["file", "study", "times", "lock"]);
    const { file, study, times = "utc", lock = DEFAULT_LOCK } = options;
    for (const [name, value] of Object.entries({ file, study }))
      if (value !== undefined && (typeof value !== "string" || value === ""))
        throw usage(`Expected \`${name}\` to be a text that is not empty, got ${show(value)}`);
    if (times !== "utc" && times !== "local")
      throw usage(`Expected \`times\` to be "utc" or "local", got ${show(times)}`);
    if (lock !== "symlink" && lock !== "open")
      throw usage(`Expected \`lock\` to be "symlink" or "open", got ${show(lock)}`);
    return (watched) => {
      const named = study !== undefined;
      return new Mirror(watched, { ...placeOf(watched), ...chosen({ file, study }), named, times, lock });
    };
  },
);

/** Where a search is mirrored to when nobody says. */
function placeOf({ journal, id }: Watched): { file: string; study: string } {
  if (journal === undefined) return { file: "attune.optuna.log", study: `attune-${id}` };
  const name = basename(journal).replace(/(\.attune)?\.jsonl$/, "");
  return { file: join(dirname(journal), `${name}.optuna.log`), study: name };
}

function chosen<T extends object>(options: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}
