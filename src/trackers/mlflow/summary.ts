import { besideBaseline, lossesOf } from "../../core/compared.ts";
import type { Watched } from "../../core/tracker.ts";
import type { FinishedTrial } from "../../core/trial.ts";
import { changeText, numberText } from "../../formats/quantity.ts";
import { flattened } from "./keys.ts";
import { runName } from "./naming.ts";

/** The most trials of a front that are listed. */
const LISTED = 10;

/**
 * What a study has found so far, as Markdown for the description of its run: the user's own text, one sentence, and a
 * table of the best trials. The server shows the first lines only until one asks for more.
 */
export function summary(
  { objectives, status }: Watched,
  names: Readonly<Record<string, string>>,
  description: string | undefined,
): string {
  const { trials, budget, failed, best, baseline } = status;
  const done = `${trials}${budget === undefined ? "" : ` of ${budget}`} trials${failed > 0 ? `, ${failed} failed` : ""}`;
  const parts = description === undefined ? [] : [description];
  if (best.length === 0) return [...parts, `${done}, none of them a best one yet.`].join("\n\n");
  const called = (name: string): string => names[name] ?? name;
  const leads = objectives.map((objective) => {
    const { name } = objective;
    const loss = ({ measured }: FinishedTrial): number => lossesOf([objective], measured)[0]!;
    const lead = best.reduce((a, b) => (loss(b) < loss(a) ? b : a));
    return `${called(name)} **${valueText(lead, name, baseline)}** (${runName(lead)})`;
  });
  const front = best.length === 1 ? "" : ` Front of ${best.length} trials.`;
  parts.push(`${done}. Best ${leads.join(", ")}.${front}`);
  const shown = [...best.slice(0, LISTED), ...(baseline && !best.includes(baseline) ? [baseline] : [])];
  const table = [
    ["", ...objectives.map(({ name }) => called(name)), "parameters"],
    ["---", ...objectives.map(() => "---:"), "---"],
    ...shown.map((trial) => [
      runName(trial),
      ...objectives.map(({ name }) => valueText(trial, name, baseline)),
      paramsText(trial.params),
    ]),
  ];
  parts.push(table.map(row).join("\n"));
  if (best.length > LISTED) parts.push(`… and ${best.length - LISTED} more of the front.`);
  return parts.join("\n\n");
}

function valueText(trial: FinishedTrial, name: string, baseline: FinishedTrial | undefined): string {
  const value = trial.values[name]!;
  const text = numberText(value);
  if (baseline === undefined || trial === baseline) return text;
  const reference = baseline.measured[name]!;
  return `${text} (${changeText(besideBaseline(trial.measured[name]!, reference).value, reference.value)})`;
}

function paramsText(params: unknown): string {
  return flattened(params)
    .map(([name, text]) => `${name}=${/^-?\d+\.\d{6,}/.test(text) ? numberText(Number(text)) : text}`)
    .join(", ");
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ").slice(0, 300)).join(" | ")} |`;
}
