import { usage } from "../core/errors.ts";
import type { FinishedTrial } from "../core/trial.ts";
import { printable } from "../formats/printable.ts";
import { durationText, numberText } from "../formats/quantity.ts";
import { type JournalContent, readJournal } from "../search/read-journal.ts";
import { EXIT } from "./exit.ts";
import { flat } from "./flat.ts";
import { trialInstancesText } from "./instances-text.ts";
import { integer } from "./overrides.ts";
import { table } from "./table.ts";
import { trialJson } from "./trial-json.ts";
import { changeOf } from "./trials-text.ts";

/** `attune show --trial`: one trial, with what it measured on each instance. */
export async function showTrial(journal: string, number: string, json: boolean): Promise<number> {
  const content = await readJournal(journal);
  const wanted = integer("--trial", number);
  const trial = content.trials[wanted];
  if (trial === undefined) throw usage(`Expected --trial to be the number of a trial, got ${wanted}`);
  process.stdout.write(`${json ? trialJson(trial, content.result) : trialText(trial as FinishedTrial, content)}\n`);
  return EXIT.done;
}

function trialText(trial: FinishedTrial, { result }: JournalContent): string {
  const { number, source, state, twin, attempt, duration, failure, reason, aside, note } = trial;
  const { baseline } = result;
  const compared = baseline !== undefined && baseline.number !== number && state === "complete";
  const values = Object.entries(trial.values).map(([name, value]) => {
    const error = trial.stderr[name];
    const isObjective = result.objectives.some((each) => each.name === name);
    return [
      name,
      `${numberText(value)}${error === undefined ? "" : ` ± ${numberText(Number(error.toPrecision(2)))}`}`,
      ...(compared ? [isObjective ? changeOf(trial, baseline, name) : ""] : []),
    ];
  });
  const lines = [
    `trial ${number}   ${twin === undefined ? state : `twin of ${twin}`}, from ${source}${attempt > 1 ? `, attempt ${attempt}` : ""}${Number.isFinite(duration) ? `, ${durationText(duration)}` : ""}`,
    ...[note, aside === undefined ? undefined : `set aside: ${aside}`, reason].flatMap((line) => line ?? []),
    ...(failure === undefined ? [] : [`${failure.kind}: ${printable(failure.message)}`]),
  ];
  const parts = [
    lines.join("\n"),
    table(["parameter", "value"], Object.entries(flat(trial.params)), ""),
    values.length === 0 ? "" : table(["measured", "value", ...(compared ? ["change"] : [])], values, ""),
    trialInstancesText(trial, result),
  ];
  return parts.filter(Boolean).join("\n\n");
}
