import { styleText } from "node:util";
import { changes } from "../analysis/gain.ts";
import type { PairedGain } from "../analysis/paired.ts";
import { besideBaseline } from "../core/compared.ts";
import type { FinishedTrial } from "../core/trial.ts";
import { printable } from "../formats/printable.ts";
import { changeText, numberText, percentText } from "../formats/quantity.ts";
import type { SearchResult } from "../search/result.ts";
import type { Validated, Validation } from "../search/validate.ts";
import { instanceText } from "./instances-text.ts";
import { plural, table } from "./table.ts";

/** The instances that were measured on, in words. */
const ON: Readonly<Record<NonNullable<Validation["on"]>, string>> = {
  over: "the instances that trials saw",
  holdout: "the holdout, which no trial saw",
  all: "all instances, the holdout among them",
};

/** What `attune validate` prints. */
export function validationText(result: Validation, recorded: SearchResult, journal: string): string {
  const { candidates, kept, rounds, ended, confidence, on } = result;
  const rows = candidates.flatMap((candidate) => {
    const { gains, trial } = candidate;
    const first = [`${trial.number}`, candidate.kept ? "kept" : "rejected"];
    if (gains.length === 0) return [[...first, "", "", "", "", "", ""]];
    return gains.map((gain, i) => [
      ...(i === 0 ? first : ["", ""]),
      gain.name,
      numberText(gain.baseline),
      numberText(gain.value),
      changeText(gain.value, gain.baseline),
      intervalText(gain),
      recordedText(trial, recorded.baseline, gain.name),
    ]);
  });
  const head = ["trial", "", "objective", "baseline", "now", "change", "interval", "in the search"];
  const stopped = { clear: ", then all was clear", repeats: "", time: ", then the time was over" }[ended];
  return [
    table(head, rows, ""),
    instancesText(candidates),
    candidates
      .map((each) => `Trial ${each.trial.number}: ${whyText(each)}${holdoutText(each, recorded, on)}`)
      .join("\n"),
    `${plural(rounds, "round")} of all in turn${stopped}${on === undefined ? "" : `, on ${ON[on]}`}. The intervals hold together at ${percentText(confidence)}.`,
    verdictText(kept, journal),
  ]
    .filter(Boolean)
    .join("\n\n");
}

function verdictText(kept: readonly FinishedTrial[], journal: string): string {
  const [best] = kept;
  if (best === undefined)
    return styleText("bold", "Nothing is kept: stay with the baseline.", { stream: process.stdout });
  const names = kept.map(({ number }) => number).join(", ");
  const which = kept.length === 1 ? `trial ${names} is` : `trials ${names} are`;
  return `${styleText("bold", `Kept: ${which} better than the baseline.`, { stream: process.stdout })} To use it: attune best ${journal} --trial ${best.number} --format env`;
}

/** How each candidate stands to the baseline on each instance, a line for each instance and objective. */
function instancesText(candidates: readonly Validated[]): string {
  const measured = candidates.filter(({ instances = [] }) => instances.length > 0);
  const [first] = measured;
  if (first === undefined) return "";
  const several = new Set(first.instances!.map(({ name }) => name)).size > 1;
  const rows = first.instances!.map(({ instance, name, baseline }, i) => [
    instanceText(instance),
    ...(several ? [name] : []),
    numberText(baseline),
    ...measured.map(({ instances }) => changeText(instances![i]!.value, instances![i]!.baseline)),
  ]);
  const trials = measured.map(({ trial }) => `trial ${trial.number}`);
  return table(["instance", ...(several ? ["objective"] : []), "baseline", ...trials], rows, "");
}

/** Whether what the search showed on its own instances holds on those that no trial saw. */
function holdoutText(
  { gains, trial }: Validated,
  { baseline, objectives }: SearchResult,
  on: Validation["on"],
): string {
  if (on !== "holdout" || baseline === undefined) return "";
  const before = changes(trial, baseline, objectives);
  const lost = before.filter(
    (change) => change.better && gains.some((gain) => gain.name === change.name && gain.better !== "trial"),
  );
  if (lost.length === 0) return "";
  const names = lost.map(({ name }) => `${name} ${recordedText(trial, baseline, name)}`).join(", ");
  return `; the gain of the search (${names}) does not hold on the holdout: it belongs to the instances that trials saw`;
}

/** Why a candidate is kept or rejected. */
function whyText({ reason, gains, broken, failure, rounds }: Validated): string {
  const names = (which: PairedGain["better"]): string =>
    gains
      .filter(({ better }) => better === which)
      .map(({ name }) => name)
      .join(", ");
  const worse = names("baseline");
  const limits = Object.entries(broken).map(([name, median]) => `\`${name}\` is ${numberText(median)}`);
  return {
    gain: `better in ${names("trial")}${worse === "" ? "" : `, but worse in ${worse}`}`,
    "no-gain":
      gains.length === 0
        ? `no gain is shown: ${plural(rounds, "round")} tell nothing`
        : names("trial") !== ""
          ? `better in ${names("trial")} on the holdout alone, and not on the instances that trials saw: that may be chance`
          : "no gain is shown beyond the noise",
    worse: `worse in ${worse}`,
    limit: `it breaks a limit: ${limits.join(", ")}`,
    failed: `it failed (${failure?.kind}): ${printable(failure?.message ?? "").split("\n", 1)[0]}`,
  }[reason];
}

/** The interval of the change: in percent, or of the difference where the baseline is 0. */
function intervalText({ low, high, baseline }: PairedGain): string {
  if (!Number.isFinite(low)) return "–";
  const text = (difference: number): string => changeText(baseline + difference, baseline);
  return `${text(low)} … ${text(high)}`;
}

/** The change that the search recorded. */
function recordedText(trial: FinishedTrial, baseline: FinishedTrial | undefined, name: string): string {
  const reference = baseline?.measured[name];
  if (reference === undefined || trial.measured[name] === undefined) return "–";
  return changeText(besideBaseline(trial.measured[name], reference).value, reference.value);
}
