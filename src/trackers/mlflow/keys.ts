/** What MLflow's server takes at most (mlflow/utils/validation.py of 3.17; the tag limit is that of older ones). */
const LONGEST = { key: 250, param: 6000, tag: 5000 } as const;

/**
 * A name as a key of MLflow: letters, digits, `_-. /`, no path that goes up or has empty parts, 250 characters. Others
 * become `_`.
 */
export function keyOf(name: string): string {
  const parts = name
    .replace(/[^\p{L}\p{N}_\-./ ]/gu, "_")
    .slice(0, LONGEST.key)
    .split("/");
  return parts.map((part) => (/^\.{0,2}$/.test(part) ? "_" : part)).join("/");
}

/** A text of the length that a parameter or tag may have; what was cut off is marked. */
export function shortened(text: string, kind: "param" | "tag"): string {
  const most = LONGEST[kind];
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** Parameters as text by dotted name: `schedule.chunk`. Lists stand as JSON, a list of configurations by index. */
export function flattened(params: unknown, path = ""): [name: string, text: string][] {
  if (typeof params !== "object" || params === null) return [[path || "value", textOf(params)]];
  if (Array.isArray(params) && path !== "") return [[path, JSON.stringify(params)]];
  return Object.entries(params).flatMap(([key, value]) => flattened(value, path === "" ? key : `${path}.${key}`));
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The same entries under keys that MLflow takes and that differ from each other: a second one of a kind gets `_2`. */
export function keyed<T>(entries: readonly (readonly [name: string, value: T])[]): [key: string, value: T][] {
  const taken = new Set<string>();
  return entries.map(([name, value]) => {
    const key = keyOf(name);
    let free = key;
    for (let n = 2; taken.has(free); n++) free = `${key.slice(0, LONGEST.key - 5)}_${n}`;
    taken.add(free);
    return [free, value];
  });
}
