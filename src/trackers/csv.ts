import { refuseUnknown } from "../core/errors.ts";
import { defineTracker, type TrackerDefinition } from "../core/tracker.ts";
import { type FinishedTrial, isFinal, type Trial } from "../core/trial.ts";
import { trialCells } from "../formats/trial-table.ts";
import { TrialsFile } from "./trials-file.ts";
import { beside, checkWhere } from "./where.ts";

/** Where the table of trials grows. */
export interface CsvOptions {
  /** @default beside the journal: `tune.attune.jsonl` → `tune.attune.trials.csv`; without one `./attune.trials.csv` */
  readonly file?: string;
}

/**
 * A table of the trials that are complete, pruned or failed, to which each is appended as it finishes. The columns are
 * those of `result.toCsv()` behind `study`, which names the study; `SearchResult.fromCsv` reads it. A column that comes up
 * late widens the whole file at once; failed values are empty. When a search goes on, the file is made anew from its
 * journal: nothing is missing, doubled or torn. The table of another study is kept as `FILE.1`.
 */
export const csv: TrackerDefinition<CsvOptions> = defineTracker<CsvOptions>(
  { name: "csv", summary: "A table to which each trial is appended as it finishes.", argument: "file" },
  (options) => {
    refuseUnknown("csv", options, ["file"]);
    checkWhere(options);
    return (watched) => {
      const file = new TrialsFile(options.file ?? beside(watched, "trials.csv"), {
        id: watched.id,
        rows: () => watched.trials.filter(belongs).map(trialCells),
        warn: (message) => watched.warn(message),
      });
      /** What has not reached its last state: a twin does so with its original. */
      const open = new Set<Trial>();
      let begun = false;
      return {
        track: (event, trial) => {
          if (event.type === "search-started") {
            for (const known of watched.trials) if (!isFinal(known.state)) open.add(known);
            begun = true;
            return watched.trials.some(belongs) ? file.add() : undefined;
          }
          if (!begun || !event.type.startsWith("trial-")) return;
          if (event.type === "trial-created" && trial !== undefined) open.add(trial);
          const over = [...open].filter(({ state }) => isFinal(state));
          for (const each of over) open.delete(each);
          const rows = over.filter(belongs).map(trialCells);
          return rows.length === 0 ? undefined : file.add(rows);
        },
        close: () => file.add(),
      };
    };
  },
);

function belongs(trial: Trial): trial is FinishedTrial {
  const { state, aside } = trial;
  return (state === "complete" || state === "pruned" || state === "failed") && aside === undefined;
}
