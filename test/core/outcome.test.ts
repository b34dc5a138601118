import { expect, it } from "vitest";
import { AttemptFailed } from "../../src/core/attempt-failed.ts";
import { failed, shortened } from "../../src/core/outcome.ts";
import { judge } from "../../src/study/judge.ts";

const long = `first ${"x".repeat(100_000)} last`;
const short = { kind: "error", message: "m", stack: "s", stderr: "e", exitCode: 3 } as const;

it("the texts of a failure are short enough for a journal, and keep what matters", () => {
  const { message, stack, stderr, exitCode } = shortened({ ...short, message: long, stack: long, stderr: long });
  expect([message.length, stack!.length, stderr!.length, exitCode]).toEqual([16_384, 16_384, 16_384, 3]);
  expect(message).toMatch(/^first x+…$/);
  expect(stack).toBe(message);
  expect(stderr).toMatch(/^…x+ last$/);
  expect(shortened(short)).toBe(short);
});

it("also of failures that others made", () => {
  const definition = { objectives: [{ name: "ms", direction: "minimize" }], constraints: {} } as const;
  for (const outcome of [
    failed("error", long),
    { state: "failed", failure: new AttemptFailed({ kind: "error", message: long })["attune.failure"] } as const,
    judge({ state: "failed", failure: { kind: "error", message: long } }, definition),
  ])
    expect(outcome).toMatchObject({ state: "failed", failure: { message: `${long.slice(0, 16_383)}…` } });
});

it("a result of too many names is a failure, whoever measured it", () => {
  const values = Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`n${i}`, { value: i }]));
  expect(
    judge({ state: "complete", values }, { objectives: [{ name: "n1", direction: "minimize" }], constraints: {} }),
  ).toEqual(failed("invalid", "Expected the outcome to hold at most 10000 names, got 10001"));
});
