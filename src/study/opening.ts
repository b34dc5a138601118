import type { Clock } from "../core/clock.ts";
import { JOURNAL_VERSION, type EventOf, type StudyDefinition, type StudyEvent } from "../core/event.ts";
import type { Host } from "../core/host.ts";
import { asideText, differences, mismatch } from "./definition.ts";
import type { Fold } from "./fold.ts";
import type { Log } from "./log.ts";
import { Pruning } from "./pruning.ts";
import type { TrialRecord } from "./record.ts";
import type { StudyOptions } from "./study-options.ts";

interface Parts<P> {
  readonly fold: Fold<P>;
  readonly log: Log<TrialRecord<P> | undefined>;
  readonly options: StudyOptions<P>;
  /** What this session's study is about. */
  readonly definition: StudyDefinition;
  readonly writer: string;
}

let writers = 0;

/** A name for a session, unlike that of any other. */
export function writerName({ identity: { host, pid } }: Host, clock: Clock): string {
  return `${host}-${pid}-${clock.now().toString(36)}-${(writers++).toString(36)}`;
}

/** Makes a study of what its journal holds: how many events that is, and the pruner, which has heard them. */
export async function recall<P>(
  options: StudyOptions<P>,
  fold: Fold<P>,
): Promise<{ readonly pruning: Pruning<P> | undefined; readonly read: number }> {
  const { journal, definition } = options;
  let pruning: Pruning<P> | undefined;
  let read = 0;
  if (journal !== undefined)
    for await (const event of journal.read()) {
      const trial = fold.apply(event);
      if (read++ === 0) pruning = Pruning.of(options, fold.definition?.seed ?? definition.seed);
      pruning?.heard(event, trial);
    }
  return { pruning: read === 0 ? Pruning.of(options, definition.seed) : pruning, read };
}

/** A session works on the study; said again by one that still does, it renews its lease. */
export function sessionStarted<P>(
  { host, clock, settings }: Pick<StudyOptions<P>, "host" | "clock" | "settings">,
  writer: string,
): EventOf<"search-started"> {
  const { identity, environment } = host;
  return { type: "search-started", at: clock.now(), writer, process: identity, environment, settings };
}

/**
 * Begins a session: a new study, or one that the journal holds, if both are about the same. Throws, and writes nothing,
 * when they are not and the old trials are not to be adopted.
 */
export async function begin<P>({ fold, log, options, definition, writer }: Parts<P>): Promise<void> {
  const { adopt = false, clock, warn = () => {} } = options;
  const before = fold.definition;
  await log.catchUp(true);
  const changed = before === undefined ? [] : differences(before, definition);
  if (changed.length > 0 && !adopt) throw mismatch(changed, fold.trials);
  const aside = changed.length > 0 ? asideText(fold.trials) : undefined;
  if (aside) warn(aside);
  const edited = before?.objectiveHash !== definition.objectiveHash && before?.objectiveHash !== undefined;
  if (edited)
    warn(
      "the objective, or the file that it stands in, has changed since the journal was written; earlier results are kept as they are",
    );
  const at = clock.now();
  const opening: StudyEvent[] = [];
  if (before === undefined) opening.push({ type: "study-created", at, version: JOURNAL_VERSION, study: definition });
  else if (changed.length > 0 || edited) opening.push({ type: "study-adopted", at, study: definition });
  opening.push(sessionStarted(options, writer));
  await log.append(opening);
  const rivals = differences(fold.definition ?? definition, definition);
  if (rivals.length > 0) throw mismatch(rivals, fold.trials);
}
