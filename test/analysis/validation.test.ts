import { describe, expect, it } from "vitest";
import { pairedGain } from "../../src/analysis/paired.ts";
import { judge, looks, type Round } from "../../src/analysis/validation.ts";
import { createRandom, type Random } from "../../src/core/random.ts";

const minimized = [{ name: "ms", direction: "minimize" }] as const;

/** Rounds of a candidate that is better by `gain`. */
function roundsOf(n: number, gain: number, noise: () => number): Round[] {
  return Array.from({ length: n }, () => ({
    trial: { ms: { value: 100 - gain + noise() } },
    baseline: { ms: { value: 100 + noise() } },
  }));
}

/** Whether a candidate is kept by the looks of at most ten rounds, one of `k`. */
function isKept(rounds: readonly Round[], k: number): boolean {
  for (const { rounds: n, share } of looks(rounds.length)) {
    const { reason, clear } = judge(rounds.slice(0, n), {
      objectives: minimized,
      constraints: {},
      error: (0.05 * share) / k,
    });
    if (clear || n === rounds.length) return reason === "gain";
  }
  throw new Error("Expected a last look");
}

describe("the looks of a validation", () => {
  it.each([3, 5, 6, 10, 11, 40, 1000])("of %d rounds end with the last, and share the error", (n) => {
    const all = looks(n);
    expect(all.at(-1)!.rounds).toBe(n);
    expect(all.map(({ rounds }) => rounds)).toEqual(
      [...new Set(all.map(({ rounds }) => rounds))].sort((a, b) => a - b),
    );
    expect(all.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  it.each([
    ["normal", (random: Random) => 3 * random.normal()],
    ["with spikes", (random: Random) => 3 * random.normal() + (random.uniform() < 0.1 ? 30 : 0)],
    ["of a coarse clock", (random: Random) => (random.uniform() < 0.5 ? 0 : 1)],
  ])("keep one of three lucky ones in at most 2.5 % of cases, with noise that is %s", (name, noise) => {
    const random = createRandom(name);
    const repetitions = 2_000;
    let kept = 0;
    for (let i = 0; i < repetitions; i++)
      if (
        [0, 1, 2].some(() =>
          isKept(
            roundsOf(10, 0, () => noise(random)),
            3,
          ),
        )
      )
        kept++;
    // 2.5 %, and three standard errors of 2,000 repetitions
    expect(kept / repetitions).toBeLessThan(0.025 + 3 * Math.sqrt((0.025 * 0.975) / repetitions));
  });

  it("keep a gain of three deviations in nearly all cases, most after five rounds when it is larger", () => {
    const random = createRandom(2);
    const kept = Array.from({ length: 300 }, () =>
      isKept(
        roundsOf(10, 3, () => random.normal()),
        3,
      ),
    );
    expect(kept.filter(Boolean).length).toBeGreaterThan(290);
    const [first] = looks(10);
    const error = (0.05 * first!.share) / 3;
    const clear = Array.from(
      { length: 300 },
      () =>
        judge(
          roundsOf(5, 10, () => random.normal()),
          { objectives: minimized, constraints: {}, error },
        ).clear,
    );
    expect(clear.filter(Boolean).length).toBeGreaterThan(200);
  });
});

describe("a judgement", () => {
  const of = (trials: readonly object[], baselines: readonly object[]): Round[] => {
    const measured = (values: object) =>
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value: value as number }]));
    return trials.map((values, i) => ({ trial: measured(values), baseline: measured(baselines[i]!) }));
  };
  const terms = { objectives: minimized, constraints: {}, error: 0.05 };

  it("says gain, worse and no-gain, with the interval", () => {
    const base = [{ ms: 10 }, { ms: 11 }, { ms: 12 }];
    expect(judge(of([{ ms: 5 }, { ms: 6.1 }, { ms: 7 }], base), terms)).toMatchObject({ reason: "gain", clear: true });
    expect(judge(of([{ ms: 15 }, { ms: 16.1 }, { ms: 17 }], base), terms)).toMatchObject({
      reason: "worse",
      clear: true,
    });
    expect(judge(of([{ ms: 15 }, { ms: 6 }, { ms: 12 }], base), terms)).toMatchObject({
      reason: "no-gain",
      clear: false,
    });
    const { gains } = judge(of([{ ms: 5 }, { ms: 6 }, { ms: 4 }], base), terms);
    // differences −5, −5, −8: mean −6, s/√3 = 1, the step is 1; t(0.975; 2) = 4.3027
    expect(gains[0]).toMatchObject({ value: 5, baseline: 11, difference: -6, better: "trial" });
    expect(gains[0]!.low).toBeCloseTo(-6 - 4.3027 * Math.sqrt(1 + 1 / 18), 3);
    expect(gains[0]!.high).toBeCloseTo(-6 + 4.3027 * Math.sqrt(1 + 1 / 18), 3);
    expect(gains[0]!.relative).toBeCloseTo(-6 / 11, 12);
  });

  it("of values without noise needs rounds as well: three say little, five enough", () => {
    const same = (n: number) => Array.from({ length: n }, () => ({ trial: 990, baseline: 1000 }));
    const better = (n: number) => pairedGain("bytes", same(n), { direction: "minimize", error: 0.05 / 3 }).better;
    expect([3, 5, 10].map(better)).toEqual(["none", "trial", "trial"]);
    const equal = { trial: 7, baseline: 7 };
    expect(pairedGain("bytes", [equal, equal], { direction: "minimize", error: 0.05 })).toMatchObject({
      low: 0,
      high: 0,
      better: "none",
    });
  });

  it("of a maximised objective is the other way round, and drift cancels", () => {
    const pairs = [1, 2, 3, 4].map((drift) => ({ trial: 100 * drift + 5 + drift / 10, baseline: 100 * drift }));
    const of = (direction: "minimize" | "maximize") => pairedGain("rps", pairs, { direction, error: 0.05 }).better;
    expect([of("maximize"), of("minimize")]).toEqual(["trial", "baseline"]);
  });

  it("rejects what breaks a limit by its median, whatever it gains; always breaking it is clear", () => {
    const base = [1, 2, 3, 4, 5].map(() => ({ ms: 10, rss: 1 }));
    const limited = { ...terms, constraints: { rss: { max: 5 } } };
    const at = (...rss: number[]) =>
      judge(
        of(
          rss.map((mb) => ({ ms: 1, rss: mb })),
          base,
        ),
        limited,
      );
    expect(at(6, 6, 7, 8, 9)).toMatchObject({ reason: "limit", broken: { rss: 7 }, clear: true });
    expect(at(1, 2, 6, 8, 9)).toMatchObject({ reason: "limit", broken: { rss: 6 }, clear: false });
    expect(at(1, 2, 5, 8, 9)).toMatchObject({ reason: "gain", broken: {} });
  });

  it("keeps a trade: a gain in one objective, a loss in another that it names", () => {
    const both = [...minimized, { name: "mb", direction: "minimize" }] as const;
    const five = (values: object): object[] => [1, 2, 3, 4, 5].map(() => values); // without noise
    const rounds = of(five({ ms: 5, mb: 9 }), five({ ms: 9, mb: 5 }));
    const judgement = judge(rounds, { ...terms, objectives: both });
    expect(judgement).toMatchObject({ reason: "gain", gains: [{ better: "trial" }, { better: "baseline" }] });
  });
});
