import { type Axis, keyName, nestAxes } from "./axis.ts";
import { constant } from "./constant.ts";
import { show, usage } from "./errors.ts";
import { isOptional, isParameter, optionalParameter, parameter, type Parameter } from "./parameter.ts";
import type { Params, Shape } from "./types.ts";

type Members = Readonly<Record<string, unknown>>;

/**
 * The parameter of a whole object: its members side by side. Nested objects in which everything may be absent are
 * themselves absent when everything is.
 */
export function objectOf<const S extends Shape>(shape: S, path = ""): Parameter<Params<S>> {
  return build(shape, path) as Parameter<unknown> as Parameter<Params<S>>;
}

/** One entry of a shape as a parameter; `path` is for messages. @internal */
export function entry(path: string, given: unknown): Parameter {
  if (isParameter(given)) return given;
  if (given === null || typeof given === "string" || typeof given === "boolean" || typeof given === "number")
    return constant(given);
  if (Array.isArray(given))
    throw usage(
      `Expected \`${path}\` to be a parameter, a constant or an object, got a list: choice([…]) picks one, constant([…]) passes it on`,
    );
  const plain =
    typeof given === "object" && [Object.prototype, null].includes(Object.getPrototypeOf(given) as object | null);
  if (!plain) throw usage(`Expected \`${path}\` to be a parameter, a constant or an object, got ${show(given)}`);
  return build(given as Shape, path);
}

function build(shape: Shape, path: string): Parameter<Members> {
  const members = Object.entries(shape).map(([key, given]) => {
    if (key === "") throw usage(`Expected the keys of a space to be non-empty, got "" in \`${path || "space"}\``);
    if (key === "__proto__") throw usage("Expected the keys of a space to be other than `__proto__`");
    const of = entry(path ? `${path}.${key}` : key, given);
    return { key, of: vanishes(of) ? vanishing(of as Parameter<Members>) : of, at: 0 };
  });
  const axes: Axis[] = [];
  let size = 1;
  for (const member of members) {
    member.at = axes.length;
    axes.push(...nestAxes(member.of.axes, member.at, keyName(member.key)));
    size *= member.of.size;
  }
  const hollow = members.length > 0 && members.every(({ of }) => isOptional(of));
  const boxed = members.map(({ of }) => of.default);
  const whole = boxed.every((box) => box !== undefined) ? assemble(members, (_, i) => boxed[i]!.value) : undefined;
  const body = parameter<Members>({
    axes,
    size,
    ...(whole === undefined ? {} : { default: { value: whole } }),
    read: (row, offset) => assemble(members, ({ of, at }) => of.read(row, offset + at)),
    write: (value, row, offset) => {
      for (const { key, of, at } of members)
        of.write(Object.hasOwn(value, key) ? value[key] : undefined, row, offset + at);
    },
    problem: (value) => {
      if (typeof value !== "object" || value === null || Array.isArray(value))
        return `expected an object, got ${show(value)}`;
      for (const { key, of } of members) {
        const present = Object.hasOwn(value, key);
        if (!present && !isOptional(of)) return `\`${key}\` is missing`;
        const wrong = present ? of.problem((value as Members)[key]) : undefined;
        if (wrong) return wrong.startsWith("`") ? `\`${key}.${wrong.slice(1)}` : `\`${key}\`: ${wrong}`;
      }
      const extra = Object.keys(value).find((key) => !members.some((member) => member.key === key));
      return extra === undefined
        ? undefined
        : `\`${extra}\` is not in the space, which has ${members.map(({ key }) => `\`${key}\``).join(", ") || "nothing"}`;
    },
    toJSON: () => ({ type: "object", of: Object.fromEntries(members.map(({ key, of }) => [key, of.toJSON()])) }),
  });
  if (hollow) hollows.add(body);
  return body;
}

/** Objects in which everything may be absent. */
const hollows = new WeakSet<Parameter>();

function vanishes(of: Parameter): boolean {
  return hollows.has(of);
}

function assemble<M extends { readonly key: string }>(
  members: readonly M[],
  value: (member: M, i: number) => unknown,
): Members {
  const out: Record<string, unknown> = {};
  for (let i = 0; i < members.length; i++) {
    const v = value(members[i]!, i);
    if (v !== undefined) out[members[i]!.key] = v;
  }
  return out;
}

/** An object that is left out when nothing is in it. */
function vanishing(of: Parameter<Members>): Parameter {
  return optionalParameter<unknown>({
    ...of,
    default: { value: filled(of.default?.value) },
    read: (row, offset) => filled(of.read(row, offset)),
    write: (value, row, offset) => of.write((value ?? {}) as Members, row, offset),
    problem: (value) => (value === undefined ? undefined : of.problem(value)),
  });
}

function filled(value: Members | undefined): Members | undefined {
  return value !== undefined && Object.keys(value).length > 0 ? value : undefined;
}
