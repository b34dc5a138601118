import { expect, it } from "vitest";
import { failureLabels } from "../../src/charts/report/failure-labels.ts";
import type { Failure } from "../../src/core/outcome.ts";
import { finishedTrial } from "../../src/testing/tracker-contract.ts";

const labels = (...failures: (Failure | undefined)[]): (string | undefined)[] =>
  failureLabels(failures.map((failure, i) => finishedTrial(i, failure && { state: "failed", failure })));

it.each<[Failure, string]>([
  [{ kind: "crash", message: "gone", signal: "SIGSEGV", exitCode: 139 }, "crash: SIGSEGV"],
  [{ kind: "error", message: "it ended with 3", exitCode: 3 }, "error: exit code 3"],
  [{ kind: "error", message: "no luck" }, "error: no luck"],
  [{ kind: "error", message: "no luck with trial 17 of 20" }, "error: no luck with trial …"],
  [{ kind: "error", message: 'unknown flag: "-O9"' }, "error: unknown flag …"],
  [{ kind: "error", message: "no luck\nat all" }, "error: no luck"],
  [{ kind: "error", message: "17 of 20 bytes differ" }, "error"],
  [{ kind: "invalid", message: "x2 is missing" }, "invalid"],
  [{ kind: "error", message: `it ${"never ".repeat(20)}ends` }, `error: it${" never".repeat(6)} …`],
  [{ kind: "error", message: "x".repeat(99) }, `error: ${"x".repeat(40)} …`],
  [{ kind: "error", message: "red \u001b[31m" }, "error: red \uFFFD …"],
])("%j is %s", (failure, label) => expect(labels(failure)).toEqual([label]));

it("tells ten ways to fail apart, the most frequent, and leaves alone what did not fail", () => {
  const words = "a b c d e f g h i j k l".split(" ");
  const failed = [...words, ...words.slice(2)].map((message): Failure => ({ kind: "error", message }));
  expect(new Set(labels(undefined, ...failed))).toEqual(
    new Set([undefined, ...words.slice(2).map((word) => `error: ${word}`), "error: other"]),
  );
});
