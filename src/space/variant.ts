import { type Axis, nestAxes } from "./axis.ts";
import { expectNumber, refuseUnknown, show, usage } from "./errors.ts";
import { objectOf } from "./object.ts";
import { parameter, type Parameter } from "./parameter.ts";
import type { Branch, Shape } from "./types.ts";

export interface VariantOptions<B> {
  /** The branch of the untuned program, or its whole configuration. */
  readonly default?: (keyof B & string) | Branch<B>;
  /** The prior probability of each branch, by name; they are divided by their sum. @default uniform */
  readonly weights?: { readonly [K in keyof B]?: number };
}

/**
 * Conditional parameters: one of several named branches, each with parameters of its own. The configuration holds
 * `kind`, the name of the branch, beside that branch's parameters.
 * @example variant({ static: {}, dynamic: { chunk: int(1, 64) } }) // { kind: "dynamic", chunk: 8 }
 */
export function variant<const B extends { readonly [branch: string]: Shape }>(
  branches: B,
  options: VariantOptions<B> = {},
): Parameter<Branch<B>> {
  refuseUnknown("variant", options, ["default", "weights"]);
  const kinds = Object.keys(branches);
  if (kinds.length === 0) throw usage("Expected variant() to be given at least one branch, got {}");
  const bodies = kinds.map((kind) => {
    if (Object.hasOwn(branches[kind] ?? {}, "kind"))
      throw usage(`Expected the branch \`${kind}\` to have no key \`kind\`: the variant names it so`);
    return objectOf(branches[kind]!, kind);
  });
  const head: Axis = {
    name: "kind",
    low: 0,
    high: kinds.length - 1,
    size: kinds.length,
    log: false,
    ordered: false,
    labels: kinds,
    ...(options.weights === undefined ? {} : { weights: shares(kinds, options.weights) }),
  };
  const axes: Axis[] = [head];
  const offsets = bodies.map((body, cell) => {
    const at = axes.length;
    axes.push(...nestAxes(body.axes, at, kinds[cell]!, { axis: 0, cell }));
    return at;
  });
  const problem = (value: unknown): string | undefined => {
    const kind = (value as { kind?: unknown } | null | undefined)?.kind;
    const cell = kinds.indexOf(kind as string);
    if (typeof value !== "object" || cell < 0)
      return `expected { kind: ${kinds.map(show).join(" | ")}, … }, got ${show(value)}`;
    const { kind: _, ...rest } = value as Record<string, unknown>;
    return bodies[cell]!.problem(rest);
  };
  const whole = defaultOf(options.default, kinds, bodies, problem);
  return parameter<Branch<B>>({
    axes,
    size: bodies.reduce((sum, body) => sum + body.size, 0),
    ...(whole === undefined ? {} : { default: { value: whole as Branch<B> } }),
    read: (row, offset) => {
      const cell = row[offset]!;
      return { kind: kinds[cell], ...bodies[cell]!.read(row, offset + offsets[cell]!) } as Branch<B>;
    },
    write: (value, row, offset) => {
      row.fill(NaN, offset, offset + axes.length);
      const cell = kinds.indexOf(value.kind);
      row[offset] = cell;
      bodies[cell]!.write(value, row, offset + offsets[cell]!);
    },
    problem,
    toJSON: () => ({
      type: "variant",
      branches: Object.fromEntries(kinds.map((kind, i) => [kind, bodies[i]!.toJSON()["of"]])),
      ...(options.default === undefined ? {} : { default: options.default }),
      ...(options.weights === undefined ? {} : { weights: options.weights }),
    }),
  });
}

function shares(kinds: readonly string[], weights: { readonly [kind: string]: number | undefined }): number[] {
  refuseUnknown("the weights of variant", weights, kinds);
  const given = kinds.map((kind) => expectNumber(`weights.${kind}`, weights[kind] ?? 0, { low: 0 }));
  const total = given.reduce((a, b) => a + b, 0);
  if (total === 0) throw usage(`Expected one of the \`weights\` of variant() to be > 0, got ${show(weights)}`);
  return given.map((w) => w / total);
}

function defaultOf(
  stated: unknown,
  kinds: readonly string[],
  bodies: readonly Parameter<Record<string, unknown>>[],
  problem: (value: unknown) => string | undefined,
): unknown {
  if (stated === undefined) return undefined;
  const cell = kinds.indexOf(stated as string);
  const value = cell < 0 ? stated : { kind: kinds[cell], ...bodies[cell]!.default?.value };
  const wrong = problem(value);
  if (wrong) throw usage(`Wrong \`default\` of variant(): ${wrong}`);
  return value;
}
