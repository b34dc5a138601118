import { usage } from "../core/errors.ts";
import type { Direction } from "../core/objective.ts";
import type { Trial } from "../core/trial.ts";

/** A number for people: four significant digits, whole numbers in full with thin groups. */
export function numberText(x: number): string {
  if (!Number.isFinite(x)) return String(x);
  if (Number.isInteger(x) && Math.abs(x) < 1e15) return grouped(x);
  const size = Math.abs(x);
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return x.toExponential(3);
  if (size >= 1000) return grouped(Math.round(x));
  return String(Number(x.toPrecision(4)));
}

/** A value, or the bound of one: `≥ 12.3` where a minimised trial was cut off. */
export function valueOrBound(value: number, { atLeast }: Pick<Trial, "atLeast">, direction: Direction): string {
  return `${atLeast ? (direction === "minimize" ? "≥ " : "≤ ") : ""}${numberText(value)}`;
}

/** A whole number in groups of three digits. */
export function grouped(x: number): string {
  return String(x).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A value's change against the baseline's: `−12.1 %`, `+0.3 %`, `±0 %`, `×4.2` from doubling on. */
export function changeText(value: number, baseline: number): string {
  if (value === baseline) return "±0 %";
  if (baseline === 0) return `${value > 0 ? "+" : "−"}${numberText(Math.abs(value))}`;
  const ratio = value / baseline;
  if (ratio >= 2) return `×${numberText(Number(ratio.toPrecision(3)))}`;
  const percent = ((value - baseline) / Math.abs(baseline)) * 100;
  const size = Math.abs(percent);
  return `${percent < 0 ? "−" : "+"}${size >= 10 ? (Math.floor(size * 10) / 10).toFixed(1) : size >= 0.095 ? size.toFixed(2) : size.toPrecision(1)} %`;
}

/** A share for people: 0.0123 is `1.2 %`. */
export function percentText(share: number): string {
  const percent = 100 * share;
  return `${percent >= 10 ? Math.round(percent) : Number(percent.toPrecision(2))} %`;
}

/** What was spent, and of a limit what is left: `cost 3.2 of 5, 1.8 left`. */
export function costText(spent: number, limit?: number): string {
  const text = `cost ${numberText(spent)}`;
  return limit === undefined ? text : `${text} of ${numberText(limit)}, ${numberText(Math.max(0, limit - spent))} left`;
}

/** Milliseconds for people: `85 ms`, `3.2 s`, `4 min 10 s`, `2 h 5 min`. */
export function durationText(ms: number): string {
  if (!Number.isFinite(ms)) return "–";
  if (ms < 1000) return `${Number(ms.toPrecision(3))} ms`;
  const seconds = ms / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads a time as it stands on the command line, `500ms`, `10s`, `5m`, `2h`, `1d`, into milliseconds. */
export function readDuration(text: string, name = "time"): number {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|min|h|d)$/.exec(text.trim());
  const ms = match ? Number(match[1]) * UNITS[match[2]!]! : NaN;
  if (ms > 0) return ms;
  throw usage(`Expected \`${name}\` to be a time such as 500ms, 10s, 5m or 2h, got ${JSON.stringify(text)}`);
}

const POWERS = ["", "k", "m", "g", "t"];

/** Reads a size as it stands on the command line, `512M`, `1.5G`, `64Mi`, `1000B`, into bytes; M is 1000², Mi is 1024². */
export function readSize(text: string, name = "size"): number {
  const match = /^(\d+(?:\.\d+)?)\s*(?:([kmgt])(i?)b?|b)$/i.exec(text.trim());
  const base = match?.[3] ? 1024 : 1000;
  const bytes = match ? Math.round(Number(match[1]) * base ** POWERS.indexOf((match[2] ?? "").toLowerCase())) : NaN;
  if (bytes > 0) return bytes;
  throw usage(`Expected \`${name}\` to be a size such as 512M, 2G or 1.5Gi, got ${JSON.stringify(text)}`);
}
