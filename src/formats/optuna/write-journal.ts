import type { StudyDefinition } from "../../core/event.ts";
import { isFinal, type Trial } from "../../core/trial.ts";
import type { Space } from "../../space/space.ts";
import { encodeRecord } from "./record.ts";
import { OptunaScript, type ScriptOptions } from "./script.ts";

/** A study's finished trials as the text of an Optuna journal of its own. `id` names the study of attune's. */
export function journalOf<P>(
  { name, id }: { readonly name: string; readonly id: string },
  { space, definition, trials }: { space: Space<P>; definition: StudyDefinition; trials: readonly Trial<P>[] },
  options: ScriptOptions,
): string {
  const script = new OptunaScript(space, definition, options);
  const finished = trials.filter(({ state }) => isFinal(state));
  const records = [
    script.createStudy(name),
    ...script.describeStudy(0, id),
    ...finished.flatMap((trial) => script.follow(trial, 0, undefined)),
  ];
  return records.map((record) => `${encodeRecord(record)}\n`).join("");
}
