import { describe, expect, it } from "vitest";
import { askedText } from "../../src/cli/asked-text.ts";
import { readTold, type ToldOptions } from "../../src/cli/told.ts";
import type { Direction } from "../../src/core/objective.ts";

const objectives = (...names: string[]): { name: string; direction: Direction }[] =>
  names.map((name) => ({ name, direction: "minimize" }));
const one = { objectives: objectives("ms"), constraints: {} };
const two = { objectives: objectives("a", "b"), constraints: { rss: { max: 5 } } };

describe("what attune tell is told", () => {
  it.each<[ToldOptions, unknown]>([
    [{ value: " 1.5 " }, 1.5],
    [{ value: "nan" }, NaN],
    [{ value: "-Inf" }, -Infinity],
    [{ value: "infinity" }, Infinity],
    [{ values: "ms=1,size=2e3" }, { ms: 1, size: 2000 }],
    [{ json: "1" }, 1],
    [{ json: "[1,2]" }, [1, 2]],
    [{ json: '{"ms":[1,2]}' }, { ms: [1, 2] }],
    [{ json: '{"value":1,"stderr":0.5}' }, { value: 1, stderr: 0.5 }],
    [
      { json: '{"state":"failed","message":"no","kind":"crash"}' },
      { state: "failed", failure: { kind: "crash", message: "no" } },
    ],
    [{ json: '{"state":"pruned"}' }, { state: "pruned" }],
    [{ json: '{"state":"cancelled"}' }, { state: "cancelled", reason: "cancelled" }],
    [{ failed: "no" }, { state: "failed", failure: { kind: "error", message: "no" } }],
    [
      { failed: "no", kind: "memory" },
      { state: "failed", failure: { kind: "memory", message: "no" } },
    ],
    [{ pruned: true }, { state: "pruned" }],
    [{ cancelled: true }, { state: "cancelled", reason: "cancelled" }],
    [{ cancelled: "why" }, { state: "cancelled", reason: "why" }],
  ])("is %j", (options, told) => {
    expect(readTold(options, one)).toEqual(told);
  });

  it.each<[ToldOptions, string]>([
    [{}, "Expected one of --value, --values, --json, --failed, --pruned, --cancelled, got none"],
    [{ pruned: true, failed: "x" }, "got --failed and --pruned"],
    [{ value: "1" }, "Expected values by name, `a`, `b`: there is more than one"],
    [{ json: "[1]" }, "Expected values by name"],
    [{ values: "a=1,b=2" }, "Expected the values to hold `rss`, got `a`, `b`; nothing was recorded"],
    [{ json: "{}" }, "Expected the values to hold `a`, got none"],
    [{ values: "a=1,b=x" }, 'Expected --values b to be a number, got "x"'],
    [{ values: "a=" }, "Expected --values a to be a number"],
    [{ values: "a" }, "Expected --values to be NAME=NUMBER"],
    [{ json: "{" }, "Expected --json to be JSON"],
    [{ json: '{"state":"done"}' }, 'Expected `state` to be "failed", "pruned" or "cancelled", got "done"'],
    [{ json: '{"state":"failed","message":7}' }, "Expected `message` to be a text, got 7"],
    [{ json: '{"state":"cancelled","reason":7}' }, "Expected `reason` to be a text, got 7"],
    [{ json: '{"state":"failed","kind":"sad"}' }, "Expected the kind of a failure to be one of"],
    [{ failed: "x", kind: "sad" }, "Expected the kind of a failure to be one of"],
    [{ kind: "crash", pruned: true }, "--kind needs --failed MESSAGE"],
  ])("is refused: %j", (options, says) => {
    expect(() => readTold(options, two)).toThrow(says);
  });
});

it("prints a trial in words that a shell can take apart, in full precision", () => {
  const params = { rate: 0.1 + 0.2, mode: "a b", plain: "x/y-1", on: true, list: [1, 2], inner: { kind: "k", n: 1 } };
  expect(askedText({ number: 7, params })).toBe(
    '7 rate=0.30000000000000004 mode="a b" plain=x/y-1 on=true list=[1,2] inner.kind=k inner.n=1',
  );
  expect(askedText({ number: 8, params: 3 })).toBe("8 value=3");
});
