import type { JsonSpec } from "../search/json-spec.ts";
import { count, integer, type SearchOptions } from "./overrides.ts";

type Domain = Readonly<Record<string, unknown>> & { readonly type: string };

/** The program that does what the command line describes; `attune run` takes it. */
export function programText(spec: JsonSpec, options: SearchOptions): string {
  const space = Object.entries(spec.space as Record<string, unknown>).map(
    ([name, domain]) => `    ${key(name)}: ${parameterText(domain)},`,
  );
  const used = new Set(["command", "defineSearch"]);
  for (const word of space
    .join("\n")
    .matchAll(/\b(float|int|range|logGrid|choice|ordinal|constant|optional|variant)\(/g))
    used.add(word[1]!);
  const { run, values, ...rest } = Array.isArray(spec.command)
    ? { run: spec.command as readonly string[] }
    : (spec.command as { run: readonly string[]; values?: Record<string, string> });
  const how = [
    ...(values ? [`values: ${record(values)}`] : []),
    ...Object.entries(rest).map(([name, value]) => `${key(name)}: ${json(value)}`),
  ];
  const lines = [
    `  objectives: ${record(spec.objectives ?? {})},`,
    `  objective: command(${json(run)}${how.length > 0 ? `, { ${how.join(", ")} }` : ""}),`,
    ...(spec.constraints ? [`  constraints: ${json(spec.constraints)},`] : []),
    ...(spec.baseline ? [`  baseline: ${json(spec.baseline)},`] : []),
    ...(options.trials === undefined ? [] : [`  trials: ${count("--trials", options.trials)},`]),
    ...(options.sampler === undefined ? [] : [`  sampler: ${json(options.sampler)},`]),
    ...(options.seed === undefined ? [] : [`  seed: ${integer("--seed", options.seed)},`]),
  ];
  return `import { ${[...used].sort().join(", ")} } from "attune";

export default defineSearch({
  space: {
${space.join("\n")}
  },
${lines.join("\n")}
});
`;
}

/** A parameter in JSON form as the call that makes it. */
function parameterText(given: unknown): string {
  if (typeof given !== "object" || given === null) return json(given);
  if (!("type" in given) || typeof given.type !== "string") {
    return `{ ${Object.entries(given)
      .map(([name, inner]) => `${key(name)}: ${parameterText(inner)}`)
      .join(", ")} }`;
  }
  const { type, ...rest } = given as Domain;
  const call = (positional: readonly string[], first: readonly string[]): string => {
    const options = Object.entries(rest).filter(([name]) => !positional.includes(name));
    const tail =
      options.length > 0 ? [`{ ${options.map(([name, value]) => `${key(name)}: ${json(value)}`).join(", ")} }`] : [];
    return `${type}(${[...first, ...tail].join(", ")})`;
  };
  const nested = (of: unknown): string => parameterText(of);
  if (type === "object") return parameterText(rest["of"]);
  if (type === "optional") return call(["of"], [nested(rest["of"])]);
  if (type === "variant") return call(["branches"], [nested(rest["branches"])]);
  if ("values" in rest) return call(["values"], [json(rest["values"])]);
  if (type === "constant") return `constant(${json(rest["value"])})`;
  if ("start" in rest) return call(["start", "end"], [json(rest["start"]), json(rest["end"])]);
  return call(["low", "high"], [json(rest["low"]), json(rest["high"])]);
}

function record(values: Readonly<Record<string, unknown>>): string {
  return `{ ${Object.entries(values)
    .map(([name, value]) => `${key(name)}: ${json(value)}`)
    .join(", ")} }`;
}

function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

function json(value: unknown): string {
  return Array.isArray(value) ? `[${value.map(json).join(", ")}]` : JSON.stringify(value);
}
