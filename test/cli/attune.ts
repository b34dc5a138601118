import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

/** The built command line; `npm test` builds it first. */
export const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** What a run of the command line came to. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command line that runs. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ran>;
}

const directories: string[] = [];
afterAll(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

/** A fresh directory with files in it, where the command line is run. */
export class Place {
  readonly directory: string = mkdtempSync(join(tmpdir(), "attune-cli-"));

  constructor(files: Readonly<Record<string, string>> = {}) {
    if (!existsSync(main)) throw new Error(`Expected ${main}: build first, node scripts/build.mjs`);
    directories.push(this.directory);
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  get files(): string[] {
    return readdirSync(this.directory).sort();
  }

  /** Starts `attune …` here. */
  start(...words: readonly string[]): Running {
    return started(process.execPath, [main, ...words], this.directory);
  }

  /** Starts `attune …` here at the head of a session of its own, as a terminal does. */
  startSession(...words: readonly string[]): Running {
    return started(process.execPath, [main, ...words], this.directory, true);
  }

  /** Runs `attune …` here to its end. */
  attune(...words: readonly string[]): Promise<Ran> {
    return this.start(...words).ended;
  }

  /** What still runs of all that was started here, as `ps` shows it; what has ended and is only not yet waited for is not. */
  get left(): string[] {
    const all = execFileSync("ps", ["axeww", "-o", "args="], { encoding: "utf8", maxBuffer: 2 ** 28 });
    return all.split("\n").filter((line) => line.includes(`${MARK}=${this.directory}`));
  }

  /** Runs a shell script here; `$ATTUNE` is the command line. */
  shell(script: string): Promise<Ran> {
    return started("bash", ["-c", script], this.directory).ended;
  }
}

/** The environment variable by which what was started in a place is found. */
const MARK = "ATTUNE_TEST_PLACE";

/** Starts a program. */
export function started(file: string, words: readonly string[], cwd: string, detached = false): Running {
  const { FORCE_COLOR: _, ...inherited } = process.env;
  const env = { ...inherited, NO_COLOR: "1", ATTUNE: `${process.execPath} ${main}`, [MARK]: cwd };
  const child = spawn(file, words, { cwd, env, detached, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = new Promise<Ran>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}

/** Resolves once the text stands in what the command line has written. */
export function said({ child, ended }: Running, text: string): Promise<void> {
  let all = "";
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout!, child.stderr!])
      stream.on("data", (chunk: string) => {
        all += chunk;
        if (all.includes(text)) resolve();
      });
    void ended.then(() => reject(new Error(`Expected ${JSON.stringify(text)}, it ended with: ${all}`)));
  });
}

/** The text of a program whose default export is a search; `head` stands before it. */
export function program(spec: string, head = ""): string {
  return `import { choice, command, defineSearch, failures, float, int, optional, variant } from "attune";\n${head}\nexport default defineSearch({\n${spec}\n});\n`;
}

/** A small search: the square of x. */
export const SQUARE: string = program(
  "space: { x: float(-1, 1) }, objective: (p: { x: number }) => p.x ** 2, trials: 8",
);

/** Lines of JSON. */
export function jsonLines<T = Record<string, unknown>>(text: string): T[] {
  return text
    .trim()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}

/** A trial as the command line prints it. */
export interface PrintedTrial {
  readonly number: number;
  readonly state: string;
  readonly params: Record<string, unknown>;
  readonly values: Record<string, number>;
  readonly failure?: { readonly kind: string; readonly message: string };
}
