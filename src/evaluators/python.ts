import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { AttuneError, refuseUnknown, show, usage } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import { foreignObjective } from "./foreign-call.ts";
import { surrounded } from "./foreign.ts";
import { checkForeign, FOREIGN_OPTIONS, type ForeignObjective, type ForeignOptions } from "./foreign-objective.ts";
import { expectTexts } from "./process-launch.ts";
import { START_LIMIT } from "./remote-worker.ts";

/** Options of {@link python}. */
export interface PythonOptions extends ForeignOptions {
  /** The Python to run, 3.8 or later. @default python3, else python, of the PATH: that of an active environment */
  readonly execPath?: string;
  /** What stands before the program, such as `["-X", "dev"]`. @default none */
  readonly args?: readonly string[];
}

/** The program that serves a Python function, of the standard library alone. */
const host = fileURLToPath(new URL("../evaluators/python-host.py", import.meta.url));
/** `train.py:objective`, `C:\ml\train.py`, `file:///ml/train.py:model.loss`. */
const TARGET = /^(.+?\.pyw?)(?::([^\s:/\\]+))?$/;

/**
 * An objective that is a Python function, `objective(params)` or `objective(params, trial)`, sync or async, in a file. Each
 * worker is one Python process, which imports the file once and measures many trials; `isolated()` starts one for each
 * attempt. `target` is FILE.py:FUNCTION; the function is `objective` unless it is named. What it returns is judged like
 * the value of any objective; numbers and arrays of NumPy and others are taken. An exception is a failure of kind `error`
 * with its traceback, MemoryError one of kind `memory`; an exit or a crash costs its own process and nothing else.
 * `docs/other-languages.md` lists what `trial` can do.
 * @example python("train.py:objective", { execPath: ".venv/bin/python" })
 */
export function python(target: string, options: PythonOptions = {}): ForeignObjective {
  const { file, name } = parseTarget(target);
  refuseUnknown("python", options, ["execPath", "args", ...FOREIGN_OPTIONS]);
  checkForeign("python", options);
  const { execPath, args = [] } = options;
  if (execPath !== undefined && (typeof execPath !== "string" || execPath === ""))
    throw usage(`Expected \`python.execPath\` to be a path, got ${show(execPath)}`);
  expectTexts("python.args", args);
  return foreignObjective(
    {
      startLimit: options.startLimit ?? START_LIMIT,
      file: resolve(options.cwd ?? "", file),
      launch(around) {
        const start = surrounded(options, around);
        const path = resolve(start.cwd ?? "", file);
        if (!statSync(path, { throwIfNoEntry: false })?.isFile())
          throw new AttuneError("objective", `Cannot find ${path}: there is no such file`);
        return { file: execPath ?? interpreter(start.env), args: [...args, host, path, name], ...start };
      },
    },
    JSON.parse(JSON.stringify({ python: target, ...options })) as Json,
  );
}

/** The file, and the name of the function in it. */
function parseTarget(target: unknown): { file: string; name: string } {
  const [, file, name = "objective"] = (typeof target === "string" && TARGET.exec(target)) || [];
  if (file === undefined) throw usage(`Expected python() to be given FILE.py or FILE.py:FUNCTION, got ${show(target)}`);
  return { file: file.startsWith("file:") ? fileURLToPath(file) : file, name };
}

/** The first `python3`, else `python`, of the PATH. */
function interpreter(env: NodeJS.ProcessEnv): string {
  const [, path = ""] = Object.entries(env).find(([name]) => name.toUpperCase() === "PATH") ?? [];
  const folders = path.split(delimiter).filter(Boolean);
  const extension = process.platform === "win32" ? ".exe" : "";
  for (const name of ["python3", "python"])
    for (const folder of folders) if (isProgram(join(folder, name + extension))) return join(folder, name + extension);
  throw usage(
    "Cannot find python3 or python on the PATH: install Python ≥ 3.8, or give python() an `execPath` such as .venv/bin/python",
  );
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
