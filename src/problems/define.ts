import { expectNumber, refuseUnknown, usage } from "../core/errors.ts";
import { type Coordinates, type Problem, problem, type ProblemBody } from "./problem.ts";

/** An option of a problem: a whole number. */
export interface ProblemOption {
  readonly default: number;
  /** The least that is allowed. */
  readonly low: number;
  /** The most that is allowed. @default any */
  readonly high?: number;
}

/** What a problem is, for tables, the command line and contract tests. */
export interface ProblemInfo<K extends string = string> {
  readonly name: string;
  /** The formula or what it is about, one line. */
  readonly summary: string;
  /** Where it comes from. */
  readonly source: string;
  readonly options: { readonly [key in K]: ProblemOption };
}

/** What a problem's module exports: call it with options, or with a number for the first of them. */
export interface ProblemDefinition<K extends string = string, P = Coordinates> {
  (options?: number | { readonly [key in K]?: number }): Problem<P>;
  readonly info: ProblemInfo<K>;
}

/** Makes a {@link ProblemDefinition}; the options are checked and completed before `make` sees them. */
export function defineProblem<P, K extends string = never>(
  info: Omit<ProblemInfo<K>, "options"> & { readonly options?: ProblemInfo<K>["options"] },
  make: (options: { readonly [key in K]: number }) => ProblemBody<P>,
): ProblemDefinition<K, P> {
  const { name } = info;
  const options = (info.options ?? {}) as Readonly<Record<string, ProblemOption>>;
  const keys = Object.keys(options);
  const define = (given: number | Readonly<Record<string, number | undefined>> = {}): Problem<P> => {
    if (typeof given === "number" && keys.length === 0)
      throw usage(`Expected ${name}() to be given nothing, got ${given}`);
    const chosen = typeof given === "number" ? { [keys[0]!]: given } : given;
    if (keys.length === 0 && Object.keys(chosen).length > 0)
      throw usage(`Expected ${name}() to be given no options, got \`${Object.keys(chosen)[0]}\``);
    refuseUnknown(name, chosen, keys);
    const complete = Object.fromEntries(
      keys.map((key) => {
        const { default: usual, low, high } = options[key]!;
        const value = chosen[key] ?? usual;
        expectNumber(key, value, { integer: true, low, ...(high === undefined ? {} : { high }) });
        return [key, value];
      }),
    );
    return problem({ name, options: complete }, make(complete as { readonly [key in K]: number }));
  };
  return Object.assign(define, { info: { ...info, options } as ProblemInfo<K> });
}
