import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom, SearchResult, trialsToArrow } from "attune";
import { giveResult, givenJob, runJob, runProgram } from "./support/child.ts";
import { printMachine } from "./support/machine.ts";
import { findPython, peerProgram } from "./support/python.ts";
import { Sample } from "./support/sample.ts";
import { printTable } from "./support/table.ts";

type Format = "csv" | "arrow";
interface Job {
  readonly format: Format;
  readonly file: string;
}
interface Took {
  readonly write: number;
  /** Undefined where attune does not read the form. */
  readonly read?: number;
  readonly rows: number;
}

const [TRIALS, REPEATS] = [100_000, 3];

/** Trials with 10 parameters and 2 values each, a hundredth of them failed. */
function table(): SearchResult {
  const random = createRandom(1);
  const modes = ["fast", "safe", "a longer name"];
  const rows = Array.from({ length: TRIALS }, (_, i) => ({
    params: {
      ...Object.fromEntries(Array.from({ length: 5 }, (_, k) => [`x${k}`, random.uniform()])),
      ...Object.fromEntries(Array.from({ length: 4 }, (_, k) => [`n${k}`, Math.floor(64 * random.uniform())])),
      mode: modes[i % modes.length]!,
    },
    ...(i % 100 === 99 ? {} : { values: { ms: 100 * random.uniform(), bytes: i } }),
  }));
  return SearchResult.fromTable(rows, {
    objectives: { ms: "minimize", bytes: "minimize" },
    duplicates: true,
  }) as SearchResult;
}

async function timed<T>(work: () => T | Promise<T>): Promise<[seconds: number, value: T]> {
  const began = performance.now();
  const value = await work();
  return [(performance.now() - began) / 1000, value];
}

async function ours({ format, file }: Job): Promise<Took> {
  const result = table();
  if (format === "arrow") {
    const [write] = await timed(async () => writeFileSync(file, await trialsToArrow(result.trials)));
    const { tableFromIPC } = await import("@uwdata/flechette");
    const [read, { numRows }] = await timed(() => {
      const arrow = tableFromIPC(readFileSync(file));
      for (const { name } of arrow.schema.fields) arrow.getChild(name).toArray();
      return arrow;
    });
    return { write, read, rows: numRows };
  }
  const [write] = await timed(() => writeFileSync(file, result.toCsv()));
  const [read, { trials }] = await timed(() => SearchResult.fromCsv(file, { duplicates: true }));
  return { write, read, rows: trials.length };
}

function compare(directory: string, python: string | undefined): void {
  const rows = (["csv", "arrow"] as const).flatMap((format) => {
    const file = join(directory, `trials.${format}`);
    const [mine, theirs]: [Took[], Took[]] = [[], []];
    let bytes = 0;
    for (let i = 0; i < REPEATS; i++) {
      mine.push(runJob<Job, Took>("tables", { format, file }));
      bytes = statSync(file).size;
      if (python !== undefined) theirs.push(runProgram<Took>(python, [peerProgram("pandas_tables"), format, file]));
    }
    const rowOf = (name: string, all: readonly Took[]): string[] => {
      for (const { rows: count } of all) if (count !== TRIALS) throw new Error(`Expected ${TRIALS} rows, got ${count}`);
      const write = new Sample(all.map((took) => took.write));
      const read = new Sample(all.map((took) => took.read!));
      return [`${format}, ${name}`, `${all.length}`, write.text, read.text, (bytes / 1e6).toFixed(1)];
    };
    const peer = format === "csv" ? "pandas" : "pyarrow to pandas";
    return [rowOf("attune", mine), ...(theirs.length === 0 ? [] : [rowOf(`${peer}, the same file`, theirs)])];
  });
  printTable(["table", "n", "write, s", "read, s", "MB"], rows);
}

const job = givenJob<Job>();
if (job !== undefined) giveResult(await ours(job));
else {
  const python = findPython("pandas") && findPython("pyarrow");
  printMachine("Tables of 100,000 trials", python, ["pandas", "pyarrow"]);
  const directory = mkdtempSync(join(tmpdir(), "attune-bench-"));
  try {
    compare(directory, python);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
