import { constantName, plainText, type Setting, settingsOf } from "./settings.ts";

/** Where a configuration comes from, one line each; comments in the formats that have them. */
export type Provenance = readonly string[];

interface WinnerFormat {
  readonly summary: string;
  readonly write: (params: unknown, from: Provenance) => string;
}

/** How a configuration can be written for the program that is to use it. */
export const WINNER_FORMATS = {
  json: { summary: "the parameters as an object", write: (params) => `${JSON.stringify(params, undefined, 2)}\n` },
  env: {
    summary: "NAME=value lines, inner names joined by _",
    write: (params, from) =>
      lines(
        comments("#", from),
        each(params, ({ path, value }) => `${constantName(path)}=${shellWord(plainText(value))}`),
      ),
  },
  args: {
    summary: "--name=value options on one line",
    write: (params) =>
      `${each(params, ({ path, value }) => `--${path.join(".")}=${shellWord(plainText(value))}`).join(" ")}\n`,
  },
  ts: {
    summary: "a TypeScript module whose default export is the parameters",
    write: (params, from) =>
      lines(
        ["/**", ...from.map((line) => ` * ${line.replaceAll("*/", "* /")}`), " */"],
        [`export default ${JSON.stringify(params, undefined, 2)} as const;`],
      ),
  },
  "c-header": {
    summary: "a C header of #define lines",
    write: (params, from) =>
      lines(comments("//", from), [
        "#ifndef ATTUNE_BEST_H",
        "#define ATTUNE_BEST_H",
        ...each(params, ({ path, value }) => `#define ${constantName(path)} ${macroText(value)}`),
        "#endif",
      ]),
  },
} as const satisfies Record<string, WinnerFormat>;

/** The name of a {@link WINNER_FORMATS}. */
export type WinnerFormatName = keyof typeof WINNER_FORMATS;

function each(params: unknown, write: (setting: Setting) => string): string[] {
  return settingsOf(params).map(write);
}

function lines(...parts: readonly (readonly string[])[]): string {
  return `${parts.flat().join("\n")}\n`;
}

function comments(mark: string, from: Provenance): string[] {
  return from.map((line) => `${mark} ${line.replaceAll(/[\r\n]+/g, " ")}`);
}

/** A word as a POSIX shell reads it. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function macroText(value: Setting["value"]): string {
  if (typeof value === "boolean") return value ? "1" : "0";
  return typeof value === "number" ? String(value) : JSON.stringify(plainText(value));
}
