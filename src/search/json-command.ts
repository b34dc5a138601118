import { refuseUnknown, show, usage } from "../core/errors.ts";
import type { CommandOptions } from "../evaluators/command.ts";

/** A command as JSON: an argument array, or `run` with options. */
export type JsonCommand =
  | readonly string[]
  | ({ readonly run: readonly string[] } & CommandOptions & { readonly values?: JsonValues });
type JsonValues = string | Readonly<Record<string, string>>;

/** Checks the `command` of a search in JSON. */
export function readCommand(given: unknown): { readonly run: readonly string[] } & CommandOptions {
  const whole = Array.isArray(given) ? { run: given as unknown } : given;
  if (!isRecord(whole) || !isTexts(whole["run"]) || whole["run"].length === 0)
    throw usage(
      `Expected \`command\` to be a list of texts such as ["./bench", "-t", "{threads}"], or { run: […], … }, got ${show(given)}`,
    );
  refuseUnknown("command", whole, ["run", "cwd", "env", "values", "shell", "successCodes"]);
  const { cwd, env, values, shell, successCodes } = whole;
  expect("cwd", "a path", cwd, isText);
  expect("env", "an object of texts", env, (v) => isRecord(v) && Object.values(v).every(isText));
  expect("values", "a regular expression, or an object of them", values, (v) => isText(v) || isPatterns(v));
  expect("shell", "true or false", shell, (v) => typeof v === "boolean");
  expect("successCodes", "a list of exit codes", successCodes, (v) => Array.isArray(v) && v.every(Number.isInteger));
  return whole as unknown as { run: readonly string[] } & CommandOptions;
}

function expect(name: string, rule: string, value: unknown, holds: (value: unknown) => boolean): void {
  if (value === undefined || holds(value)) return;
  throw usage(`Expected \`command.${name}\` to be ${rule}, got ${show(value)}`);
}

/** Whether something is an object with names, as opposed to a list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isText);
}

function isPatterns(value: unknown): boolean {
  return isRecord(value) && Object.keys(value).length > 0 && Object.values(value).every(isText);
}
