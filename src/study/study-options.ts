import type { Retry } from "../core/attempt-policy.ts";
import type { Clock } from "../core/clock.ts";
import { expectNumber, usage } from "../core/errors.ts";
import type { SearchSettings, StudyDefinition } from "../core/event.ts";
import type { Host } from "../core/host.ts";
import type { Json } from "../core/json.ts";
import type { Journal } from "../core/journal.ts";
import type { Measurement } from "../core/measure.ts";
import type { Outcome } from "../core/outcome.ts";
import type { PrunerFactory } from "../core/pruner.ts";
import type { SamplerFactory } from "../core/sampler.ts";
import type { Space } from "../space/space.ts";

/** A trial that `ask` handed out to be evaluated. */
export interface AskedTrial<P> {
  readonly number: number;
  readonly attempt: number;
  readonly params: P;
  readonly baseline: boolean;
  /** A 32-bit seed, the same for every attempt. */
  readonly seed: number;
  /** Where the attempt runs already, which a process that is gone had begun: it is to be attached to. */
  readonly where?: Json;
}

/** What `tell` takes: an outcome, or what an objective may return. */
export type Told = Outcome | Measurement | Readonly<Record<string, Measurement>>;

export interface StudyOptions<P> {
  readonly space: Space<P>;
  readonly definition: StudyDefinition;
  readonly sampler: SamplerFactory;
  /** Who stops trials early. @default nobody */
  readonly pruner?: PrunerFactory;
  /** The step at which attempts are complete, where they have such a limit; for the pruner. */
  readonly maxSteps?: number;
  /** Without one the study lives in memory alone. */
  readonly journal?: Journal;
  readonly settings: SearchSettings;
  readonly baseline?: P;
  readonly first?: readonly P[];
  /** Take over the trials of a journal whose definition differs, as far as they fit. */
  readonly adopt?: boolean;
  /** How often a trial is run again after an attempt that failed in this way. @default { lost: 1 } */
  readonly retry?: Retry;
  /** Whether attempts that were placed may go on without the process that placed them, and can be attached to. @default false */
  readonly attaches?: boolean;
  /** Whether a complete trial must say what it cost, as `cost` beside its values. @default false */
  readonly costs?: boolean;
  /** After so many reservations in a row that were dropped the study gives no more trials. @default 100 */
  readonly dropLimit?: number;
  /** How long a session on another host may be silent before its trials are taken over, in milliseconds. @default 60 000 */
  readonly lease?: number;
  readonly clock: Clock;
  /** Real time, by which it is judged whether other processes live. @default `clock` */
  readonly real?: Clock;
  readonly host: Host;
  readonly warn?: (message: string) => void;
}

/** Throws a usage error for a budget, baseline or first configuration that cannot be. */
export function checkOptions<P>({
  settings,
  space,
  baseline,
  first = [],
  dropLimit,
  lease,
}: Pick<StudyOptions<P>, "space" | "baseline" | "first" | "dropLimit" | "lease"> & {
  readonly settings: Pick<SearchSettings, "trials">;
}): void {
  if (settings.trials !== undefined) expectNumber("trials", settings.trials, { integer: true, low: 1 });
  if (dropLimit !== undefined) expectNumber("dropLimit", dropLimit, { integer: true, low: 1 });
  if (lease !== undefined) expectNumber("lease", lease, { above: 0 });
  const given: [string, P][] = first.map((params, i) => [`first[${i}]`, params]);
  if (baseline !== undefined) given.push(["baseline", baseline]);
  for (const [name, params] of given) {
    const wrong = space.problem(params);
    if (wrong) throw usage(`Wrong \`${name}\`: ${wrong}`);
  }
}
