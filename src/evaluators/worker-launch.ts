import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The arguments with which Node starts the worker program that stands beside this file. */
export function workerProgram(): string[] {
  const typescript = import.meta.url.endsWith(".ts");
  const program = new URL(`worker-program${typescript ? ".ts" : ".js"}`, import.meta.url);
  if (!typescript) return [fileURLToPath(program)];
  // from source, in this repository's own tests: Node 20 cannot read it
  const jiti = pathToFileURL(createRequire(import.meta.url).resolve("jiti")).href;
  const [library, base, file] = [jiti, import.meta.url, program.href].map((text) => JSON.stringify(text));
  return [
    "--input-type=module",
    "--eval",
    `const { createJiti } = await import(${library}); await createJiti(${base}).import(${file});`,
  ];
}
