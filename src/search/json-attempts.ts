import { resolve } from "node:path";
import { type AttemptOptions, attemptPolicy } from "../core/attempt-policy.ts";
import type { AttemptSettings } from "../core/attempt-settings.ts";
import { expectNumber, show, usage } from "../core/errors.ts";
import { readDuration, readSize } from "../formats/quantity.ts";
import { readTimeout } from "../formats/timeout.ts";
import type { RelativeTimeout, Timeout } from "../core/timeout.ts";
import { isRecord } from "../core/json.ts";

/** A time: milliseconds, or a text such as "10s". */
export type Time = number | string;

/** What a search in JSON may say about attempts. */
interface JsonAttempts extends AttemptOptions {
  readonly memory?: number | string;
  readonly cpuTime?: Time;
}

/** Reads and checks what a search in JSON says about attempts; a relative `scratch` starts at `base`. */
export function readAttempts(json: JsonAttempts, base: string): AttemptSettings {
  const { memory, cpuTime, retry, keep, directory, scratch, resources, repeats, normalize, minSteps, maxSteps } = json;
  for (const [name, given] of Object.entries({ retry, resources }))
    if (given !== undefined && !isRecord(given))
      throw usage(`Expected \`${name}\` to be an object, got ${show(given)}`);
  const options: AttemptOptions = {
    ...(retry === undefined ? {} : { retry }),
    ...(keep === undefined ? {} : { keep }),
    ...(directory === undefined ? {} : { directory }),
    ...(scratch === undefined ? {} : { scratch }),
    ...(resources === undefined ? {} : { resources }),
    ...(repeats === undefined ? {} : { repeats }),
    ...(normalize === undefined ? {} : { normalize }),
    ...(minSteps === undefined ? {} : { minSteps }),
    ...(maxSteps === undefined ? {} : { maxSteps }),
  };
  attemptPolicy(options);
  return {
    ...(memory === undefined ? {} : { memory: size(memory, "memory") }),
    ...(cpuTime === undefined ? {} : { cpuSeconds: time(cpuTime, "cpuTime") / 1000 }),
    ...options,
    ...(scratch === undefined ? {} : { scratch: resolve(base, scratch) }),
  };
}

/** The limit of an attempt in JSON. */
export type JsonTimeout = Time | (Omit<RelativeTimeout, "max"> & { readonly max?: Time });

/** Reads the limit of an attempt; the search checks it. */
export function readJsonTimeout(given: unknown): Timeout {
  if (typeof given === "string") return readTimeout(given);
  if (!isRecord(given)) return time(given, "timeout");
  const { max, ...rest } = given;
  return { ...rest, ...(max === undefined ? {} : { max: time(max, "timeout.max") }) } as unknown as Timeout;
}

/** Milliseconds of a time in JSON. */
export function time(given: unknown, name: string): number {
  if (typeof given === "number") return expectNumber(name, given, { above: 0 });
  if (typeof given === "string") return readDuration(given, name);
  throw usage(`Expected \`${name}\` to be milliseconds, or a text such as "10s", got ${show(given)}`);
}

function size(given: unknown, name: string): number {
  if (typeof given === "number") return expectNumber(name, given, { integer: true, low: 1 });
  if (typeof given === "string") return readSize(given, name);
  throw usage(`Expected \`${name}\` to be bytes, or a text such as "512M", got ${show(given)}`);
}
