import type { Outcome } from "../core/outcome.ts";
import { normalize } from "../core/normalize.ts";
import { reduce, type Repeats } from "../core/repeats.ts";
import { lostBaseline } from "./baselines.ts";
import { numbersOf, problemOf, referenceOf, withNormalized } from "./normalized.ts";
import { costOf, reduced } from "./repeated.ts";
import type { Complete } from "./runs.ts";

/** The two things that an interleaved attempt runs in turn. */
export interface Pair {
  readonly trial: () => Promise<Outcome>;
  readonly baseline: () => Promise<Outcome>;
}

/**
 * Runs baseline and trial in turn, as many pairs as `repeats` says, and normalises by what the pairs' ratios reduce to: a
 * drift that is slow against a pair cancels. Every other pair is the other way round, so that being second is nobody's
 * lot (the order ABBA).
 */
export async function interleaved(
  { trial, baseline }: Pair,
  {
    names,
    place,
    repeats,
  }: { readonly names: readonly string[]; readonly place: string; readonly repeats: Required<Repeats> },
): Promise<Outcome> {
  const trials: Complete[] = [];
  const baselines: Complete[] = [];
  for (let pair = 0; pair < repeats.times; pair++) {
    for (const list of pair % 2 === 0 ? [baselines, trials] : [trials, baselines]) {
      const outcome = await (list === trials ? trial() : baseline());
      if (outcome.state !== "complete") return list === trials ? outcome : withoutBaseline(outcome, place);
      list.push(outcome);
      const problem = list === baselines ? problemOf(referenceOf(outcome, place, names), baselines) : undefined;
      if (problem !== undefined) return lostBaseline(place, problem);
    }
  }
  const outcome = reduced(trials, repeats);
  const reference = referenceOf(reduced(baselines, repeats), place, names);
  const values = { ...outcome.values };
  for (const name of names) {
    const ratios = trials.map((one, i) => normalize(one.values[name]!.value, baselines[i]!.values[name]!.value));
    const wrong = withNormalized(values, name, reduce(ratios, repeats.reduce), reference.measured[name]!.value);
    if (wrong !== undefined) return wrong;
  }
  return {
    ...outcome,
    values,
    ...costOf([...trials, ...baselines]),
    normalizedBy: { place, values: numbersOf(reference.measured) },
  };
}

/** What an attempt comes to whose baseline gave no values: its own time may be over, and it may be cancelled. */
function withoutBaseline(outcome: Outcome, place: string): Outcome {
  if (outcome.state === "failed" && outcome.failure.kind !== "timeout")
    return lostBaseline(place, `${outcome.failure.kind}: ${outcome.failure.message}`);
  return outcome.state === "pruned" ? lostBaseline(place, "it was pruned") : outcome;
}
