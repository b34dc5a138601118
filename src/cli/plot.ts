import { basename } from "node:path";
import { show, usage } from "../core/errors.ts";
import type { Chosen } from "../charts/chart.ts";
import { charts } from "../charts/index.ts";
import { Trials } from "../charts/trials.ts";
import { collectReport } from "../charts/report/collect.ts";
import { drawSvg } from "../charts/report/svg.ts";
import { textChart, usualCharts } from "../charts/report/text.ts";
import { readJournal } from "../search/read-journal.ts";
import { EXIT } from "./exit.ts";
import { writeOutput } from "./write-output.ts";

interface PlotFlags {
  readonly objective?: string;
  readonly svg?: string;
  readonly dark?: boolean;
  readonly width: string;
}

/** `attune plot`: charts in the terminal, or one as an SVG file. */
export async function plot(journal: string, name: string | undefined, flags: PlotFlags): Promise<number> {
  const { objective, svg } = flags;
  const width = Number(flags.width);
  if (!Number.isInteger(width) || width < 200 || width > 10_000)
    throw usage(`Expected \`--width\` to be an integer from 200 to 10000, got ${show(flags.width)}`);
  const data = collectReport(await readJournal(journal), basename(journal));
  const names = data.objectives.map((each) => each.name);
  if (objective !== undefined && !names.includes(objective))
    throw usage(`Expected \`--objective\` to be one of ${names.join(", ")}, got ${show(objective)}`);
  const chosen: Chosen = objective === undefined ? {} : { objective };
  const trials = new Trials(data);
  if (svg !== undefined) {
    const wanted = name ?? usualCharts(trials)[0]!;
    const text = await drawSvg(data, wanted, { ...flags, width });
    if (text === undefined) throw usage(whyNot(trials, wanted));
    if (svg === "-") process.stdout.write(text);
    else await writeOutput(svg, text);
    return EXIT.done;
  }
  const texts = (name === undefined ? usualCharts(trials) : [name]).map((each) => {
    const chart = textChart(each);
    if (chart === undefined) throw usage(`A terminal cannot show \`${each}\`: draw it with --svg FILE`);
    return chart(trials, chosen);
  });
  const shown = texts.filter(Boolean);
  process.stdout.write(`${shown.join("\n\n") || whyNot(trials, name ?? usualCharts(trials)[0]!)}\n`);
  return EXIT.done;
}

function whyNot(trials: Trials, name: string): string {
  return charts.find((chart) => chart.name === name)!.missing(trials) ?? "There is nothing to draw.";
}
