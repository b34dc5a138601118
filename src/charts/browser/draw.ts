import { BarChart, CustomChart, HeatmapChart, LineChart, ParallelChart, ScatterChart } from "echarts/charts";
import {
  GridComponent,
  LegendComponent,
  LegendScrollComponent,
  MarkLineComponent,
  ParallelComponent,
  TooltipComponent,
  VisualMapContinuousComponent,
} from "echarts/components";
import { type EChartsType, init, use } from "echarts/core";
import { CanvasRenderer, SVGRenderer } from "echarts/renderers";
import type { Chart, Chosen } from "../chart.ts";
import type { Theme } from "../theme.ts";
import type { Trials } from "../trials.ts";

use([
  BarChart,
  CustomChart,
  HeatmapChart,
  LineChart,
  ParallelChart,
  ScatterChart,
  GridComponent,
  LegendComponent,
  LegendScrollComponent,
  MarkLineComponent,
  ParallelComponent,
  TooltipComponent,
  VisualMapContinuousComponent,
  CanvasRenderer,
  SVGRenderer,
]);

/** Draws into an element, which must have a width. */
export function draw(element: HTMLElement, chart: Chart, trials: Trials, chosen: Chosen, theme: Theme): EChartsType {
  const width = element.clientWidth;
  const height = chart.height(trials, chosen, width);
  element.style.height = `${height}px`;
  const drawn = init(element, null, { renderer: "canvas", width, height });
  drawn.setOption(chart.option(trials, chosen, { theme, width }));
  return drawn;
}

/** A chart as the text of an SVG file; needs no browser. */
export function toSvg(chart: Chart, trials: Trials, chosen: Chosen, theme: Theme, width: number): string {
  const height = chart.height(trials, chosen, width);
  const drawn = init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    drawn.setOption({ ...chart.option(trials, chosen, { theme, width }), backgroundColor: theme.surface });
    return drawn.renderToSVGString();
  } finally {
    drawn.dispose(); // else its timers keep the process alive
  }
}
