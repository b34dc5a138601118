import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

/** When built, this file is part of a chunk in another folder. */
const typescript = import.meta.url.endsWith(".ts");
const programs = {
  worker: new URL(`../evaluators/worker-program${typescript ? ".ts" : ".js"}`, import.meta.url),
  job: new URL(`../runners/job-program${typescript ? ".ts" : ".js"}`, import.meta.url),
};

/** Node 20 cannot read TypeScript: from source, in this repository's own tests, jiti loads the program. */
function bridge(program: URL): string {
  const jiti = pathToFileURL(createRequire(import.meta.url).resolve("jiti")).href;
  const [library, base, file] = [jiti, import.meta.url, program.href].map((text) => JSON.stringify(text));
  return `const { createJiti } = await import(${library}); await createJiti(${base}).import(${file});`;
}

/** The arguments with which Node starts the worker program that stands beside this file. */
export function workerArguments(): string[] {
  return argumentsOf(programs.worker);
}

/** The arguments with which Node starts the program of a job; its files are in the directory. */
export function jobArguments(directory: string): string[] {
  return [...argumentsOf(programs.job), directory];
}

function argumentsOf(program: URL): string[] {
  return typescript ? ["--input-type=module", "--eval", bridge(program)] : [fileURLToPath(program)];
}

/** The worker program as a thread of this process is started with it. */
export function workerThread(): URL {
  return typescript ? new URL(`data:text/javascript,${encodeURIComponent(bridge(programs.worker))}`) : programs.worker;
}
