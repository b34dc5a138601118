import { literal } from "./literal.ts";
import { constantName, plainText, type Setting } from "./settings.ts";

/** One value of a text that was replaced. Both are as they stand there, quotes included. */
export interface Replacement {
  /** The name of the parameter. */
  readonly name: string;
  /** From 1. */
  readonly line: number;
  readonly before: string;
  readonly after: string;
}

/** Kinds of file in which a text must be quoted. */
const QUOTING = /\.(?:json|jsonc|json5|toml|[cm]?[jt]sx?|py|c|cc|cpp|cu|h|hpp|cuh|rs|go|java|kt|swift)$/;

/**
 * Replaces the values of settings where a text assigns them: `name = value`, `name: value`, `"name": value`, `NAME=value`,
 * `#define NAME value`. A setting `a.b` is also found as `b` below a line that opens `a`, and as A_B. The first place counts;
 * everything else of the text stays as it is. A text keeps the quotes of the value that it replaces.
 */
export function assign(
  text: string,
  settings: readonly Setting[],
  file = "",
): { readonly text: string; readonly replaced: readonly Replacement[]; readonly missing: readonly string[] } {
  const all = text.split("\n");
  const replaced: Replacement[] = [];
  const missing: string[] = [];
  for (const { path, value } of settings) {
    const place = find(all, path);
    const name = path.join(".");
    if (place === undefined) {
      missing.push(name);
      continue;
    }
    const { line, from, to } = place;
    const before = all[line]!.slice(from, to);
    const after = quoted(plainText(value), typeof value === "string", before, file);
    all[line] = all[line]!.slice(0, from) + after + all[line]!.slice(to);
    replaced.push({ name, line: line + 1, before, after });
  }
  return { text: all.join("\n"), replaced, missing };
}

/** Puts values back, where what replaced them still stands; the names of those where it does not. */
export function unassign(
  text: string,
  replaced: readonly Replacement[],
): { readonly text: string; readonly changed: readonly string[] } {
  const all = text.split("\n");
  const changed: string[] = [];
  for (const { name, before, after } of replaced) {
    const place = find(all, name.split("."));
    if (place === undefined || all[place.line]!.slice(place.from, place.to) !== after) {
      changed.push(name);
      continue;
    }
    const { line, from, to } = place;
    all[line] = all[line]!.slice(0, from) + before + all[line]!.slice(to);
  }
  return { text: all.join("\n"), changed };
}

interface Place {
  /** From 0. */
  readonly line: number;
  readonly from: number;
  readonly to: number;
}

function find(lines: readonly string[], path: readonly string[]): Place | undefined {
  for (const name of new Set([path.join("."), constantName(path)])) {
    const place = findName(lines, name, 0);
    if (place !== undefined) return place;
  }
  if (path.length < 2) return undefined;
  let from = 0;
  for (const opener of path.slice(0, -1)) {
    const at = lines.findIndex((line, i) => i >= from && opens(line, opener));
    if (at < 0) return undefined;
    from = at + 1;
  }
  return findName(lines, path.at(-1)!, from);
}

function opens(line: string, name: string): boolean {
  return new RegExp(String.raw`(?:^|[\s"'[{])${literal(name)}["'\]]?\s*(?:[:=]\s*[{[]?\s*$|\]|$)`).test(line.trimEnd());
}

function findName(lines: readonly string[], name: string, first: number): Place | undefined {
  const macro = new RegExp(String.raw`^(\s*#\s*define\s+${literal(name)}\s+)`);
  const assigned = new RegExp(
    String.raw`^((?:[^#]*?[\s,{])??(["']?)${literal(name)}\2(?:\s*:[^=,{}]*(?==[^=]))?\s*(?:=(?!=)|:(?!=)|:=)\s*)`,
  );
  for (let line = first; line < lines.length; line++) {
    const text = lines[line]!;
    const from = (macro.exec(text) ?? assigned.exec(text))?.[1]?.length;
    if (from === undefined) continue;
    const value = VALUE.exec(text.slice(from))?.[0];
    if (value !== undefined) return { line, from, to: from + value.length };
  }
  return undefined;
}

/** A quoted text, a list, or all up to a space before a comment, a comma or a semicolon. */
const VALUE = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\[[^\]]*\]|[^\s,;{}#]+)/;

function quoted(text: string, isText: boolean, before: string, file: string): string {
  const quote = before[0];
  if (quote === "'") return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  if (quote === '"') return JSON.stringify(text);
  return isText && (QUOTING.test(file) || /[\s,;#"']/.test(text) || text === "") ? JSON.stringify(text) : text;
}
