import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as problems from "../../src/problems/index.ts";
import type { ProblemDefinition } from "../../src/problems/index.ts";
import { problemContract } from "../../src/testing/problem-contract.ts";
import { defined } from "./defined.ts";
import { rowOf } from "./rows.ts";

for (const definition of defined) problemContract(definition);

test("each is exported under its name", () => {
  for (const definition of defined)
    expect((problems as unknown as Record<string, ProblemDefinition>)[definition.info.name]).toBe(definition);
  expect(defined.length).toBeGreaterThan(50);
});

test("a number is the first option; what is wrong is refused", () => {
  expect(problems.sphere(7).options).toEqual({ d: 7 });
  expect(problems.dtlz2({ m: 2 }).options).toEqual({ m: 2, k: 10 });
  expect(() => problems.zdt1(1)).toThrow("Expected `d` to be an integer ≥ 2, got 1");
  expect(() => problems.bbob({ f: 25 })).toThrow("Expected `f` to be an integer ≥ 1 and ≤ 24, got 25");
  expect(() => problems.branin(2)).toThrow("Expected branin() to be given nothing, got 2");
  expect(() => problems.branin({ d: 2 })).toThrow("Expected branin() to be given no options, got `d`");
  expect(() => problems.sphere({ dim: 2 } as never)).toThrow("Unknown option `dim` of sphere");
  expect(() => problems.wfg1({ m: 4, k: 4 })).toThrow("Expected `k` to be a multiple of m − 1 = 3, got 4");
  expect(() => problems.wfg2({ l: 5 })).toThrow("Expected `l` of wfg2 to be even, got 5");
  expect(() => problems.powell(6)).toThrow("Expected `d` to be a multiple of 4, got 6");
  expect(() => problems.trajectoryPlanning(31)).toThrow("Expected `d` to be even, got 31");
});

test("docs/problems.md has a row for each, and no other", () => {
  const page = readFileSync("docs/problems.md", "utf8").split("## The problems")[1]!.split("\n## ")[0]!;
  const rows = page.split("\n").flatMap((line) =>
    line.startsWith("| `")
      ? [
          line
            .slice(1, -1)
            .split("|")
            .map((cell) => cell.trim()),
        ]
      : [],
  );
  const names = defined.map(({ info }) => info.name).sort();
  expect(rows.map(([name]) => name)).toEqual(names.map((name) => `\`${name}\``));
  for (const definition of defined) expect(rows).toContainEqual(rowOf(definition));
});
