import type { Summary } from "./summary.ts";

const [LEFT, WIDTH, LINE] = [160, 480, 22];

/** A chart of one family's main metric: a dot and its 95 % interval for each contestant, best at the top. */
export function dots({ family, main, rows }: Summary): string {
  const figures = rows.map(({ figures: of }) => of[main]!);
  const log = main.startsWith("ERT");
  const scale = (x: number): number => (log ? Math.log10(x) : x);
  const low = Math.min(...figures.map((figure) => scale(figure.low)));
  const high = Math.max(...figures.map((figure) => scale(figure.high)));
  const at = (x: number): string => (LEFT + (WIDTH * (scale(x) - low)) / (high - low || 1)).toFixed(1);
  const lines = rows.map(({ contestant }, i) => {
    const { value, low: from, high: to } = figures[i]!;
    const y = 44 + LINE * i;
    return [
      `<text x="${LEFT - 12}" y="${y + 4}" text-anchor="end">${contestant}</text>`,
      `<line x1="${at(from)}" x2="${at(to)}" y1="${y}" y2="${y}" stroke="#457" stroke-width="2"/>`,
      `<circle cx="${at(value)}" cy="${y}" r="4" fill="#124"/>`,
      `<text x="${LEFT + WIDTH + 12}" y="${y + 4}">${value.toPrecision(3)}</text>`,
    ].join("");
  });
  const height = 44 + LINE * rows.length;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LEFT + WIDTH + 80} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    `<text x="${LEFT}" y="18" font-weight="bold">${family}: ${main}${log ? " (logarithmic)" : ""}</text>`,
    ...lines,
    "</svg>\n",
  ].join("\n");
}
