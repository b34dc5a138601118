import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { fillTemplate } from "../../src/formats/fill-template.ts";
import { WINNER_FORMATS } from "../../src/formats/winner.ts";

const params = {
  level: 6,
  ratio: 0.125,
  fast: true,
  mode: "it's $HOME",
  schedule: { kind: "dynamic", chunk: 8 },
  flags: ["-O2", "-g"],
};
const from = ["Trial 3 of a.jsonl", "ms 4.2 */ evil"];
const directory = mkdtempSync(join(tmpdir(), "attune-winner-"));
afterAll(() => rmSync(directory, { recursive: true }));

describe("the winner's formats", () => {
  it("json: is the parameters", () => {
    expect(JSON.parse(WINNER_FORMATS.json.write(params))).toEqual(params);
  });

  it("env: is what a shell reads back, whatever the texts hold", () => {
    const file = join(directory, "best.env");
    fc.assert(
      fc.property(
        fc.string().filter((text) => !/[\0\r\n]/.test(text)),
        (mode) => {
          writeFileSync(file, WINNER_FORMATS.env.write({ ...params, mode }, from));
          const read = execFileSync("sh", ["-c", `. "${file}"; printf '%s|%s|%s' "$MODE" "$SCHEDULE_CHUNK" "$FAST"`]);
          expect(read.toString()).toBe(`${mode}|8|true`);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("args: is what a shell passes on", () => {
    const script = `printf '%s\\n' ${WINNER_FORMATS.args.write(params)}`;
    const words = execFileSync("sh", ["-c", script]).toString().trim().split("\n");
    expect(words).toEqual([
      "--level=6",
      "--ratio=0.125",
      "--fast=true",
      "--mode=it's $HOME",
      "--schedule.kind=dynamic",
      "--schedule.chunk=8",
      '--flags=["-O2","-g"]',
    ]);
  });

  it("ts: is a module that can be loaded", async () => {
    const text = WINNER_FORMATS.ts.write(params, from);
    expect(text).toContain("Trial 3 of a.jsonl");
    const module = join(directory, "best.mjs");
    writeFileSync(module, text.replace(" as const;", ";"));
    expect(((await import(module)) as { default: unknown }).default).toEqual(params);
  });

  it("c-header: is what a compiler takes", () => {
    writeFileSync(join(directory, "best.h"), WINNER_FORMATS["c-header"].write(params, from));
    const main = `#include <stdio.h>\n#include "best.h"\n#include "best.h"\nint main() { printf("%d %g %d %s %d", LEVEL, RATIO, FAST, MODE, SCHEDULE_CHUNK); }`;
    writeFileSync(join(directory, "main.c"), main);
    execFileSync("cc", ["-Wall", "-Werror", "-o", join(directory, "main"), join(directory, "main.c")]);
    expect(execFileSync(join(directory, "main")).toString()).toBe("6 0.125 1 it's $HOME 8");
  });
});

describe("a template", () => {
  it("has the values of parameters, and keeps all other braces", () => {
    const text = "int f() { return {level}; } // {{level}} {mode}\nchunk={schedule.chunk}\nstatic={schedule.size}\n";
    expect(fillTemplate(text, { ...params, mode: "x" }, ["schedule.size"])).toBe(
      "int f() { return 6; } // {level} x\nchunk=8\n",
    );
  });

  it("that names no parameter is an error", () => {
    expect(() => fillTemplate("{nothing}", params, [])).toThrow(
      'Expected the template to name a parameter, as in "{level}"',
    );
  });
});
