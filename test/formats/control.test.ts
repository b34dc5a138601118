import fc from "fast-check";
import { expect, it } from "vitest";
import type { Control } from "../../src/core/control.ts";
import { isAttuneError } from "../../src/core/errors.ts";
import { decodeControl, encodeControl } from "../../src/formats/control.ts";
import { problemOf } from "../../src/formats/journal-fields.ts";

const pause: Control = { command: "pause", id: "7", to: ["a", "b"] };

it("gives back what was written, and nothing where there is nothing to obey", () => {
  for (const control of [pause, { ...pause, command: "stop", now: true } as const])
    expect(decodeControl(encodeControl(control), "x")).toEqual(control);
  expect(decodeControl("", "x")).toBeUndefined();
});

it.each([
  ["\n", "to be a control file of version 1"],
  ['{"attune":"control","version":1}', "`command` in x to be stop, pause or continue"],
  ["null", "to be a control file of version 1"],
  ['{"command":"stop"}', "to be a control file of version 1"],
  [encodeControl(pause).replace('"version":1', '"version":2'), "to be a control file of version 1"],
  [encodeControl({ ...pause, command: "eval" as never }), "`command` in x to be stop, pause or continue"],
  [encodeControl({ ...pause, command: "toString" as never }), "`command` in x to be stop, pause or continue"],
  [encodeControl({ ...pause, id: "" }), "`id` in x to be a text"],
  [encodeControl({ ...pause, to: "a" as never }), "`to` in x to be a list of sessions"],
  [encodeControl({ ...pause, to: [1] as never }), "`to` in x to be a list of sessions"],
  [encodeControl({ ...pause, now: 1 as never }), "`now` in x to be true"],
])("refuses %j", (text, says) => {
  expect(() => decodeControl(text, "x")).toThrow(says);
});

it("takes any other text for an error of the journal, never for a command", () => {
  const texts = fc.oneof(fc.string(), fc.json());
  fc.assert(
    fc.property(texts, (text) => {
      try {
        expect(decodeControl(text, "x")).toBeUndefined();
      } catch (error) {
        expect(isAttuneError(error)).toBe(true);
      }
    }),
  );
});

it.each([
  [{ outside: {} }, true],
  [{ outside: { timeout: 5 } }, true],
  [{ control: { command: "pause" } }, true],
  [{ control: { command: "stop", id: "7" } }, true],
  [{ outside: true }, false],
  [{ outside: { timeout: "5" } }, false],
  [{ control: "pause" }, false],
  [{ control: { command: "run" } }, false],
  [{ control: { command: "pause", id: 7 } }, false],
])("stands in the settings of a session as %j: %s", (fields, right) => {
  const settings = { sampler: { name: "random", version: 1, options: {} }, ...fields };
  const process = { host: "h", pid: 1, start: "s" };
  const event = { type: "search-started", at: 1, writer: "w", process, environment: null, settings };
  expect(problemOf(event) === undefined).toBe(right);
});
