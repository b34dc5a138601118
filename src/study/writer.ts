import type { EventOf, ProcessIdentity, SearchSettings } from "../core/event.ts";
import type { Json } from "../core/json.ts";

/** A session that wrote to the journal. */
export interface Writer {
  readonly process: ProcessIdentity;
  readonly settings: SearchSettings;
  readonly environment: Json;
  /** How often it renewed its lease. */
  renewals: number;
  ended: boolean;
}

/** Notes that a session began, still works, or ended. */
export function note(writers: Map<string, Writer>, event: EventOf<"search-started" | "search-ended">): void {
  const known = writers.get(event.writer);
  if (event.type === "search-started") {
    const { process, settings, environment } = event;
    const renewals = known === undefined ? 0 : known.renewals + 1;
    writers.set(event.writer, { process, settings, environment, renewals, ended: false });
  } else if (known !== undefined) known.ended = true;
}
