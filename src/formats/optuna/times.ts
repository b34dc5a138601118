/**
 * How times stand in an Optuna journal: "utc" with an offset, as Optuna 5 writes them; "local" without one, in the time
 * zone of the machine, as Optuna up to 4.9 writes and expects them.
 */
export type TimeForm = "utc" | "local";

/** `2026-11-21T09:15:02.120000+00:00`; `at` in milliseconds since 1970. */
export function timeText(at: number, form: TimeForm): string {
  const whole = Math.floor(at);
  if (form === "utc") return new Date(whole).toISOString().replace("Z", "000+00:00");
  const offset = new Date(whole).getTimezoneOffset() * 60_000;
  return new Date(whole - offset).toISOString().replace("Z", "000");
}

const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))?\s*(Z|[+-]\d\d:?\d\d)?$/;

/** Milliseconds since 1970 of a time with or without an offset; without one it is in `form`. Undefined when it is none. */
export function readTime(text: string, form: TimeForm): number | undefined {
  const found = TIME.exec(text);
  if (found === null) return undefined;
  const [, day, time, fraction = "0", zone] = found;
  const offset = zone?.replace(/^([+-]\d\d)(\d\d)$/, "$1:$2") ?? (form === "utc" ? "Z" : "");
  const seconds = Date.parse(`${day}T${time}${offset}`);
  return Number.isNaN(seconds) ? undefined : seconds + Math.floor(Number(`0.${fraction}`) * 1000);
}
