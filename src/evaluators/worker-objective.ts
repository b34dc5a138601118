import { fileURLToPath } from "node:url";
import { AttuneError } from "../core/errors.ts";
import type { ObjectiveFunction } from "../core/evaluator.ts";
import { loadModule } from "../system/module.ts";
import type { CommandOptions } from "./command.ts";
import type { Source } from "./protocol.ts";

/** Marks a search, also one of another copy of attune. */
const search = Symbol.for("attune.search");

/** The objective that a worker was told to run. Rejects with an error that says what is wrong with its module. */
export async function objectiveOf(source: Source): Promise<ObjectiveFunction> {
  if ("command" in source) {
    const { command } = await import("./command.ts");
    const { run, ...options } = source.command as unknown as { readonly run: readonly string[] } & CommandOptions;
    return command(run, options);
  }
  if (!("module" in source))
    throw new AttuneError("objective", "Expected the host to name the module that holds the objective, or a command");
  const { module } = source;
  const file = module.startsWith("file:") ? fileURLToPath(module) : module;
  const found = (await loadModule(file))["default"];
  if (typeof found === "function" && !(search in found)) return found as ObjectiveFunction;
  if (found === null || (typeof found !== "object" && typeof found !== "function") || !(search in found))
    throw new AttuneError(
      "objective",
      `Expected ${file} to export a search: \`export default defineSearch({ … })\`, or an objective function`,
    );
  const { spec } = found as { readonly spec?: { readonly objective?: unknown } };
  if (typeof spec?.objective !== "function")
    throw new AttuneError("objective", `Expected the search in ${file} to have an \`objective\` function`);
  return spec.objective as ObjectiveFunction;
}
