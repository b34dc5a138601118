import type { EventOf } from "../core/event.ts";

/** A configuration that can be started: one that waited, or a suggestion under a number of its own. */
export interface Proposal {
  readonly row: Float64Array;
  /**
   * What its start will say. `params` are left out when the journal holds them already; `of` is the budget that it has
   * to find a place in, unless its number was claimed under one.
   */
  readonly event: Omit<EventOf<"trial-started">, "type" | "at" | "writer" | "twin">;
}
