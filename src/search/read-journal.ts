import { existsSync } from "node:fs";
import { AttuneError } from "../core/errors.ts";
import type { SearchSettings, StudyDefinition, StudyEvent } from "../core/event.ts";
import type { Journal } from "../core/journal.ts";
import type { Json } from "../core/json.ts";
import type { Trial } from "../core/trial.ts";
import { file } from "../journals/index.ts";
import { readSpace } from "../space/read.ts";
import type { Space } from "../space/space.ts";
import { Fold } from "../study/fold.ts";
import type { TrialRecord } from "../study/record.ts";
import type { Writer } from "../study/writer.ts";
import { resultOf } from "./result-of.ts";
import type { SearchResult } from "./result.ts";

/** A study as its journal tells it. */
export interface JournalContent {
  /** Names the study, and is the same whenever it is resumed. */
  readonly id: string;
  readonly definition: StudyDefinition;
  /** The space, without its `where` rules: rules are code, and code is never read from a journal. */
  readonly space: Space;
  /** Every trial, by number. */
  readonly trials: readonly TrialRecord<unknown>[];
  readonly result: SearchResult;
  /** The processes that worked on it, by the names that trials have for them. */
  readonly sessions: ReadonlyMap<string, Writer>;
  /** The settings of the last session. */
  readonly settings: SearchSettings | undefined;
  /** The machine and versions of the session that ran a trial. */
  environmentOf(trial: Trial): Json | undefined;
}

/** Reads a study back from its journal file; nothing is written. */
export async function readJournal(path: string): Promise<JournalContent> {
  if (!existsSync(path)) throw new AttuneError("journal", `Cannot find the journal ${path}`);
  await using journal = await file(path, { readOnly: true }).open();
  const { definition, events } = await readEvents(journal);
  if (definition === undefined) throw new AttuneError("journal", `The journal ${path} holds no study yet`);
  const space = readSpace(definition.space);
  const fold = new Fold(space, definition);
  for (const event of events) fold.apply(event);
  const result = resultOf(fold.trials, definition);
  return {
    id: fold.id,
    definition,
    space,
    trials: fold.trials,
    result,
    sessions: fold.writers,
    settings: [...fold.writers.values()].at(-1)?.settings,
    environmentOf: ({ number }) => fold.writers.get(fold.trials[number]?.writer ?? "")?.environment,
  };
}

async function readEvents(
  journal: Journal,
): Promise<{ definition: StudyDefinition | undefined; events: StudyEvent[] }> {
  const events: StudyEvent[] = [];
  let definition: StudyDefinition | undefined;
  for await (const event of journal.read()) {
    if (event.type === "study-created" || event.type === "study-adopted") definition = event.study;
    events.push(event);
  }
  return { definition, events };
}
