import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { version } from "../../src/cli/version.ts";
import { Place } from "./attune.ts";

describe.concurrent("attune without work", () => {
  const place = new Place();

  it("prints help with examples", async () => {
    const { code, stdout } = await place.attune("--help");
    expect(code).toBe(0);
    for (const command of [
      "run",
      "check",
      "resume",
      "sample",
      "best",
      "show",
      "export",
      "status",
      "stop",
      "pause",
      "continue",
      "ask",
      "tell",
      "bench",
      "init",
    ])
      expect(stdout).toMatch(new RegExp(`^  ${command} `, "m"));
    expect(stdout).toContain("Examples:");
    expect(stdout).toContain("Exit codes:");
  });

  it("prints the help of run in groups", async () => {
    const { code, stdout } = await place.attune("run", "--help");
    expect(code).toBe(0);
    for (const heading of ["Budget:", "How it runs:", "What it tells:", "A command instead of a file:", "Examples:"])
      expect(stdout).toContain(`\n${heading}\n`);
    expect(stdout).toContain("ATTUNE_PARAM_NAME");
  });

  it.each([
    ["status", "attune status tune.attune.jsonl"],
    ["stop", "attune stop tune.attune.jsonl --now"],
    ["pause", "attune pause tune.attune.jsonl && ./use-the-gpu"],
    ["continue", "attune continue tune.attune.jsonl"],
    ["ask", "attune ask study.jsonl --json"],
    ["tell", "attune tell study.jsonl 0 --step 4 --value 2.5"],
    ["bench", "attune bench -p branin,levy:d=4,zdt1 -s random,genetic"],
  ])("shows examples of %s", async (command, example) => {
    const { code, stdout } = await place.attune(command, "--help");
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nExamples?:\n/);
    expect(stdout).toContain(`  ${example}`);
  });

  it("says its version", async () => {
    const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as object;
    expect(manifest).toMatchObject({ version });
    expect(await place.attune("--version")).toMatchObject({ code: 0, stdout: `${version}\n` });
  });

  it.each([
    [["rnu", "x.ts"], "Did you mean run?"],
    [["run", "x.ts", "--trails", "3"], "Did you mean --trials?"],
    [["export", "x.jsonl", "--format", "xml"], "Allowed choices are csv, json"],
    [["best"], "missing required argument 'journal'"],
    [["sample", "x.ts", "y.ts"], "too many arguments"],
  ])("refuses %j", async (words, says) => {
    const { code, stdout, stderr } = await place.attune(...words);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(says);
    expect(place.files).toEqual([]);
  });
});
