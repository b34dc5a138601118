import { refuseUnknown } from "../core/errors.ts";
import { besideBaseline, compared } from "../core/compared.ts";
import { lossOf } from "../core/objective.ts";
import {
  defineTracker,
  type Status,
  type TrackedEvent,
  type TrackerDefinition,
  type Watched,
} from "../core/tracker.ts";
import { Repetition } from "./repetition.ts";
import { checkWhere, type Stream } from "./where.ts";
import { changeText, costText, durationText, numberText } from "../formats/quantity.ts";

/** Where progress is written: a terminal gets one line that is redrawn, anything else plain lines. */
export interface ProgressOptions {
  /** @default process.stderr */
  readonly stream?: Stream;
}

/** Milliseconds between two drawings of the line. */
const FRAME = 120;
/** Milliseconds between two plain lines, and between two that tell of an improvement. */
const PLAIN = 5_000;
const BETTER = 1_000;

/** One live line: trials done, rate, time left, the best so far against the baseline, failures, workers. */
export const progress: TrackerDefinition<ProgressOptions> = defineTracker<ProgressOptions>(
  { name: "progress", summary: "One live line in the terminal; plain lines elsewhere." },
  (options) => {
    refuseUnknown("progress", options, ["stream"]);
    checkWhere(options);
    const { stream = process.stderr } = options;
    return (watched) => {
      const live = stream.isTTY === true;
      let printed = 0;
      let leader = -1;
      let before: number | undefined;
      let happened = false;
      let drawing: Repetition | undefined;
      const text = (): string => line(watched, before);
      const draw = (): void => void stream.write(`\r${fit(text(), stream.columns || 80)}\u001b[K`);
      const plain = (event: TrackedEvent): void => {
        if (event.type !== "trial-finished") return;
        const { status } = watched;
        const newest = status.best.at(-1)?.number ?? -1;
        const improved = status.best.length === 1 && newest !== leader && watched.objectives.length === 1;
        if (status.elapsed - printed < (improved ? BETTER : PLAIN)) return;
        leader = newest;
        printed = status.elapsed;
        stream.write(`${text()}\n`);
      };
      return {
        track: (event) => {
          before ??= watched.status.trials;
          if (event.type.startsWith("trial-")) happened = true;
          if (!happened) return;
          if (!live) plain(event);
          else if (drawing === undefined) {
            draw();
            drawing = new Repetition(FRAME, draw);
          }
        },
        close: async () => {
          await drawing?.end();
          if (happened) stream.write(live ? `\r\u001b[K${text()}\n` : `${text()}\n`);
        },
      };
    };
  },
);

/** The line, without an end; `before` is how many of the trials were done when this session began. */
export function line({ objectives, status }: Watched, before = 0): string {
  const { trials, budget, elapsed, failed, running, workers, generation, postponed, ended, paused } = status;
  const rate = elapsed > 0 ? ((trials - before) / elapsed) * 1000 : 0;
  const parts = [
    budget === undefined ? `${trials} trials` : `${trials}/${budget} trials (${Math.floor((100 * trials) / budget)} %)`,
  ];
  if (generation !== undefined) parts.push(`generation ${generation}`);
  if (rate > 0)
    parts.push(rate >= 1 ? `${numberText(Number(rate.toPrecision(3)))}/s` : `${durationText(1000 / rate)} each`);
  if (budget !== undefined && rate > 0 && trials < budget && ended === undefined)
    parts.push(`${durationText(((budget - trials) / rate) * 1000)} left`);
  else parts.push(durationText(elapsed));
  if (status.cost) parts.push(costText(status.cost.spent, status.cost.limit));
  const best = bestText(objectives, status);
  if (best) parts.push(best);
  if (failed > 0) parts.push(failedText(status));
  if (paused) parts.push("paused");
  if (ended === undefined) parts.push(`${running}/${workers} workers`);
  if (ended === undefined && postponed !== undefined) parts.push(`${postponed} to run again later`);
  return parts.join(" · ");
}

/** `12 failed (9 crash, 3 timeout)`. */
export function failedText({ failed, failures }: Pick<Status, "failed" | "failures">): string {
  return `${failed} failed (${Object.entries(failures)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(", ")})`;
}

function bestText(objectives: Watched["objectives"], { best, baseline }: Status): string {
  if (best.length === 0) return "";
  const texts = objectives.map(({ name, direction }) => {
    const lead = best.reduce((a, b) =>
      lossOf(compared(b.measured[name]!).value, direction) < lossOf(compared(a.measured[name]!).value, direction)
        ? b
        : a,
    );
    const reference = baseline?.measured[name];
    const change = reference && changeText(besideBaseline(lead.measured[name]!, reference).value, reference.value);
    return `${name} ${numberText(lead.values[name]!)}${change === undefined ? "" : ` (${change})`}`;
  });
  return objectives.length === 1 ? `best ${texts[0]}` : `front of ${best.length}, best ${texts.join(", ")}`;
}

function fit(text: string, columns: number): string {
  return text.length < columns ? text : `${text.slice(0, Math.max(0, columns - 2))}…`;
}
