import { show, usage } from "../core/errors.ts";
import type { StudyDefinition } from "../core/event.ts";
import { isRecord, type Json } from "../core/json.ts";
import { failed, FAILURE_KINDS, type FailureKind } from "../core/outcome.ts";
import type { Measurement } from "../core/measure.ts";
import type { Told } from "../study/study-options.ts";

/** What `attune tell` is told, as commander gives it. */
export interface ToldOptions {
  readonly value?: string;
  readonly values?: string;
  readonly json?: string;
  readonly failed?: string;
  readonly kind?: string;
  readonly pruned?: boolean;
  readonly cancelled?: string | true;
}

type Terms = Pick<StudyDefinition, "objectives" | "constraints">;
type Values = Readonly<Record<string, Measurement>>;

const WAYS = ["value", "values", "json", "failed", "pruned", "cancelled"] as const;

/** What the options tell. Throws a usage error where names are missing. */
export function readTold(options: ToldOptions, terms: Terms): Told {
  const given = WAYS.filter((way) => options[way] !== undefined);
  if (given.length !== 1)
    throw usage(
      `Expected one of ${WAYS.map((way) => `--${way}`).join(", ")}, got ${given.map((way) => `--${way}`).join(" and ") || "none"}`,
    );
  if (options.kind !== undefined && options.failed === undefined) throw usage("--kind needs --failed MESSAGE");
  const { value, values, json, kind = "error" } = options;
  if (value !== undefined) return alone(number("--value", value), terms);
  if (values !== undefined) return whole(readValues(values), terms);
  if (options.failed !== undefined) return failed(kindOf(kind), options.failed);
  if (options.pruned) return { state: "pruned" };
  if (options.cancelled !== undefined)
    return { state: "cancelled", reason: options.cancelled === true ? "cancelled" : options.cancelled };
  let told: Json;
  try {
    told = JSON.parse(json!) as Json;
  } catch {
    throw usage(`Expected --json to be JSON, got ${show(json)}`);
  }
  return readJson(told, terms);
}

/** `ms=1.2,rss=5` as numbers by name. */
function readValues(text: string): Readonly<Record<string, number>> {
  return Object.fromEntries(
    text.split(",").map((part) => {
      const at = part.indexOf("=");
      if (at < 1) throw usage(`Expected --values to be NAME=NUMBER,…, got ${show(text)}`);
      return [part.slice(0, at).trim(), number(`--values ${part.slice(0, at).trim()}`, part.slice(at + 1))];
    }),
  );
}

/** A number, as programs print it: `nan` and `inf` are such, and make the trial a failed one. */
export function number(option: string, text: string): number {
  const word = text.trim().toLowerCase();
  if (/^[-+]?nan$/.test(word)) return NaN;
  if (/^[-+]?inf(inity)?$/.test(word)) return word.startsWith("-") ? -Infinity : Infinity;
  if (word !== "" && !Number.isNaN(Number(word))) return Number(word);
  throw usage(`Expected ${option} to be a number, got ${show(text)}`);
}

/** The value of the only objective. */
function alone(value: Measurement, terms: Terms): Told {
  const { objectives } = terms;
  if (objectives.length > 1)
    throw usage(
      `Expected values by name, ${objectives.map(({ name }) => `\`${name}\``).join(", ")}: there is more than one`,
    );
  whole({ [objectives[0]!.name]: value }, terms);
  return value;
}

function readJson(told: Json, terms: Terms): Told {
  if (!isRecord(told)) return alone(told as Measurement, terms);
  const state = told["state"];
  if (state === undefined || typeof state !== "string") {
    const bare = "value" in told && !terms.objectives.some(({ name }) => name in told);
    return bare ? alone(told as Measurement, terms) : whole(told as Values, terms);
  }
  const { message = "", kind = "error", reason = "cancelled" } = told as Record<string, unknown>;
  if (typeof message !== "string") throw usage(`Expected \`message\` to be a text, got ${show(message)}`);
  if (typeof reason !== "string") throw usage(`Expected \`reason\` to be a text, got ${show(reason)}`);
  if (state === "failed") return failed(kindOf(kind), message);
  if (state === "pruned") return { state };
  if (state === "cancelled") return { state, reason };
  throw usage(
    `Expected \`state\` to be "failed", "pruned" or "cancelled", got ${show(state)}; values are told by their names alone`,
  );
}

/** Every measured name must be there: a script that has one wrong would else fail all its trials. */
function whole(values: Values, { objectives, constraints }: Terms): Values {
  const needed = [...objectives.map(({ name }) => name), ...Object.keys(constraints)];
  const missing = needed.find((name) => !Object.hasOwn(values, name));
  if (missing === undefined) return values;
  throw usage(
    `Expected the values to hold \`${missing}\`, got ${
      Object.keys(values)
        .map((name) => `\`${name}\``)
        .join(", ") || "none"
    }; nothing was recorded`,
  );
}

function kindOf(given: unknown): FailureKind {
  if ((FAILURE_KINDS as readonly unknown[]).includes(given)) return given as FailureKind;
  throw usage(`Expected the kind of a failure to be one of ${FAILURE_KINDS.join(", ")}, got ${show(given)}`);
}
