import { AttuneError, messageOf, show } from "../../core/errors.ts";

/** What Python's `json` module reads and writes: JSON, and NaN and infinities as numbers. */
export type PythonJson =
  | null
  | boolean
  | number
  | string
  | Real
  | readonly PythonJson[]
  | { readonly [key: string]: PythonJson };

/** A number that Python is to read as a `float`: `64.0`, where a bare 64 would become an `int`. */
export class Real {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** One line of JSON as Python's `json.dumps` writes it: `NaN`, `Infinity`, everything beyond ASCII escaped. */
export function encodePython(value: PythonJson): string {
  if (value instanceof Real) return realText(value.value);
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : realText(value);
  if (typeof value === "string") return textOf(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return `[${(value as readonly PythonJson[]).map(encodePython).join(",")}]`;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{${entries.map(([key, item]) => `${textOf(key)}:${encodePython(item)}`).join(",")}}`;
}

/** Text in quotes, in ASCII. */
function textOf(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function realText(x: number): string {
  if (Number.isNaN(x)) return "NaN";
  if (!Number.isFinite(x)) return x > 0 ? "Infinity" : "-Infinity";
  const text = Object.is(x, -0) ? "-0" : String(x);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** A text, or one of the literals that JSON does not have. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?Infinity|NaN/g;

/** Reads what Python's `json.dumps` writes. Throws an `AttuneError` ("journal"). */
export function decodePython(text: string): PythonJson {
  try {
    return JSON.parse(text) as PythonJson;
  } catch (error) {
    if (!/NaN|Infinity/.test(text)) throw wrong(text, error);
  }
  let mark = "number";
  while (text.includes(mark)) mark += "'";
  const marked = text.replace(TOKEN, (token) => (token.startsWith('"') ? token : `{"${mark}":"${token}"}`));
  try {
    return JSON.parse(marked, (_, value: unknown) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, mark)
        ? Number((value as Record<string, string>)[mark])
        : value,
    ) as PythonJson;
  } catch (error) {
    throw wrong(text, error);
  }
}

function wrong(text: string, cause: unknown): AttuneError {
  return new AttuneError("journal", `expected JSON, got ${show(text)}: ${messageOf(cause)}`, { cause });
}
