import type { Chart } from "./chart.ts";
import { contour } from "./contour.ts";
import { curves } from "./curves.ts";
import { failures } from "./failures.ts";
import { front } from "./front.ts";
import { history } from "./history.ts";
import { importance } from "./importance.ts";
import { parallel } from "./parallel.ts";
import { slices } from "./slices.ts";
import { timeline } from "./timeline.ts";
import { volume } from "./volume.ts";

/** Every chart, in the order of the page. */
export const charts: readonly Chart[] = [
  history,
  front,
  volume,
  importance,
  parallel,
  slices,
  contour,
  curves,
  failures,
  timeline,
];
