import { show, usage } from "../core/errors.ts";
import { isRecord, type Json } from "../core/json.ts";

/** A recorded tuning space: what was measured of each configuration. */
export interface TuningTable {
  readonly name: string;
  /** In order, with their values. */
  readonly params: readonly { readonly name: string; readonly values: readonly (string | number | boolean)[] }[];
  /** The configurations that there are, an index into `values` for each parameter; all, the last parameter fastest, without. */
  readonly rows?: readonly (readonly number[])[];
  /** The true losses of each row, minimised; undefined where it failed. */
  readonly losses: readonly (readonly number[] | undefined)[];
  /** What single measurements of a row came to, or their standard deviation. */
  readonly noise?: { readonly samples: readonly (readonly number[])[] } | { readonly sd: readonly (number | null)[] };
  /** How long an evaluation of each row took, in milliseconds. */
  readonly durations?: readonly number[];
}

/**
 * Reads a table from JSON in one of two layouts. Of both, `params` is a list of `{ name, values }`.
 *
 * Listed: `idx` holds the configurations, an index for each parameter; `mean_ms` (or `mean_us`) what they took, null where one failed,
 * `sd_ms` its deviation, `compile_ms` the time to build; or `y` a value, or a list of them (one for each objective), for each.
 * Complete: `y` in row-major order over `params`, a value or a list of values of repeated runs, which are averaged;
 * `direction` says "minimize" or "maximize". Losses of what is maximised are negated.
 */
export function readTable(json: unknown): TuningTable {
  if (!isRecord(json) || !Array.isArray(json["params"]))
    throw usage(`Expected a table to hold \`params\`, got ${show(json)}`);
  const params = json["params"].map((param: unknown) => {
    if (
      !isRecord(param) ||
      typeof param["name"] !== "string" ||
      !Array.isArray(param["values"]) ||
      param["values"].length === 0
    )
      throw usage(`Expected each of \`params\` to be { name, values }, got ${show(param)}`);
    return { name: param["name"], values: param["values"] as (string | number | boolean)[] };
  });
  const given = json["space"] ?? json["table"];
  const name = typeof given === "string" ? given : "table";
  const direction = json["direction"] ?? "minimize";
  if (direction !== "minimize" && direction !== "maximize")
    throw usage(`Expected \`direction\` to be "minimize" or "maximize", got ${show(direction)}`);
  const sign = direction === "maximize" ? -1 : 1;
  const column = (key: string): Json[] | undefined => {
    const values = json[key];
    if (values !== undefined && !Array.isArray(values))
      throw usage(`Expected \`${key}\` to be a list, got ${show(values)}`);
    return values as Json[] | undefined;
  };
  const values = column("mean_ms") ?? column("mean_us") ?? column("y");
  if (values === undefined) throw usage("Expected a table to hold `mean_ms`, `mean_us` or `y`, got none");
  const rows = column("idx") as number[][] | undefined;
  const count = rows?.length ?? params.reduce((product, param) => product * param.values.length, 1);
  if (values.length !== count) throw usage(`Expected a value for each of ${count} rows, got ${values.length}`);
  for (const row of rows ?? [])
    if (row.length !== params.length || row.some((at, i) => params[i]!.values[at] === undefined))
      throw usage(
        `Expected each of \`idx\` to hold an index for each of ${params.length} parameters, got ${show(row)}`,
      );
  const numbers = values.map((value) => numbersOf(value)?.map((x) => sign * x));
  if (rows === undefined) {
    const losses = numbers.map((each) => each && [each.reduce((a, b) => a + b, 0) / each.length]);
    return { name, params, losses, noise: { samples: numbers.map((each) => each ?? []) } };
  }
  const sd = column("sd_ms") as (number | null)[] | undefined;
  const compile = column("compile_ms") as number[] | undefined;
  const scale = json["mean_us"] === undefined ? 1 : 1e-3;
  return {
    name,
    params,
    rows,
    losses: numbers,
    ...(sd === undefined ? {} : { noise: { sd } }),
    ...(compile === undefined
      ? {}
      : { durations: compile.map((ms, i) => ms + scale * Math.abs(numbers[i]?.[0] ?? 0)) }),
  };
}

/** The numbers of a cell; undefined where it is null, empty or holds what is not a number. */
function numbersOf(value: Json): number[] | undefined {
  const all = Array.isArray(value) ? (value as Json[]) : [value];
  return all.length > 0 && all.every((x) => typeof x === "number" && Number.isFinite(x))
    ? (all as number[])
    : undefined;
}
