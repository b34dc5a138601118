const brand = "attune.error";

/** What an {@link AttuneError} is about; stable across versions, for programs to branch on. */
export type ErrorCode =
  | "usage" // a wrong argument, option or specification
  | "journal" // a journal that cannot be read, written or matched to the search
  | "objective" // an objective file that cannot be loaded
  | "all-failed" // every trial failed
  | "evaluator"; // the evaluator itself is broken

/**
 * An error that names the thing, the rule and the value. Recognised by symbol, not by `instanceof`: a globally
 * installed command line and a local library are two copies of this class.
 */
export class AttuneError extends Error {
  readonly code: ErrorCode;
  readonly "attune.error" = true;
  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "AttuneError";
    this.code = code;
  }
}

/** Whether `error` is an {@link AttuneError} of this or another copy of attune. */
export function isAttuneError(error: unknown): error is AttuneError {
  return typeof error === "object" && error !== null && brand in error;
}

/** A usage error: `Expected pool to be an integer ≥ 6, got 5`. */
export function usage(message: string): AttuneError {
  return new AttuneError("usage", message);
}

/** The most characters of a value in a message. */
const SHOWN = 80;

/** A value as it should stand in a message: short, quoted when a string. */
export function show(value: unknown): string {
  if (typeof value === "function") return value.name ? `function ${value.name}` : "a function";
  if (value === undefined || typeof value === "number" || typeof value === "bigint" || typeof value === "symbol")
    return String(value);
  let text: string;
  try {
    text = JSON.stringify(value, plain) ?? typeof value;
  } catch {
    text = Object.prototype.toString.call(value);
  }
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 3)}…` : text;
}

/** NaN and infinities by name, where JSON would say null; of what is long, only what can be shown. */
function plain(_: string, value: unknown): unknown {
  if (typeof value === "string" || Array.isArray(value)) return value.length > SHOWN ? value.slice(0, SHOWN) : value;
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

/** The message of anything thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message || thrown.name : typeof thrown === "string" ? thrown : show(thrown);
}

/** The known word nearest to a wrong one, if any is near: `Did you mean …`. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.min(Math.max(2, Math.floor(word.length / 3)) + 1, word.length);
  for (const candidate of known) {
    const short = Math.min(word.length, candidate.length);
    const begins = short >= 3 && word.slice(0, short).toLowerCase() === candidate.slice(0, short).toLowerCase();
    const d = begins ? 1 : distance(word.toLowerCase(), candidate.toLowerCase());
    if (d < least) [best, least] = [candidate, d];
  }
  return best;
}

/** Refuses options that no one declared: ``Unknown option `pol` of genetic. Did you mean `pool`?`` */
export function refuseUnknown(thing: string, given: object, known: readonly string[]): void {
  for (const key of Object.keys(given)) {
    if (known.includes(key)) continue;
    const near = nearest(key, known);
    throw usage(
      `Unknown option \`${key}\` of ${thing}. ${near ? `Did you mean \`${near}\`?` : `It takes: ${known.join(", ")}`}`,
    );
  }
}

/** Requires a finite number within bounds, an integer if `integer`; returns it. */
export function expectNumber(
  name: string,
  value: unknown,
  {
    low = -Infinity,
    high = Infinity,
    integer = false,
    above,
  }: { low?: number; high?: number; integer?: boolean; above?: number } = {},
): number {
  const inside =
    typeof value === "number" &&
    Number.isFinite(value) &&
    value >= low &&
    value <= high &&
    (above === undefined || value > above);
  if (inside && (!integer || Number.isInteger(value))) return value;
  const bounds = [
    above === undefined ? "" : `> ${above}`,
    low === -Infinity ? "" : `≥ ${low}`,
    high === Infinity ? "" : `≤ ${high}`,
  ].filter(Boolean);
  throw usage(
    `Expected \`${name}\` to be ${integer ? "an integer" : "a finite number"}${bounds.length ? ` ${bounds.join(" and ")}` : ""}, got ${show(value)}`,
  );
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length]!;
}
