import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, extname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { AttuneError, messageOf } from "../core/errors.ts";
import { whileLoading } from "./loading.ts";

/** What a module can fail with natively although it is right: the rest of it is loaded through jiti. */
const retried = new Set([
  "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX", // an enum
  "ERR_UNKNOWN_FILE_EXTENSION", // .tsx, or type stripping switched off
  "ERR_MODULE_NOT_FOUND", // ./x.js that is a .ts; attune itself, when only the command line is installed
  "MODULE_NOT_FOUND",
]);

/**
 * Loads a user's .ts, .mts, .js, .mjs or .cjs file and resolves with its exports. TypeScript goes through Node where it
 * strips types (≥ 22.18), else through jiti. `attune` is this very copy unless the file has one of its own. Throws an
 * `AttuneError` ("objective") that names the file, the line if it is known, and what went wrong there.
 */
export function loadModule(path: string): Promise<Record<string, unknown>> {
  return whileLoading(() => load(path));
}

async function load(path: string): Promise<Record<string, unknown>> {
  const file = resolve(path);
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) throw new AttuneError("objective", `Cannot find ${file}: there is no such file`);
  if (!found.isFile()) throw new AttuneError("objective", `Cannot load ${file}: it is not a file`);
  const typescript = /^\.[cm]?tsx?$/.test(extname(file));
  let first: unknown;
  if (!typescript || (process.features as { typescript?: unknown }).typescript) {
    try {
      return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Record<string, unknown>;
    } catch (error) {
      // a SyntaxError before anything ran: types imported without `type` do not link; of others, jiti knows the line
      const unread =
        error instanceof SyntaxError && placeIn(stackOf(error).replace(/^(?!\s+at ).*$/gm, "")) === undefined;
      if (!unread && !retried.has(codeOf(error))) throw broken(file, error);
      first = error;
    }
  }
  try {
    const { createJiti } = await import("jiti");
    return await createJiti(import.meta.url, { alias: hasOwnAttune(file) ? {} : aliases() }).import(file);
  } catch (error) {
    throw broken(file, first !== undefined && codeOf(error) === "MODULE_NOT_FOUND" ? first : error);
  }
}

/** Loads a module of attune's own that is built apart. */
export async function loadBuilt(path: string): Promise<Record<string, unknown>> {
  return (await import(/* @vite-ignore */ pathToFileURL(path).href)) as Record<string, unknown>;
}

/** `attune` and `attune/…` by the files of this copy, which is the one instance when the command line is global. */
function aliases(): Record<string, string> {
  const index = `index${extname(fileURLToPath(import.meta.url))}`; // .ts in this repository, .js when built
  const root = fileURLToPath(new URL("..", import.meta.url));
  const found: Record<string, string> = { attune: join(root, index) };
  for (const { name } of readdirSync(root, { withFileTypes: true }))
    if (existsSync(join(root, name, index))) found[`attune/${name}`] = join(root, name, index);
  return found;
}

function hasOwnAttune(file: string): boolean {
  for (let directory = dirname(file); ; directory = dirname(directory)) {
    if (existsSync(join(directory, "node_modules", "attune", "package.json"))) return true;
    if (directory === dirname(directory)) return false;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** What went wrong, with the innermost line of the user's own files that the error's stack or message names. */
function broken(file: string, error: unknown): AttuneError {
  const where = placeIn(`${messageOf(error)}\n${stackOf(error)}`);
  const line = where?.file === file ? `:${where.line}` : "";
  const elsewhere = where !== undefined && where.file !== file ? `${where.file}:${where.line}: ` : "";
  const message = messageOf(error).split("\n")[0]!.trim();
  return new AttuneError("objective", `Cannot load ${file}${line}: ${elsewhere}${message}`, { cause: error });
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? "") : "";
}

function placeIn(text: string): { file: string; line: string } | undefined {
  const own = fileURLToPath(new URL("..", import.meta.url));
  for (const row of text.split("\n")) {
    const match = /^\s*(?:at (?:.*\()?(?:async )?)?((?:file:\/\/)?(?:\/|[A-Za-z]:[\\/]).*?):(\d+)(?::\d+)?\)?$/.exec(
      row,
    );
    if (!match) continue;
    const file = match[1]!.startsWith("file:") ? fileURLToPath(match[1]!) : match[1]!;
    if (!file.startsWith(own) && !/[\\/]node_modules[\\/]/.test(file)) return { file, line: match[2]! };
  }
  return undefined;
}
