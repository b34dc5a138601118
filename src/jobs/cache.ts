import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { isRecord } from "../core/json.ts";
import type { Measured, Outcome } from "../core/outcome.ts";
import type { TrialReport } from "../core/trial.ts";
import { writeFileAtomic } from "../system/atomic-file.ts";
import { cacheDirectory } from "../system/cache-directory.ts";
import type { Job } from "./job.ts";
import { planJson } from "./template.ts";

/** What is kept of a job. */
export interface CachedResult {
  /** The id of the job. */
  readonly id: string;
  readonly values: Readonly<Record<string, Measured>>;
  readonly reports: readonly TrialReport[];
}

/** Results of jobs by their configuration, as files in a directory: many searches may share it. */
export class JobCache {
  readonly #directory: string;

  constructor(cache: true | string) {
    this.#directory = cache === true ? join(cacheDirectory(), "jobs") : resolve(cache);
  }

  /** The result of an earlier job of the same configuration. What cannot be read is none. */
  async find<P>(job: Job<P>, names: readonly string[]): Promise<CachedResult | undefined> {
    const text = await readFile(await this.#path(job), "utf8").catch(() => undefined);
    const found = text === undefined ? undefined : parsed(text);
    return found !== undefined && names.every((name) => isRecord(found.values[name])) ? found : undefined;
  }

  /** Keeps the result of a job that is complete; one that was cut off is not. */
  async keep<P>(job: Job<P>, outcome: Outcome, reports: readonly TrialReport[]): Promise<void> {
    if (outcome.state !== "complete" || outcome.atLeast) return;
    const result: CachedResult = { id: job.id, values: outcome.values, reports };
    await writeFileAtomic(await this.#path(job), `${JSON.stringify(result)}\n`);
  }

  async #path<P>({ plan, request }: Job<P>): Promise<string> {
    const hash = createHash("sha256");
    hash.update(JSON.stringify([sorted(planJson(plan)), String(request.function)]));
    for (const word of plan.run ?? []) {
      const contents = await readFile(resolve(plan.cwd ?? "", word)).catch(() => undefined);
      if (contents !== undefined) hash.update(`\n${word}\n`).update(contents);
    }
    return join(this.#directory, `${hash.digest("hex")}.json`);
  }
}

function parsed(text: string): CachedResult | undefined {
  try {
    const found = JSON.parse(text) as CachedResult;
    return isRecord(found) && isRecord(found.values) && Array.isArray(found.reports) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** The same whatever the order of names. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.keys(value)
    .sort()
    .map((key) => [key, sorted(value[key])]);
}
