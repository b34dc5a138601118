import type { SvgOptions } from "../chart.ts";
import { charts } from "../index.ts";
import { dark, light } from "../theme.ts";
import { Trials } from "../trials.ts";
import type { ReportData } from "../report/report-data.ts";
import { toSvg } from "./draw.ts";
import { fillPage } from "./page.ts";

/** A chart of a report as the text of an SVG file; undefined where the report has nothing to show in it. */
export function svg(data: ReportData, name: string, options: SvgOptions): string | undefined {
  const trials = new Trials(data);
  const chart = charts.find((each) => each.name === name)!;
  if (chart.missing(trials) !== undefined) return undefined;
  const chosen = Object.fromEntries((chart.selects?.(trials) ?? []).map((select) => [select.key, select.chosen]));
  if (options.objective !== undefined) Object.assign(chosen, { objective: options.objective, of: options.objective });
  return toSvg(chart, trials, chosen, options.dark ? dark : light, options.width);
}

// The same file is the script of a report's page and the module that Node draws SVG files with.
if (typeof document !== "undefined") {
  const held = document.getElementById("data");
  if (held !== null) fillPage(JSON.parse(held.textContent) as ReportData);
}
