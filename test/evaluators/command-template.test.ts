import { describe, expect, it } from "vitest";
import { checkPlaceholders } from "../../src/evaluators/command.ts";
import { choice, int, defineSpace, optional, variant } from "../../src/space/index.ts";

const tuned = defineSpace({
  level: int(1, 9),
  flag: optional("-g"),
  pass: optional(int(1, 3)),
  arch: "native",
  schedule: variant({ static: {}, dynamic: { chunk: int(1, 64), deep: { er: int(0, 1) } } }),
  "a.b": int(0, 1),
  preset: choice([{ fast: 1 }, { fast: 2 }]),
});
const names = tuned.axes.map(({ name }) => name);
const check = (...command: string[]): void => checkPlaceholders(command, names, tuned.toJSON());

describe("checkPlaceholders", () => {
  it("knows parameters, what is inside them, and the trial", () => {
    check(
      "{level} {flag} {pass} {arch} {schedule} {a.b} {preset.fast}",
      "{trial}{attempt}{seed}{worker}{params}{params.json}{dir}",
    );
    check(
      "{schedule.kind}",
      "{schedule.chunk}",
      "{schedule.dynamic.chunk}",
      "{schedule.deep.er}",
      "{schedule.dynamic.deep}",
    );
    check("{{levle}}", "{ x }", "{}", "plain");
    checkPlaceholders(["{level}", "{flag}", "{schedule.chunk}", "{schedule.kind}", "{a.b}"], names);
  });

  it("refuses others", () => {
    expect(() => check("-l{levle}")).toThrow('Unknown placeholder `{levle}` in "-l{levle}". Did you mean `{level}`?');
    expect(() => check("{schedule.chonk}")).toThrow("Did you mean `{schedule.chunk}`?");
    expect(() => check("{level.x}")).toThrow("Unknown placeholder `{level.x}`");
    expect(() => check("{zzzzzzzz}")).toThrow(/The parameters are: level, flag, pass, /);
    expect(() => checkPlaceholders(["{arch}"], names)).toThrow("Unknown placeholder `{arch}`");
  });

  it("knows the resources, once they are known", () => {
    const among = (...pools: string[]): void => checkPlaceholders(["{lease.gpu}"], names, tuned.toJSON(), pools);
    check("{lease.gpu}");
    among("port", "gpu");
    expect(() => among()).toThrow('Expected `gpu` to be a resource, as "{lease.gpu}" uses it, but none is');
    expect(() => among("port")).toThrow("but `port` is: give the evaluator `resources: { gpu: … }`");
    expect(() => check("{leese.gpu}")).toThrow("Unknown placeholder");
  });
});
