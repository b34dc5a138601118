import type { Objective } from "../../core/objective.ts";

/** A number that may be missing, as JSON holds it. */
type Gap = number | null;

/** An axis of the space as charts need it. */
export interface ReportAxis {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  /** How many values there are; null where it is continuous. */
  readonly size: Gap;
  readonly log: boolean;
  readonly ordered: boolean;
  /** The texts of the values, where a trial holds an index. */
  readonly labels?: readonly string[];
}

/**
 * What became of a trial, one letter each: `c` complete, `i` complete beyond a limit, `l` cut off, so that its values are
 * bounds, `p` pruned, `f` failed.
 */
export type Fate = "c" | "i" | "l" | "p" | "f";

/** Trials in columns; twins are left out. Numbers have six significant digits. */
export interface ReportTrials {
  readonly number: readonly number[];
  /** One {@link Fate} per trial. */
  readonly fate: string;
  /** Of each objective, and of each name that has limits. */
  readonly values: Readonly<Record<string, readonly Gap[]>>;
  /** One column per axis: the value, or the index of its label; null where the parameter is absent. */
  readonly params: readonly (readonly Gap[])[];
  /** Milliseconds from the start of the first trial. */
  readonly start: readonly Gap[];
  /** Milliseconds. */
  readonly duration: readonly Gap[];
  /** The row of the timeline that it stands in. */
  readonly lane: readonly number[];
  /** The index in {@link ReportData.failures}, −1 for those that did not fail. */
  readonly failure: readonly number[];
}

/** One trial's reports of one name. */
export interface ReportCurve {
  /** The index of the trial in the columns. */
  readonly trial: number;
  readonly name: string;
  readonly steps: readonly number[];
  readonly values: readonly Gap[];
}

/** Everything that a report shows. Plain JSON; texts are as they were measured and must be shown as text. */
export interface ReportData {
  readonly title: string;
  /** What was searched and how: name, text. */
  readonly facts: readonly (readonly [string, string])[];
  /** What was found, in sentences; the first is the heading. */
  readonly found: readonly string[];
  readonly objectives: readonly Objective[];
  readonly axes: readonly ReportAxis[];
  readonly trials: ReportTrials;
  /** Indices into the columns: the baseline, the best or the front, the best hundred in order. */
  readonly baseline: number | undefined;
  readonly leaders: readonly number[];
  readonly top: readonly number[];
  /** The hypervolume of the front after each trial, where there are several objectives: index, volume at its changes. */
  readonly volume: readonly (readonly [number, number])[];
  /** Of each objective, and of all (`""`) where there are several: axis and share, the largest first. */
  readonly importance: Readonly<Record<string, readonly (readonly [number, number])[]>>;
  readonly failures: readonly {
    readonly kind: string;
    readonly count: number;
    readonly first: number;
    readonly message: string;
  }[];
  /** Which values go with failures. */
  readonly causes: readonly {
    readonly name: string;
    readonly label: string;
    readonly kind: string;
    readonly failed: number;
    readonly of: number;
    readonly otherFailed: number;
    readonly otherOf: number;
    readonly p: number;
  }[];
  readonly curves: readonly ReportCurve[];
  /** How many trials reported in all, of which `curves` may hold some. */
  readonly reporting: number;
  /** The names of the timeline's rows. */
  readonly lanes: readonly string[];
}
