import { grouped } from "./quantity.ts";

/** Rows as aligned columns; numbers and whatever begins like one stand right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], indent = "  "): string {
  const width = head.map((h, i) => Math.max(length(h), ...rows.map((row) => length(row[i] ?? ""))));
  const right = head.map((_, i) => rows.every((row) => /^$|^[-−+×±\d.–]/.test(row[i] ?? "")));
  const lay = (row: readonly string[]): string =>
    indent +
    row
      .map((text, i) => (right[i] ? pad(width[i]! - length(text)) + text : text + pad(width[i]! - length(text))))
      .join("  ")
      .trimEnd();
  return [lay(head), indent + width.map((w) => "─".repeat(w)).join("  "), ...rows.map(lay)].join("\n");
}

/** `1 trial`, `2 trials`. */
export function plural(n: number, one: string, several = `${one}s`): string {
  return `${grouped(n)} ${n === 1 ? one : several}`;
}

function pad(n: number): string {
  return " ".repeat(Math.max(0, n));
}

function length(text: string): number {
  return Array.from(text).length;
}
