import { readFile } from "node:fs/promises";
import { AttuneError, messageOf } from "../core/errors.ts";

/** Reads a JSON file; `what` it should hold is for the error, which names the file and, where it is known, the line. */
export async function readJsonFile(what: string, path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw new AttuneError("usage", `Cannot read ${what} ${path}: ${messageOf(error)}`, { cause: error });
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    const message = messageOf(error);
    const at = /at position (\d+)/.exec(message)?.[1];
    const line = at === undefined ? "" : `:${text.slice(0, Number(at)).split("\n").length}`;
    const why = text.includes("\u0000")
      ? "it is a binary file: attune does not sample from opaque search spaces"
      : message.replace(/\s+/g, " ");
    throw new AttuneError("usage", `Expected ${path}${line} to hold JSON: ${why}`, { cause: error });
  }
}
