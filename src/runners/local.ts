import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { refuseUnknown, show, usage } from "../core/errors.ts";
import type { Workload } from "../core/evaluator.ts";
import { failed, type Outcome } from "../core/outcome.ts";
import {
  defineRunner,
  type JobHandle,
  type RunnerJobState,
  type Runner,
  type RunnerDefinition,
  type RunnerJob,
} from "../core/runner.ts";
import { isForeign } from "../evaluators/foreign-objective.ts";
import { sourceOf } from "../evaluators/open-pool.ts";
import { jobArguments } from "../evaluators/worker-launch.ts";
import { writeFileAtomic } from "../system/atomic-file.ts";
import { endDetached, startDetached } from "../system/detached.ts";
import { thisHost } from "../system/host.ts";
import { userDirectory } from "../system/user-directory.ts";
import { type JobFile, JobFiles } from "./job-files.ts";

/** Options of {@link local}. */
export interface LocalOptions {
  /** Where each job has a directory of its own, which is kept. @default `jobs` in this user's part of the system's temporary directory */
  readonly directory?: string;
  /** Environment variables of the jobs, beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** The working directory of the jobs. @default that of this process */
  readonly cwd?: string;
}

/** Milliseconds that a job has to end once it is cancelled, before it is killed. */
const GRACE = 2_000;
const PREFIX = "local:";

/**
 * Runs each job as a detached process of this machine, which goes on when the search is gone: a search that is resumed
 * attaches to the jobs that still run, and takes what others came to meanwhile. The objective is a module or a command.
 * A job has its output, its reports and its outcome in its directory. On Linux and macOS.
 */
export const local: RunnerDefinition<LocalOptions> = defineRunner<LocalOptions>(
  {
    name: "local",
    summary: "Detached processes of this machine, which survive the search.",
    closures: false,
    survives: true,
  },
  (options) => {
    refuseUnknown("local", options, ["directory", "env", "cwd"]);
    for (const name of ["directory", "cwd"] as const)
      if (options[name] !== undefined && (typeof options[name] !== "string" || options[name] === ""))
        throw usage(`Expected \`${name}\` of local() to be a directory, got ${show(options[name])}`);
    return async (workload) => {
      if (process.platform === "win32") throw usage("The runner `local` needs Linux or macOS");
      if (isForeign(workload.objective))
        throw usage(
          "Expected the objective for local() to be a module or a command, got a program in another language",
        );
      return new Local(workload, options);
    };
  },
);

class Local<P> implements Runner<P> {
  readonly #workload: Pick<JobFile, "source" | "names" | "limited">;
  readonly #options: LocalOptions;
  readonly #directory: string;

  constructor(workload: Workload<P>, options: LocalOptions) {
    const { names, limited } = workload;
    this.#workload = { source: sourceOf("local", workload), names, ...(limited === undefined ? {} : { limited }) };
    this.#options = options;
    this.#directory = resolve(options.directory ?? join(userDirectory().path, "jobs"));
  }

  /** The command line of the job, and what its directory tells it. */
  render(job: RunnerJob<P>): string {
    const files = this.#filesOf(job);
    const line = [process.execPath, ...jobArguments(files.directory)].map((part) => JSON.stringify(part)).join(" ");
    return `${line}\n${JSON.stringify(this.#file(job, files), undefined, 2)}\n`;
  }

  async submit(job: RunnerJob<P>): Promise<JobHandle> {
    const files = this.#filesOf(job);
    if (existsSync(files.path("job.json"))) throw usage(`There is a job in ${files.directory} already`);
    await mkdir(files.directory, { recursive: true, mode: 0o700 });
    await writeFileAtomic(files.path("job.json"), JSON.stringify(this.#file(job, files)));
    const started = await startDetached({
      file: process.execPath,
      args: jobArguments(files.directory),
      env: { ...process.env, ...this.#options.env },
      cwd: this.#options.cwd,
      stdout: files.path("stdout"),
      stderr: files.path("stderr"),
    });
    await writeFileAtomic(files.path("process.json"), JSON.stringify(started));
    return PREFIX + files.directory;
  }

  async poll(handles: readonly JobHandle[]): Promise<Map<JobHandle, RunnerJobState>> {
    return new Map(handles.map((handle) => [handle, stateOf(handle)]));
  }

  async cancel(handle: JobHandle, reason: string): Promise<void> {
    const files = filesOf(handle);
    if (files === undefined || !existsSync(files.path("job.json")) || files.outcome() !== undefined) return;
    await files.cancel(reason);
    const started = files.process();
    if (started !== undefined) await endDetached(started, GRACE);
  }

  #filesOf({ name }: RunnerJob<P>): JobFiles {
    return new JobFiles(join(this.#directory, name));
  }

  /** The job is told its name as well, for those who look at the file. */
  #file(job: RunnerJob<P>, files: JobFiles): JobFile {
    return { ...this.#workload, run: { ...job, dir: files.path("dir") } };
  }
}

function filesOf(handle: JobHandle): JobFiles | undefined {
  return handle.startsWith(PREFIX) ? new JobFiles(handle.slice(PREFIX.length)) : undefined;
}

function stateOf(handle: JobHandle): RunnerJobState {
  const files = filesOf(handle);
  if (files?.job() === undefined) return { state: "unknown", reason: "there is no such job on this machine" };
  const started = files.process();
  if (started === undefined) return { state: "unknown", reason: "its process was never recorded" };
  const ended = (outcome: Outcome): RunnerJobState => ({ state: "ended", outcome, reports: files.reports() });
  const runs = thisHost().alive(started); // looked at first: what it then says is its last word
  const cancelled = files.cancelled();
  const outcome = cancelled === undefined ? files.outcome() : undefined;
  if (outcome !== undefined) return ended(outcome);
  if (runs) return { state: "running", where: { host: started.host, pid: started.pid }, reports: files.reports() };
  if (cancelled !== undefined) return ended({ state: "cancelled", ...cancelled });
  const stderr = files.lastWords();
  return ended(failed("crash", "the process of the job ended without an outcome", stderr === "" ? {} : { stderr }));
}
