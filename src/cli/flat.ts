/** A configuration as name → text for people, nested names joined by dots, at most six significant digits. */
export function flat(params: unknown, path = ""): Record<string, string> {
  if (typeof params !== "object" || params === null) return { [path || "value"]: textOf(params) };
  const out: Record<string, string> = {};
  for (const [key, value] of Object.entries(params)) {
    const name = Array.isArray(params) ? `${path}[${key}]` : path ? `${path}.${key}` : key;
    Object.assign(out, Array.isArray(value) && path !== "" ? { [name]: JSON.stringify(value) } : flat(value, name));
  }
  return out;
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" && !Number.isInteger(value)) return String(Number(value.toPrecision(6)));
  return JSON.stringify(value);
}
