import { readFile, stat } from "node:fs/promises";
import { AttuneError, messageOf, nearest, show, usage } from "../core/errors.ts";
import type { Values } from "../core/trial.ts";
import { csvRecord, readCsv } from "../formats/csv.ts";
import { flatten } from "../formats/trial-table.ts";
import type { Space } from "../space/space.ts";
import { appendWhole, moveAside, writeFileAtomic } from "../system/atomic-file.ts";
import type { FinishedJob } from "./queue-job.ts";

/** Options of a queue's `dump`. */
export interface DumpOptions<P = unknown, V = Values> {
  /**
   * Which parameters stand in the file: all, or those of these names (`"schedule.chunk"` for an inner one, `"schedule"`
   * for all of it). A function gives the whole record instead: its keys are the columns.
   * @default "all"
   */
  readonly columns?: "all" | readonly string[] | ((job: FinishedJob<P, V>) => Readonly<Record<string, unknown>>);
}

/** The fields of one record by column. */
type Cells = ReadonlyMap<string, string>;

const FIXED = [
  "number",
  "state",
  "attempt",
  "worker",
  "duration",
  "submittedAt",
  "startedAt",
  "finishedAt",
] as const satisfies readonly (keyof FinishedJob)[];

/** How a job becomes a record. Throws a usage error for names that are not in the space. */
export function cellsOf<P, V>(
  columns: DumpOptions<P, V>["columns"] = "all",
  space: Space<P> | undefined,
): (job: FinishedJob<P, V>) => Cells {
  if (typeof columns === "function") return (job) => recordCells(columns(job));
  if (columns === "all") return (job) => jobCells(job, [...flatten(job.params)]);
  if (!Array.isArray(columns) || !columns.every((name) => typeof name === "string"))
    throw usage(`Expected \`columns\` to be "all", a list of parameters or a function, got ${show(columns)}`);
  const names = columns as readonly string[];
  checkNames(names, space);
  const starts = names.map((name) => (name.startsWith("[") ? name : `.${name}`));
  return (job) => {
    const all = [...flatten(job.params)];
    return jobCells(
      job,
      starts.flatMap((start) =>
        all.filter(([path]) => path.startsWith(start) && /^(?:[.[]|$)/.test(path.slice(start.length))),
      ),
    );
  };
}

/** Refuses names that begin with a key that a space of named parameters does not have. */
function checkNames(names: readonly string[], space: Pick<Space, "toJSON"> | undefined): void {
  const json = space?.toJSON();
  if (json?.type !== "object") return;
  const keys = Object.keys(json["of"] as object);
  for (const name of names) {
    if (keys.some((key) => name === key || name.startsWith(`${key}.`) || name.startsWith(JSON.stringify(key))))
      continue;
    const near = nearest(name, keys);
    throw usage(
      `Unknown parameter ${show(name)} in \`columns\`. ${near ? `Did you mean ${show(near)}?` : `There are: ${keys.join(", ")}`}`,
    );
  }
}

function jobCells(job: FinishedJob, params: readonly (readonly [string, string])[]): Cells {
  const cells = new Map<string, string>(FIXED.map((key) => [key, String(job[key] ?? "")]));
  for (const [path, text] of params) cells.set(`params${path}`, text);
  const measured = job.outcome?.state === "complete" ? Object.entries(job.outcome.values) : [];
  for (const [name, { value }] of measured) cells.set(`values.${name}`, String(value));
  for (const [name, { stderr }] of measured) if (stderr !== undefined) cells.set(`stderr.${name}`, String(stderr));
  cells.set("failure", job.failure === undefined ? "" : `${job.failure.kind}: ${job.failure.message}`);
  return cells.set("reason", job.reason ?? "");
}

function recordCells(record: unknown): Cells {
  if (typeof record !== "object" || record === null || Array.isArray(record))
    throw usage(`Expected the function in \`columns\` to give an object, got ${show(record)}`);
  const cells = new Map<string, string>();
  for (const [name, value] of Object.entries(record))
    if (typeof value === "number") cells.set(name, String(value));
    else for (const [path, text] of flatten({ [name]: value })) cells.set(path.replace(/^\./, ""), text);
  return cells;
}

/** A `results.csv` that grows: records are appended, and a column that comes up late widens the whole file at once. */
export class ResultsFile {
  readonly #path: string;
  readonly #warn: (message: string) => void;
  #header: string[] = [];
  /** How many jobs it holds, and how many bytes that takes: another length is somebody else's file. */
  #jobs = 0;
  #bytes = -1;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(path: string, warn: (message: string) => void) {
    this.#path = path;
    this.#warn = warn;
  }

  /** Adds those of the jobs, which are ever the same and more, that it does not hold yet. */
  add<P, V>(jobs: readonly FinishedJob<P, V>[], cells: (job: FinishedJob<P, V>) => Cells): Promise<void> {
    const added = this.#turn.then(() => this.#add(jobs, cells));
    this.#turn = added.catch(() => {});
    return added.catch((error: unknown) => {
      const { code } = error as { code?: unknown };
      if (typeof code !== "string" || !/^E[A-Z]+$/.test(code)) throw error;
      throw new AttuneError("journal", `Cannot write ${this.#path}: ${messageOf(error)}`, { cause: error });
    });
  }

  async #add<P, V>(jobs: readonly FinishedJob<P, V>[], cells: (job: FinishedJob<P, V>) => Cells): Promise<void> {
    const size = await stat(this.#path).then(
      (found) => found.size,
      () => undefined,
    );
    const ours = size !== undefined && size === this.#bytes;
    const from = ours ? this.#jobs : 0;
    const records = jobs.slice(from).map(cells);
    if (records.length === 0) return;
    const before = ours ? this.#header : [];
    const header = [...new Set([...before, ...records.flatMap((record) => [...record.keys()])])];
    const lines = records.map((record) => `${csvRecord(header.map((name) => record.get(name) ?? ""))}\n`).join("");
    if (ours && header.length === before.length) await appendWhole(this.#path, lines, size);
    else {
      const kept = ours ? await this.#widened(header.length - before.length) : "";
      const aside = ours ? undefined : moveAside(this.#path);
      if (aside !== undefined) this.#warn(`the former ${this.#path} is kept as ${aside}`);
      await writeFileAtomic(this.#path, `${csvRecord(header)}\n${kept}${lines}`);
    }
    this.#header = header;
    this.#jobs = from + records.length;
    this.#bytes = (await stat(this.#path)).size;
  }

  /** The records that it holds, with empty fields for further columns. */
  async #widened(columns: number): Promise<string> {
    const [, ...records] = readCsv(await readFile(this.#path, "utf8"));
    const empty = Array.from({ length: columns }, () => "");
    return records.map((record) => `${csvRecord([...record, ...empty])}\n`).join("");
  }
}
