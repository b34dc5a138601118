import { changeText, costText, durationText, numberText } from "../formats/quantity.ts";
import { JournalView } from "../search/journal-view.ts";
import { type RunningStatus, type SessionStatus, statusOf, type StudyStatus } from "../search/study-status.ts";
import { realClock } from "../system/clock.ts";
import { thisHost } from "../system/host.ts";
import { askedText } from "./asked-text.ts";
import { nameOf } from "./control.ts";
import { EXIT } from "./exit.ts";
import { plural } from "./table.ts";

/** How many trials that run are listed. */
const SHOWN = 20;

/** `attune status`: how a study stands and who works on it, by its journal alone. */
export async function status(journal: string, { json }: { json?: boolean }): Promise<number> {
  await using view = await JournalView.open(journal);
  const now = realClock.now();
  const found = statusOf(view, now);
  process.stdout.write(`${json ? JSON.stringify(found) : statusText(found, journal, now)}\n`);
  return EXIT.done;
}

function statusText(found: StudyStatus, journal: string, now: number): string {
  const { objectives, program, sessions, state, running, queued, failures, cost } = found;
  const failed = Object.entries(failures).map(([kind, count]) => `${count} ${kind}`);
  const lines = [
    [
      "study",
      `${objectives.map(({ name, direction }) => `${direction} ${name}`).join(", ")}${program === undefined ? "" : ` (${program})`}`,
    ],
    ["state", state === "idle" ? idleText(found, journal) : STATES[state]],
    ...sessions.map((session) => ["", sessionText(session, now)] as const),
    ["trials", trialsText(found)],
    ...(cost === undefined ? [] : [["cost", costText(cost.spent, cost.limit).replace(/^cost /, "")]]),
    ...bestTexts(found),
    ...(failed.length === 0 ? [] : [["failed", failed.join(", ")]]),
    ...running.slice(0, SHOWN).map((trial, i) => [i === 0 ? "running" : "", runningText(trial)]),
    ...(running.length > SHOWN ? [["", `and ${running.length - SHOWN} more`]] : []),
    ...(queued.length === 0
      ? []
      : [
          [
            "queued",
            `${plural(queued.length, "trial")}: ${queued.slice(0, SHOWN).join(", ")}${queued.length > SHOWN ? " …" : ""}`,
          ],
        ]),
  ];
  return lines.map(([name = "", text]) => `${name.padEnd(9)}${text}`).join("\n");
}

const STATES: Record<Exclude<StudyStatus["state"], "idle">, string> = {
  running: "running",
  paused: "paused: no new trials are begun; attune continue goes on",
  stopping: "stopping: no new trials are begun",
};

function sessionText(session: SessionStatus, now: number): string {
  const { outside, evaluator = outside ? "attune ask" : "a loop of its own", workers, sampler, pruner } = session;
  const size = workers === undefined || outside ? [] : [plural(workers, "worker")];
  return `${nameOf(session)}: ${[sampler, ...(pruner === undefined ? [] : [pruner]), evaluator, ...size].join(", ")}; ${lifeText(session, now)}`;
}

function lifeText({ process, state, since, heard, running, reason }: SessionStatus, now: number): string {
  const ago = durationText(Math.max(0, now - heard));
  if (state === "ended") return `ended ${ago} ago (${reason})`;
  if (state === "died") return `died; last heard of ${ago} ago`;
  const how = state === "works" || state === "away" ? "" : `${state}, `;
  const far =
    process.host === thisHost().identity.host
      ? ""
      : `; last heard of ${ago} ago: whether it still runs cannot be seen from this host`;
  return `for ${durationText(Math.max(0, now - since))}, ${how}${running} running${far}`;
}

/** What can be done where nobody works on it. */
function idleText({ running, sessions, trials, budget }: StudyStatus, journal: string): string {
  const out = running.filter(({ outside }) => outside).length;
  if (out > 0) return `no process works on it; ${plural(out, "trial")} handed out and not yet told`;
  const more = budget !== undefined && trials >= budget ? ` --trials ${budget * 2}` : "";
  return `nobody works on it; to go on: attune ${sessions[0]?.evaluator === undefined ? "ask" : "resume"} ${journal}${more}`;
}

function trialsText({ trials, budget, rate, left, state, states: { pruned = 0 } }: StudyStatus): string {
  const parts = [
    budget === undefined ? String(trials) : `${trials} of ${budget} (${Math.floor((100 * trials) / budget)} %)`,
  ];
  if (pruned > 0) parts.push(`${pruned} pruned`);
  if (rate !== undefined)
    parts.push(
      rate >= 1 ? `${numberText(Number(rate.toPrecision(3)))} per second` : `${durationText(1000 / rate)} each`,
    );
  if (left !== undefined && state === "running") parts.push(`${durationText(left)} left`);
  return parts.join(", ");
}

function bestTexts({ best, baseline, objectives }: StudyStatus): string[][] {
  if (best.length === 0) return [["best", "none yet"]];
  const texts = best.slice(0, SHOWN).map((trial) => {
    const values = objectives.map(({ name }) => {
      const value = trial.values[name]!;
      if (baseline === undefined) return `${name} ${numberText(value)}`;
      const base = baseline.values[name]!;
      const relative = trial.change?.[name];
      const beside = relative === undefined ? value : base + relative * Math.abs(base);
      return `${name} ${numberText(value)} (${changeText(beside, base)})`;
    });
    return `trial ${askedText(trial)}: ${values.join(", ")}`;
  });
  const more = best.length > SHOWN ? [["", `and ${best.length - SHOWN} more on the Pareto front`]] : [];
  return [...texts.map((text, i) => [i === 0 ? "best" : "", text]), ...more];
}

function runningText({ number, attempt, params, elapsed, outside, process }: RunningStatus): string {
  const again = attempt > 1 ? `, attempt ${attempt}` : "";
  const how = outside ? "handed out by attune ask" : nameOf({ process });
  return `trial ${askedText({ number, params })}: for ${durationText(elapsed)}${again}; ${how}`;
}
