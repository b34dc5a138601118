import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { defined } from "./defined.ts";

interface Reference {
  readonly problems: readonly {
    readonly name: string;
    readonly options: Readonly<Record<string, number>>;
    readonly params: readonly Readonly<Record<string, number>>[];
    readonly values: readonly (readonly number[])[];
  }[];
}

/** Values of BoTorch and pymoo; test/reference/problems.py says how they were made. */
const reference = JSON.parse(readFileSync("test/golden/problems/peers.json", "utf8")) as Reference;

describe("losses and constraints are those of BoTorch and pymoo", () => {
  test.each(reference.problems.map((each) => [`${each.name} ${JSON.stringify(each.options)}`, each] as const))(
    "%s",
    (_, { name, options, params, values }) => {
      const problem = defined.find(({ info }) => info.name === name)!(options);
      for (const [i, p] of params.entries()) {
        const row = problem.space.row(p);
        const got = [...problem.losses(row), ...problem.excess(row)];
        expect(got).toHaveLength(values[i]!.length);
        got.forEach((x, j) => {
          const wanted = values[i]![j]!;
          expect(Math.abs(x - wanted), `${x} at ${JSON.stringify(p)}, wanted ${wanted}`).toBeLessThanOrEqual(
            1e-9 * Math.max(1, Math.abs(wanted)),
          );
        });
      }
    },
  );
});
