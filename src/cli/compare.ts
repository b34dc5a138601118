import { compareTrials, type TrialComparison } from "../analysis/compare-trials.ts";
import type { Comparison } from "../analysis/compare.ts";
import { usage } from "../core/errors.ts";
import type { FinishedTrial } from "../core/trial.ts";
import { changeText, numberText, percentText } from "../formats/quantity.ts";
import { compareStudies, type StudyComparison } from "../search/compare-studies.ts";
import { readJournal } from "../search/read-journal.ts";
import type { SearchResult } from "../search/result.ts";
import { EXIT } from "./exit.ts";
import { flat } from "./flat.ts";
import { number } from "./overrides.ts";
import { plural, table } from "./table.ts";

interface CompareFlags {
  readonly with?: readonly string[];
  readonly confidence?: string;
  readonly json?: boolean;
}

/** `attune compare`: two trials of a journal, or two ways of searching by the journals of their runs. */
export async function compare(
  journal: string,
  others: readonly string[],
  { with: against, confidence: percent, json }: CompareFlags,
): Promise<number> {
  const confidence = percent === undefined ? 0.95 : number("--confidence", percent) / 100;
  if (!(confidence >= 0.5 && confidence < 1))
    throw usage(`Expected \`--confidence\` to be from 50 to below 100 %, got ${percent}`);
  if (against === undefined && others.length === 2 && others.every((word) => /^\d+$/.test(word))) {
    const { result } = await readJournal(journal);
    const [a, b] = others.map((word) => trialOf(result, Number(word), journal)) as [FinishedTrial, FinishedTrial];
    const comparisons = compareTrials(a, b, result.objectives, { confidence });
    write(json, comparisons, () => trialsText([a, b], comparisons, confidence));
    return EXIT.done;
  }
  if (against === undefined && others.length !== 1)
    throw usage(
      "Expected two trials of a journal, two journals, or several on each side: attune compare A1 A2 --with B1 B2",
    );
  const sides = against === undefined ? [[journal], others] : [[journal, ...others], against];
  const results = await Promise.all(
    sides.map((side) => Promise.all(side.map(async (path) => (await readJournal(path)).result))),
  );
  const comparison = compareStudies(results[0]!, results[1]!, { confidence });
  write(json, comparison, () => studiesText(sides, results, comparison, confidence));
  return EXIT.done;
}

function write(json: boolean | undefined, value: object, text: () => string): void {
  process.stdout.write(`${json ? JSON.stringify(value) : text()}\n`);
}

function trialOf(result: SearchResult, wanted: number, journal: string): FinishedTrial {
  const trial = result.trials.find((each) => each.number === wanted);
  if (trial === undefined) throw usage(`Expected the number of a finished trial of ${journal}, got ${wanted}`);
  if (trial.state !== "complete")
    throw usage(
      `Trial ${wanted} has no values to compare: it ${trial.state === "pruned" ? "was pruned" : `failed (${trial.failure?.kind})`}`,
    );
  return trial;
}

function trialsText(
  [a, b]: readonly [FinishedTrial, FinishedTrial],
  all: readonly TrialComparison[],
  confidence: number,
): string {
  const [one, other] = [flat(a.params), flat(b.params)];
  const differ = [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((name) => one[name] !== other[name]);
  const rows = differ.map((name) => [name, one[name] ?? "–", other[name] ?? "–"]);
  const head = [`trial ${a.number}`, `trial ${b.number}`] as const;
  return [
    rows.length === 0 ? "Both have the same parameters" : table(["parameter", ...head], rows, ""),
    ...all.map((each) => {
      const name = each.normalized ? `${each.name} (normalised)` : each.name;
      const values = `${name}: ${numberText(each.a)} and ${numberText(each.b)}, ${changeText(each.a, each.b)}`;
      if (each.comparison !== undefined) return `${values}\n${evidenceText(each.comparison, head, confidence)}`;
      return `${values}\n  Whether that is noise nobody can tell: no standard error is known of ${each.name}. Let the objective return samples,\n  or run it several times (--repeats 5); or measure again beside the baseline: attune validate`;
    }),
  ].join("\n\n");
}

function studiesText(
  sides: readonly (readonly string[])[],
  results: readonly (readonly SearchResult[])[],
  { name, trials, a, b, comparison }: StudyComparison,
  confidence: number,
): string {
  const rows = sides.flatMap((side, s) =>
    side.map((path, i) => [
      "AB"[s]!,
      path,
      `${results[s]![i]!.trials.filter(({ twin, source }) => twin === undefined && source !== "baseline").length}`,
      numberText([a, b][s]![i]!),
    ]),
  );
  const shown = table(["", "journal", "trials", name === "hypervolume" ? name : `best ${name}`], rows, "");
  const after = `Compared after ${plural(trials, "trial")} of each.`;
  if (comparison !== undefined) return `${shown}\n\n${after}\n${evidenceText(comparison, ["A", "B"], confidence)}`;
  return `${shown}\n\n${after} Which way of searching is better nobody can tell from one run: another seed may turn it round.\nRun each several times with different seeds: attune compare A1 A2 A3 --with B1 B2 B3`;
}

/** What the tests say, and what they do not. */
function evidenceText(
  { a, b, difference, relative, welch, bootstrap, effect, better }: Comparison,
  [one, other]: readonly [string, string],
  confidence: number,
): string {
  const interval = ({ low, high }: { low: number; high: number }): string => `${numberText(low)} … ${numberText(high)}`;
  const known = a.n < 1e6 && b.n < 1e6;
  const share = Number.isNaN(relative) ? "" : ` (${percentText(relative)})`;
  return [
    `  difference   ${numberText(difference)}${share}`,
    `  Welch        ${interval(welch)} at ${percentText(confidence)}, p = ${welch.p < 1e-4 ? "< 0.0001" : welch.p.toPrecision(2)}`,
    ...(bootstrap === undefined ? [] : [`  bootstrap    ${interval(bootstrap)}`]),
    ...(known
      ? [`  effect size  ${numberText(Number(effect.toPrecision(3)))} (Hedges' g: 0.2 is small, 0.8 large)`]
      : []),
    better === "none"
      ? "  No difference is shown. That does not mean that there is none: more samples may show a smaller one."
      : `  ${better === "a" ? one : other} is better.`,
  ].join("\n");
}
