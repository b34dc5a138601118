import { charts } from "../index.ts";
import { collectReport } from "./collect.ts";
import type { ReportContent } from "./content.ts";
import { pageOf } from "./page.ts";
import { drawSvg } from "./svg.ts";

/** Pixels. */
const WIDTH = 900;

/** A study in files for people, by name: the page `report.html`, and what there is to show in charts as `charts/NAME.svg`. */
export async function reportFiles(content: ReportContent, title: string): Promise<Record<string, string>> {
  const data = collectReport(content, title);
  const files: Record<string, string> = { "report.html": pageOf(data) };
  for (const { name } of charts) {
    const text = await drawSvg(data, name, { width: WIDTH });
    if (text !== undefined) files[`charts/${name}.svg`] = text;
  }
  return files;
}
