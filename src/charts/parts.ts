import { numberText } from "../formats/quantity.ts";
import type { Theme } from "./theme.ts";

/** Texts as the lines of a tooltip. They come from programs and people, and must never become HTML. */
export function lines(texts: readonly string[]): string {
  return texts.map((text) => escapeHtml(text.length > 200 ? `${text.slice(0, 199)}…` : text)).join("<br>");
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Numbers for people, also on an axis, where rounding noise must not show. */
export function tick(x: number): string {
  const rounded = Number(x.toPrecision(6));
  return Math.abs(rounded) < 1e7
    ? numberText(rounded).replace(/\.?0+e/, "e")
    : rounded.toExponential().replace("e+", "e");
}

/** Whether a scale is logarithmic: its values are positive and span more than 50-fold. */
export function isLog(values: Iterable<number>): boolean {
  let [low, high] = [Infinity, -Infinity];
  for (const x of values) {
    if (x < low) low = x;
    if (x > high) high = x;
  }
  return low > 0 && high / low > 50;
}

/** How much wider than the rest the worst twentieth must make the range, so that it is left out. */
const STRETCH = 3;

/** The worst loss that is drawn: few that are far worse than all others would leave no room to tell these apart. */
export function worstDrawn(losses: readonly number[]): number {
  const sorted = losses.filter(Number.isFinite).sort((a, b) => a - b);
  const [best, most, worst] = [sorted[0], sorted[Math.floor((sorted.length - 1) * 0.95)], sorted.at(-1)];
  if (best === undefined || most === undefined || worst === undefined || most === best) return Infinity;
  return worst - best > STRETCH * (most - best) ? most + (most - best) * 0.25 : Infinity;
}

interface AxisLook {
  readonly name?: string;
  readonly log?: boolean;
  readonly vertical?: boolean;
}

/** What all value axes share. */
export function valueAxis(theme: Theme, { name = "", log = false, vertical = false }: AxisLook) {
  return {
    type: log ? ("log" as const) : ("value" as const),
    scale: true,
    name: log ? `${name} (log)` : name,
    nameLocation: vertical ? ("end" as const) : ("middle" as const),
    nameGap: vertical ? 12 : 28,
    nameTextStyle: { color: theme.muted, fontSize: 12, align: vertical ? ("left" as const) : ("center" as const) },
    axisLabel: { color: theme.muted, fontSize: 11, hideOverlap: true, formatter: tick },
    axisLine: { show: !vertical, lineStyle: { color: theme.grid } },
    axisTick: { show: false },
    splitLine: { show: vertical, lineStyle: { color: theme.grid } },
  };
}

/** An axis of texts. */
export function textAxis(theme: Theme, data: readonly string[], { name = "", vertical = false }: AxisLook = {}) {
  return {
    type: "category" as const,
    data: [...data],
    name,
    nameLocation: vertical ? ("end" as const) : ("middle" as const),
    nameGap: vertical ? 12 : 28,
    nameTextStyle: { color: theme.muted, fontSize: 12, align: vertical ? ("left" as const) : ("center" as const) },
    axisLabel: { color: theme.muted, fontSize: 11, hideOverlap: true, overflow: "truncate" as const, width: 130 },
    axisLine: { lineStyle: { color: theme.grid } },
    axisTick: { show: false },
  };
}

/** From how many points on they are drawn as one cloud. */
const CLOUD = 4000;

/** The points of a scatter series; many of them as one flat array, which is not copied number by number. */
export function cloud(points: readonly (readonly [x: number, y: number, trial: number])[]) {
  if (points.length <= CLOUD) return { data: points.map((point) => [...point]) };
  const data = new Float64Array(points.length * 3);
  points.forEach((point, i) => data.set(point, i * 3));
  return { large: true, dimensions: ["x", "y", "trial"], data };
}

/** A tooltip of lines of text about what is pointed at. */
export function tooltip(theme: Theme, about: (data: readonly unknown[], series: string) => readonly string[]) {
  return {
    trigger: "item" as const,
    confine: true,
    backgroundColor: theme.surface,
    borderColor: theme.grid,
    textStyle: { color: theme.ink, fontSize: 12 },
    formatter: (under: unknown) => {
      const { data, seriesName = "" } = under as { data?: unknown; seriesName?: string };
      const held = ArrayBuffer.isView(data) ? Array.from(data as Float64Array) : data;
      const point = Array.isArray(held) ? held : (held as { value?: unknown } | undefined)?.value;
      return Array.isArray(point) ? lines(about(point as readonly unknown[], seriesName)) : "";
    },
  };
}

export function legend(theme: Theme) {
  return {
    top: 0,
    right: 16, // room, as for the gap below
    itemWidth: 14,
    itemHeight: 10,
    itemGap: 18, // texts of an SVG file may be wider where they are shown
    textStyle: { color: theme.muted, fontSize: 12 },
    inactiveColor: theme.grid,
  };
}

/** What every chart begins with. */
export const still = { animation: false, backgroundColor: "transparent" } as const;
