import { show, usage } from "../core/errors.ts";
import type { Watched } from "../core/tracker.ts";

/** Something that text is written to: a stream of Node, or an object with its `write`. */
export interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Refuses a `file` that is no path, and a `stream` that cannot be written to. */
export function checkWhere({
  file,
  stream,
}: {
  readonly file?: unknown;
  readonly stream?: Partial<Stream> | undefined;
}): void {
  if (file !== undefined && (typeof file !== "string" || file === ""))
    throw usage(`Expected \`file\` to be a path, got ${show(file)}`);
  if (stream !== undefined && typeof stream?.write !== "function")
    throw usage(`Expected \`stream\` to have a method \`write\`, got ${show(stream)}`);
  if (file !== undefined && stream !== undefined) throw usage("Expected `file` or `stream`, got both");
}

/** The file of a tracker that is given none: beside the journal, `tune.attune.jsonl` → `tune.attune.NAME`, else `./attune.NAME`. */
export function beside({ journal }: Pick<Watched, "journal">, name: string): string {
  return journal === undefined ? `./attune.${name}` : `${journal.replace(/\.jsonl$/, "")}.${name}`;
}
