import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../src/core/json.ts";
import { applyOverrides, checkTemplate, type JobTemplate, overridesOf } from "../../src/jobs/template.ts";

const template: JobTemplate = {
  name: "train",
  run: ["node", "train.mjs"],
  parameters: { epochs: 3, rate: 1 },
  env: { THREADS: "1", HOME: "/x" },
  files: { "a.txt": "a", "in/b.txt": "b" },
  settings: { model: { layers: 2, kind: "mlp" }, seed: 1 },
  cwd: "/tmp",
};

describe("overrides", () => {
  it("set parameters, variables, files, settings by path, the command and its directory, and leave the template alone", () => {
    const before = JSON.stringify(template);
    const plan = applyOverrides(template, {
      parameters: { rate: 0.1 },
      env: { THREADS: 4, HOME: null },
      files: { "a.txt": "A", "in/b.txt": null },
      settings: { "model.layers": 8, model: { width: 3 }, "data.name": "x" },
      run: ["python", "train.py"],
      cwd: "/",
    });
    expect(plan).toEqual({
      run: ["python", "train.py"],
      parameters: { epochs: 3, rate: 0.1 },
      env: { THREADS: "4" },
      files: { "a.txt": "A" },
      settings: { model: { layers: 8, kind: "mlp", width: 3 }, seed: 1, data: { name: "x" } },
      cwd: "/",
    });
    expect(JSON.stringify(template)).toBe(before);
  });
  it("later ones win", () => {
    const plan = applyOverrides(template, { settings: { "model.layers": 3 } }, { settings: { "model.layers": 4 } });
    expect(plan.settings!["model"]).toEqual({ layers: 4, kind: "mlp" });
  });
  it("come from the names of parameters, with dots or nested; all of them stay parameters", () => {
    const params = {
      rate: 1,
      "env.THREADS": 2,
      settings: { model: { layers: 5 } },
      "settings.seed": 7,
      "files.c": "c",
    };
    expect(overridesOf(params)).toEqual({
      parameters: params,
      env: { THREADS: 2 },
      files: { c: "c" },
      settings: { model: { layers: 5 }, seed: 7 },
    });
    expect(overridesOf({ env: "prod", x: 1 })).toEqual({ parameters: { env: "prod", x: 1 } });
  });
  it("of a path change what is at it, and nothing else, in any tree", () => {
    const key = fc.stringMatching(/^[a-z]{1,3}$/);
    const tree = fc.letrec<{ tree: Record<string, unknown>; node: unknown }>((tie) => ({
      node: fc.oneof(fc.integer(), fc.string(), fc.boolean(), tie("tree")),
      tree: fc.dictionary(key, tie("node"), { maxKeys: 4 }),
    })).tree;
    const at = (of: unknown, path: readonly string[]): unknown =>
      path.reduce((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], of);
    fc.assert(
      fc.property(tree, fc.array(key, { minLength: 1, maxLength: 4 }), fc.integer(), (settings, path, value) => {
        const blocked = path.slice(0, -1).some((_, i) => {
          const inner = at(settings, path.slice(0, i + 1));
          return inner !== undefined && typeof inner !== "object";
        });
        const apply = (): unknown =>
          applyOverrides(
            { name: "x", run: ["x"], settings: settings as Record<string, Json> },
            { settings: { [path.join(".")]: value } },
          ).settings;
        if (blocked) {
          expect(apply).toThrow(/^Expected `settings\.[a-z.]+` to be an object, as /);
          return;
        }
        const changed = structuredClone(settings);
        let inner = changed;
        for (const name of path.slice(0, -1)) inner = (inner[name] ??= {}) as Record<string, unknown>;
        inner[path.at(-1)!] = value;
        expect(apply()).toEqual(changed);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
  it.each([
    [{ settings: { "seed.x": 1 } }, 'Expected `settings.seed` to be an object, as "seed.x" is to be set in it, got 1'],
    [
      { settings: { "model..x": 1 } },
      'Expected the paths in `settings.model` to be names with dots between them, got ".x"',
    ],
    [{ settings: { "__proto__.x": 1 } }, "Expected the paths in `settings` to be names"],
    [{ env: { A: [1] } }, "Expected `env.A` to be a text, a number, true or false, got [1]"],
    [{ files: { "../x": "a" } }, 'Expected the names in `files` to be paths within the job\'s directory, got "../x"'],
    [{ files: { "/x": "a" } }, "Expected the names in `files` to be paths within"],
    [{ parameter: {} }, "Unknown option `parameter` of the overrides of a job. Did you mean `parameters`?"],
  ])("refuse misuse %#", (overrides, message) =>
    expect(() => applyOverrides(template, overrides as never)).toThrow(message),
  );
});

describe("a template", () => {
  it.each([
    [null, "Expected `template` to be { name, run, … }, got null"],
    [{ run: ["x"] }, "Expected `template.name` to be a text, got undefined"],
    [{ name: "x", run: [] }, "Expected command() to be given a list of texts"],
    [{ name: "x", run: ["x"], cwdd: "." }, "Unknown option `cwdd` of command. Did you mean `cwd`?"],
    [{ name: "x", run: () => 1, cwd: "." }, "Unknown option `cwd` of a template with a function"],
    [{ name: "x", run: ["x"], settings: [1] }, "Expected `template.settings` to be an object, got [1]"],
    [{ name: "x", run: ["x"], files: { "a/../../b": "" } }, "Expected the names in `files` to be paths within"],
  ])("is checked %#", (given, message) => expect(() => checkTemplate(given as never)).toThrow(message));
  it("that is a function has no command to override", () =>
    expect(() => applyOverrides({ name: "x", run: () => 1 }, { run: ["x"] })).toThrow("Expected no `run` among"));
});
