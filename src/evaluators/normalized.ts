import { normalize } from "../core/normalize.ts";
import { failed, type Measured, type Outcome } from "../core/outcome.ts";
import { numberText } from "../formats/quantity.ts";
import type { Complete } from "./runs.ts";

/** A baseline as it was measured at a place: the objectives alone. */
export interface Reference {
  readonly place: string;
  readonly measured: Readonly<Record<string, Measured>>;
}

/** A noise that normalised values inherit, above which the user is told. */
const NOISY = 0.1;

/** What of an outcome others can be normalised by. */
export function referenceOf({ values }: Complete, place: string, names: readonly string[]): Reference {
  return { place, measured: Object.fromEntries(names.map((name) => [name, values[name]!])) };
}

/** Why nothing can be normalised by a baseline, if so: it is 0, or its runs differ so much that not even its sign is known. */
export function problemOf({ measured }: Reference, runs: readonly Complete[]): string | undefined {
  for (const [name, { value }] of Object.entries(measured)) {
    if (value === 0) return `its \`${name}\` is 0, by which nothing can be normalised`;
    const values = runs.map((run) => run.values[name]!.value);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    if (least < 0 && most > 0)
      return `its \`${name}\` is ${numberText(least)} in one run and ${numberText(most)} in another, so that nothing can be normalised by it`;
  }
  return undefined;
}

/** Which objectives of a baseline vary so much that the user should know. */
export function noiseOf({ measured }: Reference): string | undefined {
  const noisy = Object.entries(measured).filter(([, { value, stderr = 0 }]) => stderr > NOISY * Math.abs(value));
  if (noisy.length === 0) return undefined;
  return noisy.map(([name, { value, stderr = 0 }]) => `${name} ${measuredText(value, stderr)}`).join(", ");
}

/** How far a baseline has moved, in words, where it is by more than its noise; unknown noise is taken for 5 %. */
export function driftOf(before: Reference, now: Reference): string | undefined {
  const moved = Object.entries(now.measured).flatMap(([name, { value, stderr }]) => {
    const former = before.measured[name]!;
    const errors = [stderr, former.stderr].filter((error) => error !== undefined);
    const noise = errors.length === 0 ? 0.05 * Math.abs(former.value) : 2 * Math.hypot(...errors);
    if (Math.abs(value - former.value) <= noise) return [];
    return [`${name} ${numberText(former.value)} → ${numberText(value)}`];
  });
  return moved.length === 0 ? undefined : moved.join(", ");
}

/** The outcome with its objectives normalised by a baseline; their errors are those of the values, on its scale. */
export function normalizedBy(outcome: Outcome, { place, measured }: Reference): Outcome {
  if (outcome.state !== "complete") return outcome;
  const values = { ...outcome.values };
  for (const [name, { value: base }] of Object.entries(measured)) {
    const { value, stderr } = values[name]!;
    const relative = {
      value: normalize(value, base),
      ...(stderr === undefined ? {} : { stderr: stderr / Math.abs(base) }),
    };
    const wrong = withNormalized(values, name, relative, base);
    if (wrong !== undefined) return wrong;
  }
  return { ...outcome, values, normalizedBy: { place, values: numbersOf(measured) } };
}

/** The baseline normalised by itself. Interleaved it is 1 without an error: each trial's own holds the noise of both. */
export function itself(
  outcome: Outcome,
  {
    place,
    names,
    interleave,
  }: { readonly place: string; readonly names: readonly string[]; readonly interleave: boolean },
): Outcome {
  if (outcome.state !== "complete") return outcome;
  const relative = normalizedBy(outcome, referenceOf(outcome, place, names)) as Complete;
  if (!interleave) return relative;
  const exact = names.map((name) => [name, { ...relative.values[name]!, normalized: { value: 1 } }] as const);
  return { ...relative, values: { ...relative.values, ...Object.fromEntries(exact) } };
}

/** Sets a normalised value, unless it is beyond all numbers: then gives the failure. */
export function withNormalized(
  values: Record<string, Measured>,
  name: string,
  { value, stderr }: { readonly value: number; readonly stderr?: number },
  base: number,
): Outcome | undefined {
  if (!Number.isFinite(value))
    return failed("invalid", `Expected \`${name}\` by the baseline's ${base} to be a finite number, got ${value}`);
  const known = stderr !== undefined && Number.isFinite(stderr);
  values[name] = { ...values[name]!, normalized: { value, ...(known ? { stderr } : {}) } };
  return undefined;
}

/** The bare values. */
export function numbersOf(measured: Reference["measured"]): Record<string, number> {
  return Object.fromEntries(Object.entries(measured).map(([name, { value }]) => [name, value]));
}

function measuredText(value: number, stderr: number): string {
  return `${numberText(value)} ± ${numberText(Number(stderr.toPrecision(2)))}`;
}
