import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SearchResult } from "../../src/index.ts";

const NAMES = ["a", "b", "c", "d"];

/** The rank of each row by the definition: one more than the highest rank of those that dominate it. */
function ranksOf(losses: readonly (readonly number[])[]): number[] {
  const dominates = (x: readonly number[], y: readonly number[]): boolean =>
    x.every((v, i) => v <= y[i]!) && x.some((v, i) => v < y[i]!);
  const ranks = losses.map(() => 0);
  for (let changed = true; changed;) {
    changed = false;
    losses.forEach((y, j) => {
      const rank = Math.max(0, ...losses.flatMap((x, i) => (dominates(x, y) ? [ranks[i]! + 1] : [])));
      if (rank !== ranks[j]) [ranks[j], changed] = [rank, true];
    });
  }
  return ranks;
}

describe("the Pareto fronts of a result", () => {
  const tables = fc.integer({ min: 1, max: 4 }).chain((objectives) =>
    fc.record({
      rows: fc.array(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: objectives, maxLength: objectives }), {
        minLength: 1,
        maxLength: 40,
      }),
      maximized: fc.array(fc.boolean(), { minLength: objectives, maxLength: objectives }),
      normalized: fc.boolean(),
    }),
  );

  it("are the ranks of the definition: strict, equal trials together, all trials once, in order of number", () =>
    fc.assert(
      fc.property(tables, ({ rows, maximized, normalized }) => {
        const valuesOf = (row: readonly number[]) => Object.fromEntries(row.map((v, i) => [NAMES[i]!, v]));
        const result = SearchResult.fromTable(
          // normalised values count where there are any: the others are turned round, and would rank otherwise
          rows.map((row, i) => ({
            params: { i },
            values: valuesOf(normalized ? row.map((v) => -v) : row),
            ...(normalized ? { normalized: valuesOf(row) } : {}),
          })),
          {
            objectives: Object.fromEntries(maximized.map((max, i) => [NAMES[i]!, max ? "maximize" : "minimize"])),
            duplicates: true,
          },
        );
        const ranks = ranksOf(rows.map((row) => row.map((v, i) => (maximized[i] ? -v : v))));
        const wanted = Array.from({ length: Math.max(...ranks) + 1 }, (_, rank) =>
          ranks.flatMap((r, number) => (r === rank ? [number] : [])),
        );
        const fronts = result.paretoFronts().map((front) => front.map(({ number }) => number));
        expect(fronts).toEqual(wanted);
        expect(result.paretoFront().map(({ number }) => number)).toEqual(wanted[0]);
        if (maximized.length > 1)
          for (const k of [1, 3, rows.length + 1])
            expect(result.top(k).map(({ number }) => number)).toEqual(wanted.flat().slice(0, k));
      }),
    ));

  it("leave out what breaks a limit or failed, and say so where nothing is left", () => {
    const of = (rss: number) =>
      SearchResult.fromTable(
        [
          { params: { x: 1 }, values: { a: 1, b: 1, rss } },
          { params: { x: 2 }, values: { a: 2, b: 2, rss: 1 } },
          { params: { x: 3 } },
        ],
        { objectives: { a: "minimize", b: "minimize" }, constraints: { rss: { max: 5 } } },
      );
    expect(
      of(1)
        .paretoFronts()
        .map((front) => front.map(({ number }) => number)),
    ).toEqual([[0], [1]]);
    expect(
      of(9)
        .paretoFronts()
        .map((front) => front.map(({ number }) => number)),
    ).toEqual([[1]]);
    expect(() => SearchResult.fromTable([{ params: {} }], { objectives: { a: "minimize" } }).paretoFronts()).toThrow(
      "No trial succeeded",
    );
  });
});
