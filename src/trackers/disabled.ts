import { refuseUnknown } from "../core/errors.ts";
import { defineTracker, type TrackerDefinition } from "../core/tracker.ts";

/** Follows nothing, so that a configuration can name a tracker and have none. */
export const disabled: TrackerDefinition = defineTracker(
  { name: "disabled", summary: "Follows nothing." },
  (options) => {
    refuseUnknown("disabled", options, []);
    return () => ({ track: () => {} });
  },
);
