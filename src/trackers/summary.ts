import { expectNumber, refuseUnknown } from "../core/errors.ts";
import { comparable, compared } from "../core/compared.ts";
import { excess, lossOf } from "../core/objective.ts";
import { defineTracker, type TrackerDefinition, type Watched } from "../core/tracker.ts";
import type { Trial } from "../core/trial.ts";
import { printable } from "../formats/printable.ts";
import { durationText, numberText } from "../formats/quantity.ts";
import { scatter } from "../formats/text-plot.ts";
import { plural, table } from "../formats/text-table.ts";
import { flatten } from "../formats/trial-table.ts";
import { writeFileAtomic } from "../system/atomic-file.ts";
import { realClock } from "../system/clock.ts";
import { line } from "./progress.ts";
import { Repetition } from "./repetition.ts";
import { checkWhere, type Stream } from "./where.ts";

/** When, where and how much is told. */
export interface SummaryOptions {
  /** Milliseconds from one page to the next; the last one comes at the end. @default 300_000 */
  readonly every?: number;
  /** How many trials the table has. @default 10 */
  readonly top?: number;
  /** A file that always holds the newest page. */
  readonly file?: string;
  /** Where page after page is written to. @default process.stderr, without a `file` */
  readonly stream?: Stream;
}

/** A page of text now and then: what is done and left of the budget, the top trials, and the objectives by trial. */
export const summary: TrackerDefinition<SummaryOptions> = defineTracker<SummaryOptions>(
  {
    name: "summary",
    summary: "A page now and then: the budget left, the top trials, the objectives by trial.",
    argument: "file",
  },
  (options) => {
    refuseUnknown("summary", options, ["every", "top", "file", "stream"]);
    checkWhere(options);
    const { every = 300_000, top = 10, file, stream = process.stderr } = options;
    expectNumber("every", every, { above: 0 });
    expectNumber("top", top, { integer: true, low: 1 });
    return (watched) => {
      let repetition: Repetition | undefined;
      let before = 0;
      const tell = async (): Promise<void> => {
        const text = page(watched, top, before);
        if (file !== undefined) await writeFileAtomic(file, text);
        else stream.write(`${stream.isTTY === true ? "\r\u001b[K" : ""}\n${text}`);
      };
      return {
        track: (event) => {
          if (event.type !== "search-started") return;
          before = watched.status.trials;
          repetition = new Repetition(every, tell);
        },
        close: async () => {
          await repetition?.end();
          await tell();
        },
      };
    };
  },
);

/** One page; `before` trials were done when this session began. */
function page(watched: Watched, top: number, before: number): string {
  const { objectives, status, trials } = watched;
  const eligible = trials.filter((trial) => isEligible(trial, watched));
  const parts = [
    `${new Date(realClock.now()).toISOString()}\n${line(watched, before)}`,
    budgetText(status),
    eligible.length === 0 ? "" : topText(watched, eligible, top),
    ...objectives.map(({ name }) => plotText(name, eligible, status.baseline)),
  ];
  return `${printable(parts.filter(Boolean).join("\n\n"))}\n`;
}

function budgetText({ trials, budget, elapsed }: Watched["status"]): string {
  if (budget === undefined)
    return `${plural(trials, "trial")} done, no limit on trials; ${durationText(elapsed)} so far`;
  const left = Math.max(0, budget - trials);
  const share = Math.round((100 * left) / budget);
  return `${plural(left, "trial")} of ${budget} left (${share} %); ${durationText(elapsed)} so far`;
}

/** The best trials of one objective; of several the front. */
function topText({ objectives, status }: Watched, eligible: readonly Trial[], top: number): string {
  const [{ name, direction }] = objectives as readonly [Watched["objectives"][number]];
  const candidates = objectives.length === 1 ? eligible : status.best;
  const loss = (trial: Trial): number => lossOf(compared(trial.measured[name]!).value, direction);
  const shown = [...candidates].sort((a, b) => loss(a) - loss(b)).slice(0, top);
  const rows = shown.map((trial) => [
    String(trial.number),
    ...objectives.map((objective) => numberText(trial.values[objective.name]!)),
    durationText(trial.duration),
    configurationText(trial.params),
  ]);
  const head = objectives.map((objective) => `${objective.name} ${objective.direction === "minimize" ? "↓" : "↑"}`);
  const title = objectives.length === 1 ? "The best" : "The Pareto front";
  const count = shown.length < candidates.length ? `, ${shown.length} of ${candidates.length}` : "";
  return `${title}${count}\n${table(["trial", ...head, "took", "configuration"], rows)}`;
}

function plotText(name: string, eligible: readonly Trial[], baseline: Trial | undefined): string {
  const points = eligible.map(
    ({ number, measured }) => [number, comparable(measured[name]!, baseline?.measured[name])] as const,
  );
  return points.length < 3 ? "" : scatter([{ points }], { x: "trial", y: name, height: 10 });
}

/** `level=6 schedule.chunk=8` */
function configurationText(params: unknown): string {
  return [...flatten(params)].map(([path, text]) => `${path.replace(/^\./, "")}=${text}`).join(" ");
}

/** Whether a trial can be best: complete, within the limits, of this definition and no repetition. */
function isEligible(trial: Trial, { constraints }: Watched): boolean {
  const { state, aside, twin, atLeast, values } = trial;
  if (state !== "complete" || aside !== undefined || twin !== undefined || atLeast) return false;
  return excess(constraints, (name) => values[name]).every((beyond) => beyond <= 0);
}
