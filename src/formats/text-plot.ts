import { numberText } from "./quantity.ts";

/** Points of one kind; later series are drawn over earlier ones. */
export interface Series {
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** Dots of a braille cell, by column and row (Unicode U+2800 block). */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;

/** How a plot is laid out. */
export interface PlotOptions {
  readonly x: string;
  readonly y: string;
  /** Characters. @default 64 */
  readonly width?: number;
  /** Lines. @default 14 */
  readonly height?: number;
  /** Marks drawn over the dots: a letter at a point. */
  readonly marks?: readonly { readonly at: readonly [number, number]; readonly sign: string }[];
}

/** A scatter plot in braille dots with axes; a scale is logarithmic when its positive values span more than 50-fold. */
export function scatter(series: readonly Series[], { x, y, width = 64, height = 14, marks = [] }: PlotOptions): string {
  const all = [...series.flatMap(({ points }) => points), ...marks.map(({ at }) => at)];
  if (all.length === 0) return "";
  const across = scale(all.map(([a]) => a));
  const up = scale(all.map(([, b]) => b));
  const cells = Array.from({ length: height }, () => new Array<number>(width).fill(0));
  for (const { points } of series) {
    for (const [a, b] of points) {
      const i = Math.round(across.at(a) * (width * 2 - 1));
      const j = Math.round((1 - up.at(b)) * (height * 4 - 1));
      cells[j >> 2]![i >> 1]! |= DOTS[(i & 1) as 0 | 1][(j & 3) as 0 | 1 | 2 | 3];
    }
  }
  const lines = cells.map((row) => row.map((dots) => (dots === 0 ? " " : String.fromCharCode(0x2800 + dots))));
  for (const { at, sign } of marks)
    lines[Math.round((1 - up.at(at[1])) * (height - 1))]![Math.round(across.at(at[0]) * (width - 1))] = sign;
  const top = numberText(round(up.high));
  const bottom = numberText(round(up.low));
  const margin = Math.max(top.length, bottom.length) + 1;
  const label = (j: number): string => (j === 0 ? top : j === height - 1 ? bottom : "").padStart(margin);
  const low = numberText(round(across.low));
  const high = numberText(round(across.high));
  const name = `${x}${across.log ? " (log)" : ""}`;
  const foot = `${low}${name.padStart(Math.floor((width + name.length) / 2) - low.length).padEnd(width - low.length - high.length)}${high}`;
  return [
    `${" ".repeat(margin)} ${y}${up.log ? " (log)" : ""}`,
    ...lines.map((line, j) => `${label(j)} │${line.join("").trimEnd()}`),
    `${" ".repeat(margin)} └${"─".repeat(width)}`,
    `${" ".repeat(margin)}  ${foot}`,
  ].join("\n");
}

/** Horizontal bars in eighths of a character, each with its name before and its text behind it. */
export function bars(
  rows: readonly { readonly name: string; readonly size: number; readonly text: string }[],
  width = 40,
): string {
  const most = rows.reduce((a, { size }) => Math.max(a, size), 0) || 1;
  const margin = rows.reduce((a, { name }) => Math.max(a, Array.from(name).length), 0);
  return rows
    .map(({ name, size, text }) => {
      const eighths = Math.round((size / most) * width * 8);
      const last = eighths % 8 === 0 ? "" : String.fromCharCode(0x2590 - (eighths % 8)); // ▏ to ▉
      return `${" ".repeat(margin - Array.from(name).length)}${name} │${"█".repeat(Math.floor(eighths / 8))}${last} ${text}`;
    })
    .join("\n");
}

interface Scale {
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  at(v: number): number;
}

function scale(values: readonly number[]): Scale {
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const log = low > 0 && high / low > 50;
  const f = log ? Math.log : (v: number) => v;
  const span = f(high) - f(low);
  return { low, high, log, at: (v) => (span === 0 ? 0.5 : (f(v) - f(low)) / span) };
}

function round(x: number): number {
  return Number(x.toPrecision(4));
}
