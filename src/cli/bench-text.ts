import type { Standing } from "../analysis/rivals.ts";
import { numberText } from "../formats/quantity.ts";
import { scatter } from "../formats/text-plot.ts";
import { medianOf } from "../math/median.ts";
import { plural, table } from "./table.ts";

/** What samplers came to on one problem; scores are less the better they are, of several objectives minus the hypervolume. */
export interface Bench {
  readonly problem: string;
  readonly measure: "loss" | "hypervolume";
  readonly least?: number;
  readonly trials: number;
  readonly seeds: number;
  readonly checkpoints: readonly number[];
  readonly samplers: readonly {
    readonly name: string;
    readonly runs: readonly { readonly failed: number; readonly scores: readonly number[] }[];
  }[];
  readonly standings: readonly Standing[];
}

/** The comparison as a table and a plot. */
export function benchText(bench: Bench): string {
  const { problem, measure, least, trials, seeds, standings } = bench;
  const sign = measure === "loss" ? 1 : -1;
  const ends = (low: number, high: number): [number, number] => (sign > 0 ? [low, high] : [-high, -low]);
  const text = (x: number): string =>
    Number.isNaN(x) ? "–" : x === Infinity ? "none" : numberText(Number(x.toPrecision(5)));
  const rows = standings.map(({ name, median, quartiles, against }, i) => [
    `${letter(i)} ${name}`,
    text(sign * median),
    ends(...quartiles)
      .map(text)
      .join(" … "),
    ...(against === undefined
      ? []
      : [
          text(sign * against.difference),
          Number.isNaN(against.low) ? "–" : ends(against.low, against.high).map(text).join(" … "),
          against.adjusted < 1e-4 ? "< 0.0001" : against.adjusted.toPrecision(2),
          against.a12.toFixed(2),
          against.verdict,
        ]),
  ]);
  const known =
    measure === "hypervolume"
      ? "larger is better"
      : least === undefined
        ? "less is better"
        : `the least is ${text(least)}`;
  const first = standings[0]!.name;
  return [
    `${problem}: ${measure} after ${plural(trials, "trial")}, ${plural(seeds, "seed")} (${known})`,
    "",
    table(["sampler", "median", "quartiles", "difference", "95 %", "p", "A12", `against ${first}`], rows, ""),
    "",
    plotOf(bench),
  ].join("\n");
}

/** The median of the seeds over the trials, as the distance from the least loss where that is known. */
function plotOf({ measure, least, checkpoints, samplers }: Bench): string {
  const shown = (score: number): number =>
    measure === "hypervolume" ? -score : least === undefined ? score : Math.max(score - least, 1e-12);
  const lines = samplers.map(({ runs }) =>
    checkpoints.flatMap((n, i) => {
      const middle = medianOf(Float64Array.from(runs.map(({ scores }) => scores[i]!)).sort());
      return Number.isFinite(middle) ? [[n, shown(middle)] as const] : [];
    }),
  );
  const marks = lines.flatMap((points, i) => {
    const at = points[Math.floor(points.length * (0.35 + 0.5 * ((i + 1) / (lines.length + 1))))];
    return at === undefined ? [] : [{ at, sign: letter(i) }];
  });
  const y =
    measure === "hypervolume" ? "median hypervolume" : least === undefined ? "median loss" : "median loss − least";
  return scatter(
    lines.map((points) => ({ points })),
    { x: "trials", y, marks },
  );
}

function letter(i: number): string {
  return String.fromCodePoint(65 + (i % 26));
}
