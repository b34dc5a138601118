import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Pruner, PrunerFactory, Verdict } from "../../src/core/pruner.ts";
import type { Observation, SamplerFactory } from "../../src/core/sampler.ts";
import { createRandom } from "../../src/core/random.ts";
import { hyperband, median } from "../../src/pruners/index.ts";
import type { Study } from "../../src/study/study.ts";
import { host, judging, keptJournal, line, open, scripted, ticking } from "./harness.ts";

/** A pruner that tells everything it hears, and prunes now and then by what it has heard. */
function recording(): { readonly factory: PrunerFactory; readonly heard: string[][] } {
  const heard: string[][] = [];
  const create = (): Pruner => {
    const own: string[] = [];
    heard.push(own);
    return {
      report: (number, report) => {
        own.push(`report ${number} ${JSON.stringify(report)}`);
        return own.length % 7 === 0 ? "prune" : "continue";
      },
      tell: (observation) => void own.push(`tell ${JSON.stringify({ ...observation, unit: undefined })}`),
    };
  };
  const info = { name: "recording", summary: "For tests." };
  return { factory: { info, options: {}, create, toJSON: () => ({}) }, heard };
}

/** Does one thing at random to a study: ask, report or tell. */
async function act(study: Study<{ readonly x: number }>, running: number[], draw: () => number): Promise<void> {
  if (running.length < 3) {
    const trial = await study.ask();
    if (typeof trial === "object") running.push(trial.number);
    return;
  }
  const number = running[Math.floor(draw() * running.length)]!;
  const deed = draw();
  const step = study.trials[number]!.reports.length;
  if (deed < 0.35) await study.report(number, step, { value: draw() });
  else if (deed < 0.65) study.reportSync(number, step, { value: draw() });
  else if (deed < 0.7) await study.report(number, step, { other: draw() });
  else {
    running.splice(running.indexOf(number), 1);
    const failed = { state: "failed", failure: { kind: draw() < 0.5 ? "lost" : "error", message: "no" } } as const;
    const ends = [1, { state: "pruned" }, failed, { state: "cancelled", reason: "no" }] as const;
    await study.tell(number, ends[Math.floor(draw() * ends.length)]!);
  }
}

describe("a pruner in a study", () => {
  it("hears on opening the journal what it heard while it was written, in every process, in the journal's order", () =>
    fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const random = createRandom(seed);
        const draw = (): number => random.uniform();
        const journal = await keptJournal();
        const { factory: pruner, heard } = recording();
        const clock = ticking();
        const sampler = scripted(() => ({ unit: [Math.floor(draw() * 12) / 12] }));
        const session = async (pid: number) =>
          open({ journal: await journal.open(), pruner, clock, sampler, baseline: { x: 0.5 }, host: host(pid), seed });
        const studies = [await session(1), await session(2)];
        const running: number[][] = [[], []];
        for (let i = 0; i < 60; i++) {
          const who = draw() < 0.5 ? 0 : 1;
          await act(studies[who]!, running[who]!, draw);
        }
        for (const study of studies) await study.refresh();
        await session(3);
        // reportSync gives its verdict before the journal has its place among what others write
        const sorted = heard.map((lines) => [...lines].sort());
        expect(sorted[1]).toEqual(sorted[0]);
        expect(sorted[2]).toEqual(sorted[0]);
        expect(heard[0]!.length).toBeGreaterThan(15);
      }),
      { numRuns: 25 },
    ));

  it("goes on after a resumption as if there had been none, verdict by verdict", () =>
    fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 70 }), async (seed, cut) => {
        const play = async (resume: boolean): Promise<Verdict[]> => {
          const draw = createRandom(seed);
          const journal = await keptJournal();
          const clock = ticking();
          const begin = async () =>
            open({ journal: await journal.open(), pruner: median({ startup: 2 }), clock, seed });
          let study = await begin();
          const verdicts: Verdict[] = [];
          for (let number = 0; number < 12; number++) {
            await study.ask();
            let verdict: Verdict = "continue";
            for (let step = 0; step < 8 && verdict === "continue"; step++) {
              if (resume && verdicts.length === cut) study = await begin();
              verdict = await study.report(number, step, { value: draw.uniform() });
              verdicts.push(verdict);
            }
            await study.tell(number, verdict === "prune" ? { state: "pruned" } : draw.uniform());
          }
          return verdicts;
        };
        const whole = await play(false);
        expect(whole).toContain("prune");
        expect(await play(true)).toEqual(whole);
      }),
      { numRuns: 25 },
    ));

  it("hears of an attempt that is run again as one that failed, and of its reports anew", async () => {
    const { factory: pruner, heard } = recording();
    const study = await open({ pruner, retry: { error: 1, lost: 0, invalid: 0, timeout: 0, memory: 0, crash: 0 } });
    await study.ask();
    await study.report(0, 1, { value: 3 }, 1);
    await study.tell(0, { state: "failed", failure: { kind: "error", message: "no" } }, 1);
    await study.ask();
    await study.report(0, 1, { value: 4 }, 2);
    await study.tell(0, 5, 2);
    expect(heard[0]!.map((text) => /^report 0|"state":"\w+"/.exec(text)![0])).toEqual([
      "report 0",
      '"state":"failed"',
      "report 0",
      '"state":"complete"',
    ]);
    expect(heard[0]![3]).toContain('"reports":[{"step":1,"losses":[4],"elapsed":');
  });

  it("never ends the baseline, and judges no report without an objective", async () => {
    const pruner = judging(() => "prune");
    const study = await open({ pruner, baseline: { x: 0.5 } });
    await study.ask();
    await study.ask();
    expect(await study.report(0, 1, { value: 1 })).toBe("continue");
    expect(await study.report(1, 1, { other: 1 })).toBe("continue");
    expect(await study.report(1, 2, { value: 1 })).toBe("prune");
    expect(study.reportSync(0, 2, { value: 1 })).toBe("continue");
  });
});

describe("brackets", () => {
  it("have a sampler each, which learns and sees what runs in its own", async () => {
    const made: { told: number[]; running: number[][] }[] = [];
    const sampler: SamplerFactory = {
      ...scripted(() => ({ unit: [0] })),
      create: () => {
        const own: (typeof made)[number] = { told: [], running: [] };
        made.push(own);
        return {
          ask: ({ number, running }) => (own.running.push(running.map((one) => one.number)), { unit: [number / 40] }),
          tell: ({ number }: Observation) => void own.told.push(number),
        };
      },
    };
    const pruner = hyperband({ maxResource: 9 });
    const { bracket } = pruner.create({ objectives: 1, directions: ["minimize"], random: createRandom(1), warn: () => {} }); // prettier-ignore
    const study = await open({ sampler, pruner, space: line });
    const running: number[] = [];
    for (let i = 0; i < 30; i++) {
      running.push(((await study.ask()) as { number: number }).number);
      if (running.length > 5) await study.tell(running.shift()!, i);
    }
    expect(made).toHaveLength(3);
    expect(made.flatMap(({ told }) => told).length).toBeGreaterThan(15);
    for (const { told, running: seen } of made)
      expect(new Set([...told, ...seen.flat()].map((number) => bracket!(number))).size).toBe(1);
  });

  it("are known once it is known how far trials come; then each sampler is told all of its own", async () => {
    const told: number[][] = [];
    const sampler: SamplerFactory = {
      ...scripted(() => ({ unit: [0] })),
      create: () => {
        const own: number[] = [];
        told.push(own);
        return { ask: ({ number }) => ({ unit: [number / 40] }), tell: ({ number }) => void own.push(number) };
      },
    };
    const study = await open({ sampler, pruner: hyperband() });
    for (let i = 0; i < 20; i++) {
      await study.ask();
      await study.report(i, 8, { value: i });
      await study.tell(i, i);
    }
    await study.ask();
    expect(told[0], "one for all, until the second trial reports").toEqual([0]);
    expect(told.length).toBeGreaterThan(2);
    const own = told
      .slice(1)
      .flat()
      .sort((a, b) => a - b);
    expect(new Set(own).size).toBe(own.length);
    expect(own.length).toBeGreaterThan(12);
  });
});
