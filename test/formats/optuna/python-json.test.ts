import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodePython, encodePython, type PythonJson, Real } from "../../../src/formats/optuna/python-json.ts";
import { readTime, timeText } from "../../../src/formats/optuna/times.ts";

const number = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, -0));
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("NaN", '"NaN"', '\\"Infinity', "number", "\ud83d", " "),
);
const key = text.filter((key) => key !== "__proto__");
const json = fc.letrec<{ value: PythonJson }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    number,
    text,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

describe("Python's JSON", () => {
  it("comes back as it was, with NaN and infinities, and in ASCII", () =>
    fc.assert(
      fc.property(json, (value) => {
        const written = encodePython(value);
        expect(written).toMatch(/^[\x20-\x7e]*$/);
        expect(decodePython(written)).toStrictEqual(zeros(value));
      }),
    ));

  it("writes floats so that Python reads floats", () => {
    const written = [64, 0.5, -0, 1e21, 1e-7, NaN, Infinity, -Infinity].map((x) => encodePython(new Real(x)));
    expect(written).toEqual(["64.0", "0.5", "-0.0", "1e+21", "1e-7", "NaN", "Infinity", "-Infinity"]);
    expect(encodePython({ gone: undefined as never, there: [null] })).toBe('{"there":[null]}');
    expect(encodePython({ int: 64, ü: ["\n"] })).toBe(String.raw`{"int":64,"\u00fc":["\n"]}`);
  });

  it("leaves texts alone that hold the words", () =>
    expect(decodePython(String.raw`{"NaN":"NaN, \"Infinity","a":[NaN,-Infinity],"number":Infinity}`)).toEqual({
      NaN: 'NaN, "Infinity',
      a: [NaN, -Infinity],
      number: Infinity,
    }));

  it.each(["", "{", "NaN NaN", "{NaN:1}", '"NaN', "[Infinity,]", "--Infinity"])("refuses %j", (bad) =>
    expect(() => decodePython(bad)).toThrow(/^expected JSON, got /),
  );
});

describe("times", () => {
  it("come back, with an offset or in this machine's zone", () =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), fc.constantFrom("utc" as const, "local" as const), (at, form) => {
        // the hour that a change of clocks repeats cannot be told apart without an offset
        const wall = new Date(at).getTimezoneOffset() === new Date(at + 7.2e6).getTimezoneOffset();
        if (form === "utc" || wall) expect(readTime(timeText(at, form), form)).toBe(at);
      }),
    ));

  it("are written as Optuna writes them, and read in every form that it has had", () => {
    expect(timeText(1795253804019.7, "utc")).toBe("2026-11-21T09:36:44.019000+00:00");
    expect(timeText(1795253804019, "local")).toMatch(/^2026-11-2\dT\d\d:\d\d:44\.019000$/);
    const at = Date.UTC(2026, 10, 21, 9, 15, 2, 120);
    expect(readTime("2026-11-21T09:15:02.120345+00:00", "local")).toBe(at);
    expect(readTime("2026-11-21T10:15:02.12+0100", "local")).toBe(at);
    expect(readTime("2026-11-21 09:15:02.120000", "utc")).toBe(at);
    expect(readTime("2026-11-21T09:15:02Z", "local")).toBe(at - 120);
    expect(readTime("2026-11-21 09:15:02", "local")).toBe(new Date("2026-11-21T09:15:02").getTime());
    expect(readTime("yesterday", "utc")).toBeUndefined();
    expect(readTime("2026-13-41T09:15:02", "utc")).toBeUndefined();
  });
});

/** As the text tells it: −0 of an integer's kind is 0. */
function zeros(value: PythonJson): PythonJson {
  if (Object.is(value, -0)) return 0;
  if (Array.isArray(value)) return (value as readonly PythonJson[]).map(zeros);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, zeros(item as PythonJson)]));
}
