import type { EventOf } from "../core/event.ts";
import type { TrialReport } from "../core/trial.ts";

/** A report as a trial keeps it; the attempt began at `startedAt`, in milliseconds since 1970. */
export function reported(event: EventOf<"trial-reported">, startedAt: number | undefined): TrialReport {
  const { step, values, at, instance, stderr, normalized } = event;
  return {
    step,
    values,
    elapsed: at - (startedAt ?? at),
    ...(instance === undefined ? {} : { instance }),
    ...(stderr === undefined ? {} : { stderr }),
    ...(normalized === undefined ? {} : { normalized }),
  };
}
