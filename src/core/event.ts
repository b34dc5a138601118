import type { AttemptSettings } from "./attempt-settings.ts";
import type { Obeyed } from "./control.ts";
import type { Json } from "./json.ts";
import type { Limits, Objective } from "./objective.ts";
import type { Failure, FinalOutcome } from "./outcome.ts";
import type { StopReason } from "./stop-rule.ts";
import type { InstancesDefinition } from "./instance.ts";
import type { ReportDetails, TrialSource } from "./trial.ts";

/** The version of the journal format that this attune writes. Older ones are read through `formats/`. */
export const JOURNAL_VERSION = 1;

/** What a study is about: what must agree for its trials to be comparable. */
export interface StudyDefinition {
  /** The space in its JSON form. */
  readonly space: Json;
  /** The texts of the `where` rules. */
  readonly rules: readonly string[];
  readonly objectives: readonly Objective[];
  readonly constraints: Limits;
  readonly seed: number;
  /** The instances that every trial is measured on, where the objective has any. */
  readonly instances?: InstancesDefinition;
  /** Where the search came from, so that `attune resume` finds it; a file, or the specification itself. */
  readonly source?: Json;
  /** A hash of the objective's text; a change warns. */
  readonly objectiveHash?: string;
}

/** How one session of a search ran. A memo comes back only to the sampler of the same name and version. */
export interface SearchSettings {
  readonly sampler: { readonly name: string; readonly version: number; readonly options: Json };
  /** Who stopped trials early, if anybody did. */
  readonly pruner?: { readonly name: string; readonly options: Json };
  /** The budget. */
  readonly trials?: number;
  readonly generations?: number;
  /** The limit of what trials may cost together. */
  readonly cost?: number;
  readonly evaluator?: string;
  readonly workers?: number;
  /** Milliseconds for one attempt. */
  readonly timeout?: number;
  /** The limit of one attempt as a multiple of the best trial's time. */
  readonly timesBest?: number;
  /** The limit of one attempt as a multiple of the baseline's time. */
  readonly timesBaseline?: number;
  /** What was set about attempts over what the program says. */
  readonly attempts?: AttemptSettings;
  /**
   * Its trials are handed out to be told by other processes, so that the end of this one means nothing; with a `timeout`,
   * in milliseconds, they are lost when they are not told within it.
   */
  readonly outside?: { readonly timeout?: number };
  /** The last command that it obeyed; "pause" until "continue". */
  readonly control?: Obeyed;
}

/** Which operating-system process wrote an event; `start` tells re-used process numbers apart. */
export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  readonly start: string;
}

interface At {
  /** Milliseconds since 1970. */
  readonly at: number;
}
interface OfTrial extends At {
  readonly number: number;
  readonly attempt: number;
}

/**
 * Everything that can happen to a study. A study is the fold of these in the journal's order; a trial's number is the
 * count of `trial-created` before it. The first claim and the first finish win.
 */
export type StudyEvent =
  | (At & { readonly type: "study-created"; readonly version: number; readonly study: StudyDefinition })
  /** From here on another definition holds; trials that it does not allow are set aside. */
  | (At & { readonly type: "study-adopted"; readonly study: StudyDefinition })
  | (At & {
      readonly type: "search-started";
      readonly writer: string;
      readonly process: ProcessIdentity;
      readonly environment: Json;
      readonly settings: SearchSettings;
    })
  /** Claims the next number. `of` is the budget under which it is claimed: beyond it the claim is refused. */
  | (At & {
      readonly type: "trial-created";
      readonly writer: string;
      readonly of?: number;
      readonly source?: TrialSource;
      readonly params?: Json;
    })
  | (OfTrial & {
      readonly type: "trial-started";
      readonly writer: string;
      readonly of?: number;
      readonly params?: Json;
      readonly generation?: number;
      readonly memo?: Json;
      readonly note?: string;
      /** The earlier trial with the same configuration, whose result this one takes over. */
      readonly twin?: number;
    })
  /**
   * Where the attempt runs. With `from` and `to`, the session that looks after it from here on, if the other one did. With
   * `kept` it is no place, but what later sessions need to know of the attempt.
   */
  | (OfTrial & {
      readonly type: "trial-placed";
      readonly where: Json;
      readonly from?: string;
      readonly to?: string;
      readonly kept?: true;
    })
  | (OfTrial &
      ReportDetails & {
        readonly type: "trial-reported";
        readonly step: number;
        readonly values: Readonly<Record<string, number>>;
      })
  /**
   * The attempt came to nothing and the trial waits for another one. With `after` that is no failure: the attempt asked
   * for it, and the next one may begin so many milliseconds later.
   */
  | (OfTrial & {
      readonly type: "trial-requeued";
      readonly failure: Failure;
      readonly after?: number;
      /** Milliseconds that the attempt took. */
      readonly took?: number;
    })
  | (OfTrial & {
      readonly type: "trial-finished";
      readonly writer: string;
      readonly duration: number;
      readonly outcome: FinalOutcome;
    })
  | (At & {
      readonly type: "trial-rejected";
      readonly number: number;
      readonly reason: string;
      readonly params?: Json;
      readonly generation?: number;
      readonly memo?: Json;
    })
  | (At & { readonly type: "search-ended"; readonly writer: string; readonly reason: StopReason | "error" });

/** The event of one type. */
export type EventOf<T extends StudyEvent["type"]> = Extract<StudyEvent, { type: T }>;
