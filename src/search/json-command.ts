import { show, usage } from "../core/errors.ts";
import { isRecord } from "../core/json.ts";
import type { CommandOptions } from "../evaluators/command.ts";
import { time, type Time } from "./json-attempts.ts";

/** A command as JSON: an argument array, or `run` with options. */
export type JsonCommand =
  | readonly string[]
  | ({ readonly run: readonly string[] } & Omit<CommandOptions, "retryAfter"> & {
        readonly values?: JsonValues;
        readonly retryAfter?: Time;
        readonly reports?: true | string;
      });
type JsonValues = string | Readonly<Record<string, string>>;

/** Takes the `command` of a search in JSON apart; `command()` checks the parts. */
export function readCommand(given: unknown): { readonly run: readonly string[] } & CommandOptions {
  const whole = Array.isArray(given) ? { run: given as unknown } : given;
  if (isRecord(whole) && Array.isArray(whole["run"])) {
    const wait = whole["retryAfter"];
    const read = wait === undefined ? whole : { ...whole, retryAfter: time(wait, "command.retryAfter") };
    return read as unknown as { run: readonly string[] } & CommandOptions;
  }
  throw usage(
    `Expected \`command\` to be a list of texts such as ["./bench", "-t", "{threads}"], or { run: […], … }, got ${show(given)}`,
  );
}
