import { type AttemptOptions, ATTEMPT_OPTIONS } from "./attempt-policy.ts";

/** What a user sets about attempts, whichever evaluator runs them. */
export interface AttemptSettings extends AttemptOptions {
  /** Bytes that the processes of one worker hold together. */
  readonly memory?: number;
  /** Seconds of processor time that those of one attempt use together. */
  readonly cpuSeconds?: number;
}

const NAMES: readonly (keyof AttemptSettings)[] = ["memory", "cpuSeconds", ...ATTEMPT_OPTIONS];

/**
 * The settings among anything else: a journal is data, and must not reach the options of an evaluator that name
 * programs. The evaluator checks their values.
 */
export function attemptSettings(given: object): AttemptSettings {
  return Object.fromEntries(
    Object.entries(given).filter(([name]) => (NAMES as readonly string[]).includes(name)),
  ) as AttemptSettings;
}
