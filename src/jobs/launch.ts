import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { TrialContext } from "../core/evaluator.ts";
import { command } from "../evaluators/command.ts";
import { fillTemplate } from "../formats/fill-template.ts";
import { settingsOf } from "../formats/settings.ts";
import { makeDirectory } from "../system/directory.ts";
import type { Job } from "./job.ts";
import type { JobPlan } from "./template.ts";

/** The placeholder of the file that holds a job's settings, and the name of that file. */
export const SETTINGS_FILE = "settings.json";

/** Runs a job: its files are written, then its command or function does the work. */
export async function launch<P>(job: Job<P>, trial: TrialContext): Promise<unknown> {
  const { plan, request } = job;
  const { run, parameters, files, settings, ...options } = plan;
  if (settings !== undefined) await write(trial.dir, SETTINGS_FILE, `${JSON.stringify(settings, undefined, 2)}\n`);
  for (const [path, text] of Object.entries(files ?? {}))
    await write(trial.dir, path, filled(text, parameters, request.names));
  if (run === undefined) {
    if (request.function === undefined)
      throw new Error(`Cannot run job ${job.id}: its function is not in this process`);
    return request.function(parameters as never, trial, job as Job<never>);
  }
  const special = settings === undefined ? {} : { [SETTINGS_FILE]: join(trial.dir, SETTINGS_FILE) };
  return (await command(run, options)({ ...parameters, ...special }, trial)) as unknown;
}

async function write(dir: string, name: string, text: string): Promise<void> {
  const path = join(dir, name);
  makeDirectory(dirname(path));
  await writeFile(path, text);
}

/** A file's text with parameters in it; one that names none stays as it is. */
function filled(text: string, parameters: JobPlan["parameters"], searched: readonly string[]): string {
  const names = [...searched, ...settingsOf(parameters).map(({ path }) => path.join("."))];
  return names.some((name) => text.includes(`{${name}}`)) ? fillTemplate(text, parameters, names) : text;
}
