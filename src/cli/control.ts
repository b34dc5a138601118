import type { ControlCommand } from "../core/control.ts";
import { type AwaitedSearch, commandSearches } from "../search/commander.ts";
import type { SessionView } from "../search/journal-view.ts";
import { EXIT } from "./exit.ts";
import { writeLine } from "./narration.ts";
import { plural } from "./table.ts";

/** The options of `attune stop`, `pause` and `continue`, as commander gives them. */
export interface ControlOptions {
  readonly now?: boolean;
  readonly wait?: boolean;
}

/** What is said of searches that obeyed. */
const DONE: Record<ControlCommand, string> = { stop: "stopped", pause: "paused", continue: "goes on" };

/** `attune stop`, `pause` and `continue`: tells every search that works on a journal, and waits until it took effect. */
export async function control(
  command: ControlCommand,
  journal: string,
  { now = false, wait = true }: ControlOptions,
): Promise<number> {
  const { searches, deaf } = await commandSearches(journal, command, {
    now,
    wait,
    waiting: (left) => writeLine(waitingText(left)),
  });
  for (const { process } of deaf)
    writeLine(`attune: ${nameOf({ process })} asks and tells by a loop of its own and cannot be told: end it there`);
  if (searches.length === 0) {
    const other = deaf.length > 0 ? "No search works" : "Nobody works";
    writeLine(`attune: ${other} on ${journal}; to go on with it: attune resume ${journal}`);
    return EXIT.nobody;
  }
  for (const session of searches) {
    const done = session.obeyed ? DONE[command] : session.state === "ended" ? "ended" : `was told to ${command}`;
    process.stdout.write(`${nameOf(session)}: ${done}\n`);
  }
  return deaf.length > 0 ? EXIT.error : EXIT.done;
}

/** `process 4242`, and on which host where it is another. */
export function nameOf({ process: { pid, host } }: Pick<SessionView, "process">): string {
  return `process ${pid} on ${host}`;
}

function waitingText(left: readonly AwaitedSearch[]): string {
  return left
    .map(({ session, heard, running }) =>
      heard
        ? `Waiting for ${plural(running, "trial")} of ${nameOf(session)} to finish …`
        : `Waiting for ${nameOf(session)} to hear of it …`,
    )
    .join("\n");
}
