import { readFileSync } from "node:fs";
import { cacheDirectory } from "../system/cache-directory.ts";
import type { UsageLimits } from "../system/usage-watch.ts";
import { foreignBrand, type ForeignObjective, type ForeignOptions } from "./foreign-objective.ts";
import type { Launch } from "./process-transport.ts";

/** What an evaluator must know to run a program in another language as its worker. */
export interface Foreign {
  /** Milliseconds that it has to say that it is ready. */
  readonly startLimit: number;
  /** The file that it is written in, where that is known, for a hash of it. */
  readonly file?: string;
  /** How it is started. Throws an error that says why it cannot be, as far as that is known before it is tried. */
  launch(around: Surroundings): Launch;
}

/** What the evaluator's options say about every process that it starts. */
export interface Surroundings {
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
  readonly limits?: UsageLimits | undefined;
  /** The options that were given although they concern Node alone. */
  readonly forNode?: readonly string[];
}

/** How the program behind an objective is started. */
export function foreignOf(objective: ForeignObjective): Foreign {
  return objective[foreignBrand] as Foreign;
}

/** Where such a program runs, and with which environment. */
export function surrounded({ env, cwd }: ForeignOptions, around: Surroundings): Omit<Launch, "file" | "args"> {
  const all = { ...process.env, ...around.env, ...env };
  const place = cwd ?? around.cwd;
  return {
    env: { ...all, ATTUNE_CACHE: cacheDirectory(all) },
    limits: around.limits ?? {},
    ...(place === undefined ? {} : { cwd: place }),
  };
}

/** The text that the objective comes from: how it is started, and its file. */
export function foreignText(objective: ForeignObjective): string {
  const { file } = foreignOf(objective);
  const text = JSON.stringify(objective.toJSON());
  try {
    return file === undefined ? text : text + readFileSync(file, "utf8");
  } catch {
    return text; // it is missing, which its start says
  }
}
