import { styleText } from "node:util";
import { effects as effectsOf, type Effect } from "../analysis/effects.ts";
import { show, usage } from "../core/errors.ts";
import { numberText } from "../formats/quantity.ts";
import { readJournal } from "../search/read-journal.ts";
import { EXIT } from "./exit.ts";
import { table } from "./table.ts";

interface EffectsFlags {
  readonly objective?: string;
  readonly param?: string;
  readonly json?: boolean;
}

/** `attune effects`: how a value goes with each parameter, whatever the others are. */
export async function effects(journal: string, { objective, param, json }: EffectsFlags): Promise<number> {
  const { result, space } = await readJournal(journal);
  const name = objective ?? result.objectives[0]!.name;
  const all = effectsOf(space, result.trials, result.objectives, name);
  const shown = param === undefined ? all : all.filter((effect) => effect.name === param);
  if (shown.length === 0) {
    const names = all.map((effect) => effect.name).join(", ");
    throw usage(`Expected --param to be one of ${names}, got ${show(param)}`);
  }
  const text = json
    ? JSON.stringify({ objective: name, effects: shown })
    : shown.map((one) => effectText(one, name)).join("\n\n");
  process.stdout.write(`${text}\n`);
  return EXIT.done;
}

function effectText({ name, levels }: Effect, objective: string): string {
  const rows = levels.map(({ label, count, mean, stderr, median, best }) => [
    label,
    `${count}`,
    ...[mean, stderr, median, best].map((value) => (Number.isNaN(value) ? "–" : numberText(value))),
  ]);
  const head = [name, "trials", `mean ${objective}`, "±", "median", "best"];
  return `${styleText("bold", name, { stream: process.stdout })}\n${table(head, rows)}`;
}
