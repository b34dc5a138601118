import { readFileSync, statSync, truncateSync } from "node:fs";
import { refuseUnknown } from "../core/errors.ts";
import { defineTracker, type TrackerDefinition } from "../core/tracker.ts";
import { moveAside } from "../system/atomic-file.ts";
import { LineFile } from "../system/line-file.ts";
import { beside, checkWhere } from "./where.ts";

/** Where the profile is written. */
export interface ProfileOptions {
  /** @default beside the journal: `tune.attune.jsonl` → `tune.attune.profile.csv`; without one `./attune.profile.csv` */
  readonly file?: string;
}

const HEAD = "at,running,workers,utilisation\n";

/**
 * How many trials run, over time: a CSV with a row per change. `at`: milliseconds since 1970; `running`: how many of this
 * process's trials run from then on; `workers`: how many could; `utilisation`: the share of the workers' time that was
 * used since this session started, 0 to 1. The last row of a session has the share of the whole. Further sessions append.
 */
export const profile: TrackerDefinition<ProfileOptions> = defineTracker<ProfileOptions>(
  { name: "profile", summary: "A table of how many workers were busy, over time.", argument: "file" },
  (options) => {
    refuseUnknown("profile", options, ["file"]);
    checkWhere(options);
    return (watched) => {
      const path = options.file ?? beside(watched, "profile.csv");
      const file = new LineFile(path);
      /** The numbers of the trials of this session that run. */
      const running = new Set<number>();
      let writer: string | undefined;
      let head = "";
      let last = 0;
      /** Worker-milliseconds that were used, and that there were. */
      let used = 0;
      let had = 0;
      const pass = (at: number): void => {
        const passed = Math.max(0, at - last);
        used += running.size * passed;
        had += Math.max(watched.status.workers, running.size) * passed;
        last = at;
      };
      const row = (at: number): Promise<void> => {
        const { workers } = watched.status;
        const share = had === 0 ? "" : String(Number((used / had).toPrecision(4)));
        const lines = `${head}${at},${running.size},${workers},${share}\n`;
        head = "";
        return file.write(lines);
      };
      return {
        track: (event) => {
          if (event.type === "search-started") {
            ({ writer, at: last } = event);
            head = prepare(path, (message) => watched.warn(message)) ? "" : HEAD;
            return row(event.at);
          }
          if (event.type === "search-ended") {
            pass(event.at);
            running.clear();
            return row(event.at);
          }
          const starts = event.type === "trial-started" && event.twin === undefined && event.writer === writer;
          const ends = event.type === "trial-finished" || event.type === "trial-requeued";
          if (!starts && !(ends && running.has(event.number))) return;
          pass(event.at);
          if (starts) running.add(event.number);
          else running.delete(event.number);
          return row(event.at);
        },
      };
    };
  },
);

/** Whether there is a profile to go on with, torn lines cut off; any other file is kept under another name. */
function prepare(path: string, warn: (message: string) => void): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || (found.isFile() && found.size === 0)) return false;
  const bytes = readFileSync(path);
  if (bytes.subarray(0, HEAD.length).toString() === HEAD) {
    const whole = bytes.lastIndexOf(0x0a) + 1;
    if (whole < bytes.length) truncateSync(path, whole);
    return true;
  }
  const aside = moveAside(path);
  if (aside !== undefined) warn(`the former ${path} is kept as ${aside}`);
  return false;
}
