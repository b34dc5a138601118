import { numberText, percentText } from "../formats/quantity.ts";
import type { CheckResult, Crowded, ObjectiveNoise } from "./check.ts";
import { CALLED } from "./repeated-trial.ts";

/** Noise beyond this share of the value is wild: no search finds much in it. */
const WILD = 0.3;
/** Two clusters this share of the value apart are worth a word. */
const APART = 0.05;
/** Runs that differ by so many of the errors that each gives of itself are noisier than these say. */
const DOUBTED = 1.6;
/** Fewer samples than that do not tell their own error well. */
const SAMPLES = 5;
/** A change of a value beside other runs is worth a word beyond this share, and beyond so many deviations of one run. */
const [MOVED, BEYOND] = [0.02, 3];
/** So are runs that take so many times as long beside others. */
const SLOWER = 1.3;

/** What to think about before the search is started. `feasible`: whether every run kept the limits. */
export function checkAdvice(result: Omit<CheckResult, "advice">, feasible: boolean): string[] {
  const { subject, noise, crowded, search } = result;
  const advice = Object.entries(noise).flatMap(([name, one]) => noiseAdvice(name, one));
  if (subject.source !== "baseline")
    advice.unshift(
      `There is no baseline, so that ${CALLED[subject.source]} was run. Give every parameter a \`default\`, or the search a \`baseline\`, to see what tuning gains.`,
    );
  if (!feasible)
    advice.push(
      `${subject.source === "baseline" ? "The baseline" : "It"} breaks a limit of the search: it cannot be best.`,
    );
  if (crowded !== undefined) advice.push(...crowdAdvice(crowded, noise, search.workers));
  return advice;
}

function noiseAdvice(
  name: string,
  { relative = 0, modes, value, deviation, stderr, samples = SAMPLES }: ObjectiveNoise,
): string[] {
  const advice: string[] = [];
  if (modes !== undefined && Math.abs(modes[1] - modes[0]) > APART * Math.abs(value))
    advice.push(
      `\`${name}\` falls into two clusters, around ${numberText(modes[0])} and ${numberText(modes[1])}: something switches between runs, such as a clock rate, a cache or a neighbour. Fix that first.`,
    );
  else if (relative > WILD)
    advice.push(
      `\`${name}\` varies wildly, by ${percentText(relative)} from run to run: find out why before you tune it. Longer runs, or the median of several, vary less.`,
    );
  if (deviation === 0) return advice;
  if (stderr === undefined)
    advice.push(
      `\`${name}\` is one number per trial, so that the search cannot tell a gain from noise: return several samples, or what \`measure()\` resolves with.`,
    );
  else if (deviation > DOUBTED * stderr)
    advice.push(
      `\`${name}\` differs between runs by ${numberText(deviation)}, while the samples of each run say ± ${numberText(stderr)}: what varies does so between runs, and a gain below ${numberText(2 * deviation)} may be noise whatever the search says.`,
    );
  if (samples > 1 && samples < SAMPLES)
    advice.push(
      `\`${name}\` has ${samples} samples per trial, which do not tell their own error well: the search claims gains that are none too often. Return ${SAMPLES} or more.`,
    );
  return advice;
}

function crowdAdvice({ change, slowdown }: Crowded, noise: CheckResult["noise"], workers: number): string[] {
  const moved = Object.entries(change).filter(
    ([name, share]) => Math.abs(share) > Math.max(MOVED, BEYOND * (noise[name]!.relative ?? Infinity)),
  );
  if (moved.length > 0) {
    const told = moved.map(
      ([name, share]) => `\`${name}\` ${share > 0 ? "rises" : "falls"} by ${percentText(Math.abs(share))}`,
    );
    return [
      `Runs disturb each other: ${told.join(", ")} when ${workers} run at once. Use fewer workers (-w 1), or let only one measure at a time (\`trial.exclusive\`, or a command's \`exclusive\`).`,
    ];
  }
  if (slowdown <= SLOWER) return [];
  return [
    `${workers} at once take ${numberText(Number(slowdown.toPrecision(2)))} times as long as one by itself: more workers than the machine bears gain little.`,
  ];
}
