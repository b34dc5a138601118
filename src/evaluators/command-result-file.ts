import { readFile, stat } from "node:fs/promises";
import { AttemptFailed } from "../core/attempt-failed.ts";
import { messageOf, show } from "../core/errors.ts";
import type { Measurement } from "../core/measure.ts";
import { soleName } from "./command-output.ts";

/** The largest file that is read, in bytes. */
const LARGEST = 8 * 2 ** 20;

/** Reads the values that a program wrote to a file: a JSON object, or a number for the sole name. */
export async function readResultFile(path: string, names: readonly string[]): Promise<Record<string, Measurement>> {
  let json: unknown;
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new Error("it is no regular file");
    if (found.size > LARGEST) throw new Error(`it has ${found.size} bytes, the most is ${LARGEST}`);
    json = JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw invalid(path, names, missing ? "the program wrote no such file" : messageOf(error));
  }
  const sole = soleName(names);
  if (sole !== undefined && typeof json === "number") return { [sole]: json };
  const isObject = typeof json === "object" && json !== null && !Array.isArray(json);
  if (isObject && names.every((name) => name === "wall" || Object.hasOwn(json as object, name)))
    return json as Record<string, Measurement>;
  throw invalid(path, names, `got ${show(json)}`);
}

function invalid(path: string, names: readonly string[], why: string): AttemptFailed {
  const wanted = names
    .filter((name) => name !== "wall")
    .map((name) => `\`${name}\``)
    .join(", ");
  const number = soleName(names) === undefined ? "" : ", or a number";
  return new AttemptFailed({
    kind: "invalid",
    message: `Expected ${path} to hold a JSON object${wanted === "" ? "" : ` with ${wanted}`}${number}: ${why}`,
  });
}
