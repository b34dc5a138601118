import { loadBuilt } from "../../system/module.ts";
import type { SvgOptions } from "../chart.ts";
import { bundle } from "./page.ts";
import type { ReportData } from "./report-data.ts";

/** A chart as the text of an SVG file; undefined where there is nothing to show in it. The page's own script draws it, without a browser. */
export async function drawSvg(data: ReportData, name: string, options: SvgOptions): Promise<string | undefined> {
  const { svg } = (await loadBuilt(bundle)) as {
    svg: (data: ReportData, name: string, options: SvgOptions) => string | undefined;
  };
  return svg(data, name, options);
}
