import { usage } from "../core/errors.ts";
import type { FinishedTrial } from "../core/trial.ts";
import { type JournalContent, readJournal } from "../search/read-journal.ts";

/** A trial of a journal, to be used. */
export interface Chosen {
  readonly trial: FinishedTrial;
  readonly content: JournalContent;
}

/** The trial of that number; without one the best, which several objectives do not have. */
export async function chosenTrial(journal: string, number?: number): Promise<Chosen> {
  const content = await readJournal(journal);
  const { result } = content;
  if (number !== undefined) {
    const trial = result.trials.find((each) => each.number === number);
    if (trial === undefined) throw usage(`Expected --trial to be the number of a finished trial, got ${number}`);
    return { trial, content };
  }
  const front = result.leaders;
  if (result.objectives.length > 1 && front.length > 1) {
    const numbers = front.slice(0, 20).map((each) => each.number);
    throw usage(
      `There is no single best trial of ${result.objectives.length} objectives: choose one of the front with --trial (${numbers.join(", ")}${front.length > 20 ? ", …" : ""})`,
    );
  }
  return { trial: front[0]!, content };
}
