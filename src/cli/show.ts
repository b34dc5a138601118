import { counts } from "../core/trial.ts";
import { costText, durationText } from "../formats/quantity.ts";
import { readJournal } from "../search/read-journal.ts";
import { Spending } from "../study/cost.ts";
import { trialJson } from "./trial-json.ts";
import { EXIT } from "./exit.ts";
import { report } from "./report.ts";
import { showTrial } from "./show-trial.ts";
import { plural } from "./table.ts";
import { failuresText, trialsText } from "./trials-text.ts";

/** `attune show`: what a journal holds. */
export async function show(
  journal: string,
  { all, json = false, trial }: { all?: boolean; json?: boolean; trial?: string },
): Promise<number> {
  if (trial !== undefined) return showTrial(journal, trial, json);
  const { definition, trials, result, space, settings } = await readJournal(journal);
  if (json) {
    for (const trial of trials) process.stdout.write(`${trialJson(trial, result)}\n`);
    return EXIT.done;
  }
  const source = definition.source as { file?: string } | undefined;
  const states = new Map<string, number>();
  for (const trial of trials) {
    const state = trial.aside !== undefined ? "set aside" : trial.twin === undefined ? trial.state : "twin";
    states.set(state, (states.get(state) ?? 0) + 1);
  }
  const spent = trials.reduce((sum, trial) => sum + (trial.twin === undefined ? trial.duration : 0), 0);
  const costs = new Spending();
  for (const trial of trials) if (trial.aside === undefined) costs.add(trial);
  const lines = [
    `study      ${definition.objectives.map(({ name, direction }) => `${direction} ${name}`).join(", ")}, seed ${definition.seed}`,
    source?.file === undefined ? "" : `program    ${source.file}`,
    settings === undefined
      ? ""
      : `last run   ${settings.sampler.name}, ${settings.pruner === undefined ? "" : `${settings.pruner.name}, `}${settings.evaluator ?? "own evaluation"}, ${plural(settings.workers ?? 1, "worker")}${settings.trials === undefined ? "" : `, ${trials.filter(counts).length} of ${settings.trials} trials`}`,
    `trials     ${[...states].map(([state, n]) => `${n} ${state}`).join(", ") || "none"}`,
    `evaluated  ${durationText(spent)} in all`,
    costs.spent === 0 && settings?.cost === undefined
      ? ""
      : costText(costs.spent, settings?.cost).replace(/^cost/, "cost      "),
  ];
  process.stdout.write(`${lines.filter(Boolean).join("\n")}\n\n`);
  if (all)
    process.stdout.write(
      `${[trialsText(result.trials, result), failuresText(result.trials)].filter(Boolean).join("\n\n")}\n`,
    );
  else if (result.trials.length > 0) process.stdout.write(`${report(result, space)}\n`);
  return EXIT.done;
}
