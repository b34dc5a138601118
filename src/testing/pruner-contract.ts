import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAttuneError } from "../core/errors.ts";
import type { PrunerDefinition, PrunerFactory } from "../core/pruner.ts";
import type { Observation } from "../core/sampler.ts";
import { race, type Race, startPruner } from "./race.ts";

/** How the contract is to be tried on one pruner. */
export interface PrunerContractOptions {
  /** The configured pruner to try. @default with the options of its `info.example` */
  readonly factory?: PrunerFactory;
  /** How many random races each property is tried on. @default 40 */
  readonly runs?: number;
}

/** The promises that every pruner keeps. One call covers a pruner, built in or third party. */
export function prunerContract(
  definition: PrunerDefinition,
  { factory = definition(definition.info.example), runs = 40 }: PrunerContractOptions = {},
): void {
  const { info } = definition;
  const check = <T>(property: fc.IProperty<T>): void => fc.assert(property, { numRuns: runs });
  const races = (more: Partial<Race> = {}): fc.Arbitrary<Race> =>
    fc
      .record({
        seed: fc.nat(),
        workers: fc.integer({ min: 1, max: 5 }),
        objectives: fc.integer({ min: 1, max: info.multiObjective ? 3 : 1 }),
        untidy: fc.boolean(),
      })
      .map((given) => ({ ...given, ...more }));

  describe(`pruner ${info.name}`, () => {
    it("says what it is", () => {
      expect(info.name).toMatch(/^[a-z][A-Za-z0-9]*$/);
      expect(info.summary).toMatch(/\.$/);
      expect(JSON.parse(JSON.stringify(factory))).toEqual({ name: info.name, ...(factory.options as object) });
    });

    it("refuses options that it does not know, and more objectives than it compares", () => {
      expect(() => definition({ ...info.example, surelyNoOption: 1 })).toThrow("Unknown option `surelyNoOption`");
      if (!info.multiObjective) expect(() => startPruner(factory, 2)).toThrow("which compares one");
    });

    it("answers every report, whatever comes: NaN, steps repeated and out of order, failed attempts run again", () =>
      check(
        fc.property(races({ untidy: true }), (given) => {
          for (const event of race(factory, given).events)
            if ("verdict" in event) expect(["continue", "prune"]).toContain(event.verdict);
        }),
      ));

    it("gives the same verdicts when the same reports and ends are told again, also through JSON", () =>
      check(
        fc.property(races(), (given) => {
          const again = startPruner(factory, given.objectives!);
          for (const event of race(factory, given).events)
            if ("told" in event) again.tell(throughJson(event.told));
            else expect(again.report(event.number, event.report)).toBe(event.verdict);
        }),
      ));

    it("keeps what it needs of a finished trial when it is told, and never looks at it again", () =>
      check(
        fc.property(races(), (given) => {
          let late = 0;
          let telling = false;
          const pruner = startPruner(factory, given.objectives!);
          for (const event of race(factory, given).events)
            if ("told" in event) {
              telling = true;
              pruner.tell(watching(event.told, () => void (telling || late++)));
              telling = false;
            } else pruner.report(event.number, event.report);
          expect(late).toBe(0);
        }),
      ));

    it("lets a trial go on that is better than all others and improves with every report", () =>
      check(
        fc.property(races({ untidy: false }), (given) => {
          const best = 17;
          const loss = (number: number, step: number): number =>
            number === best ? 0.01 / (1 + step) : 0.2 + ((number * 7) % 10) / 20 + 0.2 / (1 + step);
          expect(race(factory, { ...given, loss }).pruned).not.toContain(best);
        }),
      ));

    const late = tryOption(() => definition({ ...info.example, warmup: 6 }));
    if (late !== undefined)
      it("never prunes before its warm-up", () =>
        check(
          fc.property(races(), (given) => {
            for (const event of race(late, given).events)
              if ("verdict" in event && event.report.step < 6 && !given.untidy) expect(event.verdict).toBe("continue");
          }),
        ));

    it("begins anew with a trial whose attempt came to nothing", () =>
      check(
        fc.property(races({ untidy: false, workers: 1 }), (given) => {
          const { events } = race(factory, given);
          const [once, twice] = [startPruner(factory, given.objectives!), startPruner(factory, given.objectives!)];
          const [head] = events;
          if (!("report" in head!)) throw new Error("nothing was reported");
          // a step that no other trial comes to, so that nobody is compared with it
          const far = { ...head.report, step: 1_000, elapsed: 0 };
          if (twice.report(head.number, far) === "prune") return;
          twice.tell({ ...told(events), number: head.number, state: "failed", losses: [], reports: [] });
          for (const event of events)
            if ("told" in event) for (const pruner of [once, twice]) pruner.tell(event.told);
            else if (event.number === head.number)
              expect(twice.report(event.number, event.report)).toBe(once.report(event.number, event.report));
        }),
      ));
  });
}

function told(events: ReturnType<typeof race>["events"]): Observation {
  for (const event of events) if ("told" in event) return event.told;
  throw new Error("nothing was told");
}

/** The pruner with an option, if it takes one of that name. */
function tryOption(make: () => PrunerFactory): PrunerFactory | undefined {
  try {
    return make();
  } catch (error) {
    if (isAttuneError(error)) return undefined;
    throw error;
  }
}

/** What was told with `looked` called at every look at its reports. */
function watching(observation: Observation, looked: () => void): Observation {
  const watch = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(of, key, self): unknown {
        looked();
        const value: unknown = Reflect.get(of, key, self);
        return typeof value === "object" && value !== null && !ArrayBuffer.isView(value) ? watch(value) : value;
      },
    });
  return watch(observation);
}

function throughJson(observation: Observation): Observation {
  const text = JSON.stringify(observation, (_, value: unknown) => (Number.isNaN(value) ? "NaN" : value));
  const back = JSON.parse(text, (_, value: unknown) => (value === "NaN" ? NaN : value)) as Observation;
  return { ...back, unit: observation.unit };
}
