import { basename } from "node:path";
import type { SearchSettings } from "../core/event.ts";
import type { Status, Watched } from "../core/tracker.ts";
import type { Study } from "../study/study.ts";
import { resultOf } from "./result-of.ts";

/** What a session knows beside its study. */
interface Around {
  readonly settings: SearchSettings;
  /** Where the journal lives, if it outlives this process. */
  readonly journal: string | undefined;
  readonly status: () => Status;
  readonly warn: (message: string) => void;
}

/** A search as its trackers see it. */
export function watchedOf<P>(study: Study<P>, { settings, journal, status, warn }: Around): Watched {
  const { id, definition, space, trials } = study;
  const { objectives, constraints } = definition;
  return {
    id,
    study: definition,
    trials,
    ...(journal === undefined ? {} : { journal }),
    objectives,
    constraints,
    get status() {
      return status();
    },
    async reportFiles() {
      const { reportFiles } = await import("../charts/report/files.ts"); // few searches need it, and all would load it
      const { sessions } = study.presence;
      const content = { definition, space, trials, sessions, settings, result: resultOf(trials, definition) };
      return reportFiles(content, basename(journal ?? "search"));
    },
    warn,
  };
}
