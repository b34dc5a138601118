import { refuseUnknown, expectNumber, show, usage } from "./errors.ts";

/**
 * A value relative to the baseline's: 1 + (value − baseline) / |baseline|. 1 is the baseline, 0.9 is 10 % of it less. For
 * a positive baseline that is the quotient value / baseline; a negative one keeps the order of values, which the quotient
 * would turn round. A list of values is taken by one baseline, or each by its own; an object name by name. Throws a usage
 * error, which says the name, where a baseline is 0 or not finite, or is lacking.
 * @example normalize(4, 5); // 0.8
 * @example normalize({ ms: 4, gain: -3 }, { ms: 5, gain: -2 }); // { ms: 0.8, gain: 0.5 }
 */
export function normalize(value: number, baseline: number): number;
export function normalize(values: readonly number[], baseline: number | readonly number[]): number[];
export function normalize<K extends string>(
  values: Readonly<Record<K, number>>,
  baseline: Readonly<Record<NoInfer<K>, number>>,
): Record<K, number>;
export function normalize(given: Given, baseline: Given): Given {
  if (typeof given === "number") return normalizeOne(given, baseline, "`baseline`");
  if (Array.isArray(given)) {
    if (Array.isArray(baseline) && baseline.length !== given.length)
      throw usage(`Expected \`baseline\` to hold ${given.length} values, got ${baseline.length}`);
    return (given as readonly number[]).map((value, i) =>
      Array.isArray(baseline)
        ? normalizeOne(value, baseline[i], `\`baseline[${i}]\``)
        : normalizeOne(value, baseline, "`baseline`"),
    );
  }
  if (typeof given !== "object" || given === null || typeof baseline !== "object" || baseline === null)
    throw usage(`Expected normalize() to be given numbers of one kind, got ${show(given)} and ${show(baseline)}`);
  const by = baseline as Readonly<Record<string, number>>;
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      normalizeOne(value, Object.hasOwn(by, name) ? by[name] : undefined, `the baseline of \`${name}\``),
    ]),
  );
}

type Given = number | readonly number[] | Readonly<Record<string, number>>;

/** Division by a positive baseline is the formula rounded once: small quotients stay apart, where 1 + … would merge them. */
function normalizeOne(value: unknown, baseline: unknown, name: string): number {
  if (typeof value !== "number") throw usage(`Expected a number to normalise, got ${show(value)}`);
  if (typeof baseline !== "number" || !Number.isFinite(baseline) || baseline === 0)
    throw usage(`Expected ${name} to be a finite number other than 0, got ${show(baseline)}`);
  return baseline > 0 ? value / baseline : 2 + value / -baseline;
}

/** How values are normalised by the baseline's. */
export interface Normalize {
  /** After so many trials of a place its baseline is measured again. @default never */
  readonly every?: number;
  /** Measure the baseline beside the candidate within each attempt, in turn. @default false */
  readonly interleave?: boolean;
}

/** {@link Normalize}, checked and complete. */
export interface NormalizePolicy {
  /** Infinity is never. */
  readonly every: number;
  readonly interleave: boolean;
}

/** Checks the option; undefined means raw values. */
export function normalizePolicy(given: boolean | Normalize): NormalizePolicy | undefined {
  if (typeof given === "boolean") return given ? { every: Infinity, interleave: false } : undefined;
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw usage(`Expected \`normalize\` to be true, false or { every, interleave }, got ${show(given)}`);
  refuseUnknown("normalize", given, ["every", "interleave"]);
  const { every, interleave = false } = given;
  if (every !== undefined) expectNumber("normalize.every", every, { integer: true, low: 1 });
  if (typeof interleave !== "boolean")
    throw usage(`Expected \`normalize.interleave\` to be true or false, got ${show(interleave)}`);
  if (interleave && every !== undefined)
    throw usage(
      `Expected \`normalize\` to have \`every\` or \`interleave\`, got both: interleaved, the baseline is measured in each attempt`,
    );
  return { every: every ?? Infinity, interleave };
}
