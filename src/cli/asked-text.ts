import type { AskedTrial } from "../study/study-options.ts";

/**
 * A trial as one line for people and shells: its number, then `name=value` words in full precision, inner names joined
 * by dots; what holds other characters than words do stands as JSON.
 */
export function askedText({ number, params }: Pick<AskedTrial<unknown>, "number" | "params">): string {
  return [String(number), ...words(params, "")].join(" ");
}

function words(value: unknown, path: string): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${path || "value"}=${word(value)}`];
  return Object.entries(value).flatMap(([key, inner]) => words(inner, path === "" ? key : `${path}.${key}`));
}

function word(value: unknown): string {
  return typeof value === "string" && /^[\w.,:/+@%-]+$/.test(value) ? value : JSON.stringify(value);
}
