import { AttuneError, show } from "../../core/errors.ts";
import { isRecord } from "../../core/json.ts";
import { decodePython, encodePython, type PythonJson, Real } from "./python-json.ts";

/** The domain of a parameter, as Optuna knows it. `step` of a float is undefined where it is continuous. */
export type Distribution =
  | {
      readonly kind: "float";
      readonly low: number;
      readonly high: number;
      readonly log: boolean;
      readonly step: number | undefined;
    }
  | {
      readonly kind: "int";
      readonly low: number;
      readonly high: number;
      readonly log: boolean;
      readonly step: number;
    }
  | { readonly kind: "categorical"; readonly choices: readonly PythonJson[] };

/** The text that stands for a distribution in records. */
export function encodeDistribution(of: Distribution): string {
  switch (of.kind) {
    case "float": {
      const { low, high, log, step } = of;
      return named("Float", {
        step: step === undefined ? null : new Real(step),
        low: new Real(low),
        high: new Real(high),
        log,
      });
    }
    case "int": {
      const { low, high, log, step } = of;
      return named("Int", { log, step, low, high });
    }
    case "categorical":
      return named("Categorical", { choices: of.choices });
  }
}

function named(name: string, attributes: { readonly [key: string]: PythonJson }): string {
  return encodePython({ name: `${name}Distribution`, attributes });
}

/** How each name of Optuna's, old ones included, says what it means. */
const readers: Readonly<Record<string, (fields: Record<string, unknown>) => Distribution | undefined>> = {
  FloatDistribution: (f) => float(f, f["step"] ?? undefined, f["log"] === true),
  UniformDistribution: (f) => float(f, undefined, false),
  LogUniformDistribution: (f) => float(f, undefined, true),
  DiscreteUniformDistribution: (f) => float(f, f["q"], false),
  IntDistribution: (f) => int(f, f["log"] === true),
  IntUniformDistribution: (f) => int(f, false),
  IntLogUniformDistribution: (f) => int(f, true),
  CategoricalDistribution: ({ choices }) =>
    Array.isArray(choices) && choices.length > 0 ? { kind: "categorical", choices } : undefined,
};

/** The names behind the short form `{"type": "float", …}`. */
const SHORT: Readonly<Record<string, string>> = {
  float: "FloatDistribution",
  int: "IntDistribution",
  categorical: "CategoricalDistribution",
};

/** Reads the text of a distribution; old names and the short form too. Throws an `AttuneError` ("journal"). */
export function decodeDistribution(text: string): Distribution {
  const json = decodePython(text);
  const read = isRecord(json) ? readOf(json) : undefined;
  if (read === undefined)
    throw new AttuneError("journal", `expected the text of a distribution of Optuna's, got ${show(text)}`);
  return read;
}

function readOf(json: Record<string, unknown>): Distribution | undefined {
  const { name, attributes, type } = json;
  if (typeof name === "string" && isRecord(attributes))
    return Object.hasOwn(readers, name) ? readers[name]!(attributes) : undefined;
  return typeof type === "string" && Object.hasOwn(SHORT, type) ? readers[SHORT[type]!]!(json) : undefined;
}

function float({ low, high }: Record<string, unknown>, step: unknown, log: boolean): Distribution | undefined {
  if (!areNumbers(low, high) || (step !== undefined && !areNumbers(step))) return undefined;
  return { kind: "float", low: low as number, high: high as number, log, step: step as number | undefined };
}

function int({ low, high, step = 1 }: Record<string, unknown>, log: boolean): Distribution | undefined {
  if (!areNumbers(low, high, step)) return undefined;
  return { kind: "int", low: low as number, high: high as number, log, step: step as number };
}

function areNumbers(...given: readonly unknown[]): boolean {
  return given.every((each) => typeof each === "number");
}

/** Whether trials of one study may have both under one name: the same kind and scale, the same choices in the same order. */
export function areCompatible(a: Distribution, b: Distribution): boolean {
  if (a.kind === "categorical" || b.kind === "categorical")
    return a.kind === b.kind && encodeDistribution(a) === encodeDistribution(b);
  return a.kind === b.kind && a.log === b.log;
}

/** The value behind the number that a record holds: the number itself, or a choice. Undefined where there is none. */
export function externalValue(of: Distribution, internal: number): PythonJson | undefined {
  if (of.kind === "categorical") return of.choices[Math.trunc(internal)];
  return of.kind === "int" ? Math.trunc(internal) : internal;
}
