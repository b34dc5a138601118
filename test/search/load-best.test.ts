import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from "vitest";
import { choice, defineSearch, int, loadBest } from "../../src/index.ts";

const directory = mkdtempSync(join(tmpdir(), "attune-load-best-"));
const journal = join(directory, "a.attune.jsonl");
const space = { level: int(1, 9), mode: choice(["x", "y"]) };
afterAll(() => rmSync(directory, { recursive: true }));
let trials: readonly { params: unknown }[] = [];
beforeAll(async () => {
  ({ trials } = await defineSearch({
    space,
    objective: ({ level, mode }) => level + (mode === "y" ? 0.5 : 0),
    trials: 18,
    journal,
    seed: 1,
    sampler: "grid",
  }).start());
});

describe("loadBest", () => {
  it("gives the best configuration, typed by its space, without a word where nothing differs", async () => {
    const warnings: string[] = [];
    const best = await loadBest(journal, { space, warn: (message) => warnings.push(message) });
    expectTypeOf(best.mode).toEqualTypeOf<"x" | "y">();
    expect(best).toEqual({ level: 1, mode: "x" });
    expect(await loadBest(journal, { space, trial: 17 })).toEqual(trials[17]!.params);
    expect(warnings).toEqual([]);
  });

  it("warns of another device, and of another machine", async () => {
    const warnings: string[] = [];
    const warn = (message: string): number => warnings.push(message);
    await loadBest(journal, { space, device: "H200", warn });
    expect(warnings[0]).toMatch(/^trial \d+ of .*a\.attune\.jsonl was measured elsewhere: cpu .* there, H200 here$/);
    const elsewhere = join(directory, "b.attune.jsonl");
    writeFileSync(elsewhere, readFileSync(journal, "utf8").replace(/"arch":"\w+"/, '"arch":"riscv"'));
    await loadBest(elsewhere, { warn });
    expect(warnings[1]).toContain("arch riscv there");
  });

  it("falls back, and says why; without a fallback it throws", async () => {
    const warnings: string[] = [];
    const warn = (message: string): number => warnings.push(message);
    const fallback = { level: 5, mode: "y" } as const;
    expect(await loadBest(join(directory, "none.jsonl"), { space, fallback, warn })).toEqual(fallback);
    expect(await loadBest(journal, { space: { ...space, level: int(3, 9) }, fallback, warn })).toEqual(fallback);
    expect(warnings[0]).toMatch(/^Cannot find the journal .*; the fallback is used$/);
    expect(warnings[1]).toMatch(/is not in the space: .*level.*; the fallback is used$/);
    await expect(loadBest(join(directory, "none.jsonl"), { space })).rejects.toThrow("Cannot find the journal");
    await expect(loadBest(journal, { trial: 99 })).rejects.toThrow(
      "Expected `trial` to be the number of a finished trial",
    );
  });
});
