import { AttuneError, show } from "../core/errors.ts";
import type { Control, ControlCommand, Obeyed } from "../core/control.ts";
import { isRecord } from "../core/json.ts";

/** The version of control files; a search reads no other. */
const VERSION = 1;
const COMMANDS: Record<ControlCommand, true> = { stop: true, pause: true, continue: true };

/** A control file with a command; with nothing to obey it is empty. */
export function encodeControl(control: Control): string {
  return `${JSON.stringify({ attune: "control", version: VERSION, ...control })}\n`;
}

/** The command in a control file; undefined where that is empty. Throws an `AttuneError` ("journal") for anything else. */
export function decodeControl(text: string, name: string): Control | undefined {
  if (text === "") return undefined;
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    given = text;
  }
  if (!isRecord(given) || given["attune"] !== "control" || given["version"] !== VERSION)
    throw new AttuneError("journal", `Expected ${name} to be a control file of version ${VERSION}, got ${show(given)}`);
  const { command, id, now, to } = given;
  if (!isCommand(command))
    throw new AttuneError(
      "journal",
      `Expected \`command\` in ${name} to be stop, pause or continue, got ${show(command)}`,
    );
  if (typeof id !== "string" || id === "")
    throw new AttuneError("journal", `Expected \`id\` in ${name} to be a text, got ${show(id)}`);
  if (!Array.isArray(to) || !to.every((writer) => typeof writer === "string"))
    throw new AttuneError("journal", `Expected \`to\` in ${name} to be a list of sessions, got ${show(to)}`);
  if (now !== undefined && now !== true)
    throw new AttuneError("journal", `Expected \`now\` in ${name} to be true, got ${show(now)}`);
  return { command, id, to, ...(now === undefined ? {} : { now }) };
}

/** Whether a value of a journal is an {@link Obeyed}. */
export function isObeyed(value: unknown): value is Obeyed {
  return (
    isRecord(value) && isCommand(value["command"]) && (value["id"] === undefined || typeof value["id"] === "string")
  );
}

function isCommand(value: unknown): value is ControlCommand {
  return typeof value === "string" && Object.hasOwn(COMMANDS, value);
}
