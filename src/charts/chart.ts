import type { EChartsOption } from "echarts";
import type { Theme } from "./theme.ts";
import type { Trials } from "./trials.ts";

/** Something to choose above a chart. */
export interface Select {
  readonly key: string;
  readonly label: string;
  readonly values: readonly string[];
  readonly chosen: string;
}

/** What is chosen, by the key of its {@link Select}. */
export type Chosen = Readonly<Record<string, string>>;

/** Where a chart is drawn. */
export interface Frame {
  readonly theme: Theme;
  /** Pixels. */
  readonly width: number;
}

/** How a chart is drawn as an SVG file. */
export interface SvgOptions {
  /** @default the light colours */
  readonly dark?: boolean;
  /** @default the first one */
  readonly objective?: string;
  /** Pixels. */
  readonly width: number;
}

/** One kind of chart: a pure function of the trials and of what is chosen, for a page and for an SVG file alike. */
export interface Chart {
  /** `attune plot JOURNAL NAME`. */
  readonly name: string;
  readonly title: string;
  /** Why these trials cannot be drawn so; undefined where they can. */
  missing(trials: Trials): string | undefined;
  selects?(trials: Trials): readonly Select[];
  /** What is seen, in a sentence. */
  note(trials: Trials, chosen: Chosen): string;
  /** Pixels. */
  height(trials: Trials, chosen: Chosen, width: number): number;
  option(trials: Trials, chosen: Chosen, frame: Frame): EChartsOption;
}

/** The choice of an objective, where there are several. */
export function objectiveSelect({ data }: Trials): readonly Select[] {
  const names = data.objectives.map(({ name }) => name);
  return names.length < 2 ? [] : [{ key: "objective", label: "Objective", values: names, chosen: names[0]! }];
}
