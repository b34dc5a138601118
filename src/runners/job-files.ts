import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Environment, Leases, Workload } from "../core/evaluator.ts";
import type { ProcessIdentity } from "../core/event.ts";
import type { Instance } from "../core/instance.ts";
import type { Outcome } from "../core/outcome.ts";
import type { TrialReport } from "../core/trial.ts";
import type { Source } from "../evaluators/protocol.ts";

/** What a job is told of its attempt. */
export interface JobRun {
  readonly number: number;
  readonly attempt: number;
  readonly params: unknown;
  readonly baseline: boolean;
  readonly seed: number;
  readonly instance?: Instance;
  readonly dir: string;
  readonly leases: Leases;
  readonly environment?: Environment;
}

/** What a job is: all that the job program needs to know. */
export interface JobFile extends Pick<Workload, "names" | "limited"> {
  readonly source: Source;
  readonly run: JobRun;
}

/**
 * The files of one job, by which whoever submitted it and the job itself know of each other, also when only one of them
 * is left. Each is whole or absent, but for the reports, of which the last line may be cut off.
 */
export class JobFiles {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** The path of a file, or of the scratch directory. */
  path(
    name: "job.json" | "process.json" | "cancelled.json" | "outcome.json" | "reports" | "stdout" | "stderr" | "dir",
  ) {
    return join(this.directory, name);
  }

  job(): JobFile | undefined {
    return this.#json("job.json");
  }

  process(): ProcessIdentity | undefined {
    return this.#json("process.json");
  }

  cancelled(): { readonly reason: string } | undefined {
    return this.#json("cancelled.json");
  }

  outcome(): Outcome | undefined {
    return this.#json("outcome.json");
  }

  reports(): TrialReport[] {
    const lines = this.#text("reports")?.split("\n").slice(0, -1) ?? [];
    return lines.map((line) => JSON.parse(line) as TrialReport);
  }

  /** The end of what it wrote to stderr. */
  lastWords(): string {
    return this.#text("stderr")?.slice(-4_096).trim() ?? "";
  }

  /** Says that the job is to end; the first reason counts. */
  async cancel(reason: string): Promise<void> {
    await writeFile(this.path("cancelled.json"), JSON.stringify({ reason }), { flag: "wx" }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    });
  }

  #json<T>(name: Parameters<JobFiles["path"]>[0]): T | undefined {
    const text = this.#text(name);
    return text === undefined || text === "" ? undefined : (JSON.parse(text) as T);
  }

  #text(name: Parameters<JobFiles["path"]>[0]): string | undefined {
    try {
      return readFileSync(this.path(name), "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }
}
