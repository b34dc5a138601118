import { importance as importanceOf, type ImportanceOptions } from "../analysis/importance/importance.ts";
import { bar } from "../formats/text-bars.ts";
import { percentText } from "../formats/quantity.ts";
import { readJournal } from "../search/read-journal.ts";
import { EXIT } from "./exit.ts";
import { number } from "./overrides.ts";

interface ImportanceFlags {
  readonly method: NonNullable<ImportanceOptions["method"]>;
  readonly objective?: string;
  readonly best?: string;
  readonly json?: boolean;
}

/** What each method's shares are shares of. */
const ASKS: Readonly<Record<ImportanceFlags["method"], string>> = {
  "ped-anova": "what sets the best trials apart from the others",
  fanova: "what makes values differ, anywhere in the space",
};

/** `attune importance`: how much of what decides is each parameter's doing. */
export async function importance(journal: string, { method, objective, best, json }: ImportanceFlags): Promise<number> {
  const { result, space } = await readJournal(journal);
  const shares = importanceOf(space, result.trials, result.objectives, {
    method,
    ...(objective === undefined ? {} : { objective }),
    ...(best === undefined ? {} : { best: number("--best", best) }),
  });
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ method, ...(objective === undefined ? {} : { objective }), importance: shares })}\n`,
    );
    return EXIT.done;
  }
  const of = objective ?? result.objectives.map(({ name }) => name).join(", ");
  const width = Math.max(...shares.map(({ name }) => name.length));
  const lines = shares.map(
    ({ name, share }) => `  ${name.padEnd(width)}  ${percentText(share).padStart(5)}  ${bar(share)}`,
  );
  process.stdout.write(
    `Importance for ${of}: ${ASKS[method]} (${method})\n${lines.map((line) => line.trimEnd()).join("\n")}\n`,
  );
  return EXIT.done;
}
