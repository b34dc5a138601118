import { readFile, stat } from "node:fs/promises";
import { csvRecord } from "../formats/csv.ts";
import { type Cells, tableColumns, tableRecord } from "../formats/trial-table.ts";
import { appendWhole, moveAside, writeFileAtomic } from "../system/atomic-file.ts";

/** What a {@link TrialsFile} holds. */
interface Contents {
  /** Names the study; it stands in every row. */
  readonly id: string;
  /** Every row that belongs in it by now. */
  rows(): Cells[];
  warn(message: string): void;
}

/**
 * A CSV file of a study's trials. Rows are appended; what does not fit at the end of the file as it is, because a column
 * is new or because somebody else has written to it, replaces the whole file at once.
 */
export class TrialsFile {
  readonly #path: string;
  readonly #contents: Contents;
  #columns: readonly string[] = [];
  /** The bytes of the file as this left it; undefined before the first row, and after an error. */
  #bytes: number | undefined = undefined;
  #waiting: Cells[] = [];
  #next: Promise<void> | undefined = undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(path: string, contents: Contents) {
    this.#path = path;
    this.#contents = contents;
  }

  /** Resolves once the rows are in the file, with all that came meanwhile; rejects with the operating system's error. */
  add(rows: readonly Cells[] = []): Promise<void> {
    this.#waiting.push(...rows);
    if (this.#next === undefined) {
      this.#next = this.#turn.then(() => this.#flush());
      this.#turn = this.#next.catch(() => {});
    }
    return this.#next;
  }

  async #flush(): Promise<void> {
    this.#next = undefined;
    const known = this.#bytes;
    const size = await this.#size();
    const rows = this.#waiting;
    this.#waiting = [];
    const columns = tableColumns([new Map(this.#columns.map((name) => [name, ""])), ...rows]);
    this.#bytes = undefined; // should the following fail
    if (known !== undefined && size === known && columns.length === this.#columns.length) {
      const lines = rows.map((cells) => this.#record(cells)).join("");
      if (lines !== "") await appendWhole(this.#path, lines, size);
    } else await this.#replace(known === undefined);
    this.#bytes = await this.#size();
  }

  async #size(): Promise<number | undefined> {
    return stat(this.#path).then(
      ({ size }) => size,
      () => undefined,
    );
  }

  /** Writes the whole file; a `strange` one may belong to another study, and then is kept. */
  async #replace(strange: boolean): Promise<void> {
    const aside = strange && !(await this.#isOurs()) ? moveAside(this.#path) : undefined;
    if (aside !== undefined) this.#contents.warn(`the former ${this.#path} is kept as ${aside}`);
    const rows = this.#contents.rows();
    this.#waiting = []; // they are among the rows
    this.#columns = tableColumns(rows);
    if (rows.length === 0) return;
    const lines = rows.map((cells) => this.#record(cells)).join("");
    await writeFileAtomic(this.#path, `${csvRecord(["study", ...this.#columns])}\n${lines}`);
  }

  #record(cells: Cells): string {
    return `${csvRecord([this.#contents.id])},${tableRecord(this.#columns, cells)}\n`;
  }

  async #isOurs(): Promise<boolean> {
    const text = await readFile(this.#path, "utf8").catch(() => "");
    return text.startsWith("study,") && text.includes(`\n${this.#contents.id},`);
  }
}
