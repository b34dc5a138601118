import { describe, expect, it } from "vitest";
import { perl, python3 } from "../equipment.ts";
import { jsonLines, Place, type PrintedTrial } from "./attune.ts";

const TRAIN = `
import os, attune
with open("imported", "a") as file: file.write(".")

def objective(p, trial):
    print("training", trial.number)
    for step in range(3):
        trial.report(step, p["lr"] * step)
    if p["mode"] == "broken":
        raise ValueError("diverged")
    return {"loss": (p["lr"] - 0.25) ** 2, "size": 3}

def other(p):
    return p["lr"]
`;
const PARAMS = ["-p", "lr=float:0:1", "-p", "mode=fine,broken", "--minimize", "loss"];
/** A worker in Perl that gives back twice its only parameter. */
const DOUBLE = `use JSON::PP; $| = 1;
while (my $line = <STDIN>) {
  my $m = decode_json($line);
  print encode_json({ type => "ready", version => 1 }), "\\n" if $m->{type} eq "hello";
  print encode_json({ type => "returned", number => $m->{number}, value => 2 * $m->{params}{x} }), "\\n" if $m->{type} eq "run";
}`;

describe.runIf(python3.found).concurrent("attune run FILE.py", () => {
  it("tunes a Python function, goes on and resumes from elsewhere", async () => {
    const place = new Place({ "train.py": TRAIN });
    const run = (...words: string[]) => place.attune("run", ...PARAMS, ...words, "train.py:objective");
    const first = await run("--trials", "10", "-w", "2", "--seed", "1");
    expect(first.stderr).toContain("train: minimize loss over 2 parameters");
    expect(first.stderr).toContain("10 trials, auto, 2 processes");
    expect(first.stderr).toContain("training 7");
    expect(first.stderr + first.stdout).toMatch(/ValueError: diverged/);
    expect(first.code).toBe(0);
    expect(place.read("imported")).toBe("..");
    expect((await run("--trials", "12")).stderr).toContain("goes on after 10 trials");
    const resumed = await new Place().attune("resume", place.path("train.attune.jsonl"), "-n", "14", "--json", "-q");
    expect(resumed.code).toBe(0);
    const trials = jsonLines<PrintedTrial>((await place.attune("show", "train.attune.jsonl", "--json")).stdout);
    expect(trials.filter(({ state }) => state === "complete" || state === "failed")).toHaveLength(14);
    for (const { state, params, values } of trials)
      if (state === "complete") expect(values["loss"]).toBeCloseTo(((params["lr"] as number) - 0.25) ** 2, 10);
    place.write("train.py", `${TRAIN}\n# changed`);
    expect((await run("--trials", "15")).stderr).toMatch(/objective.*changed|changed.*objective/);
  });

  it("runs on any evaluator, with limits, and prints the program that does the same", async () => {
    const place = new Place({ "train.py": TRAIN });
    for (const evaluator of ["inline", "threads", "processes", "isolated"]) {
      const { code, stderr } = await place.attune(
        "run",
        ...PARAMS,
        "-e",
        evaluator,
        "--fresh",
        "-n",
        "4",
        "--timeout",
        "20s",
        "train.py",
      );
      expect([code, stderr.includes("cannot end")]).toEqual([0, false]);
    }
    const printed = await place.attune("run", ...PARAMS, "--print", "--python", "python3", "train.py:other");
    expect(printed.stdout).toContain('objective: python("train.py:other", { execPath: "python3" }),');
    place.write("tune.ts", printed.stdout);
    expect((await place.attune("run", "tune.ts", "-n", "4")).code).toBe(0);
  });

  it("runs a JSON search, whose paths start at its file", async () => {
    const search = {
      space: { lr: { type: "float", low: 0, high: 1 }, mode: "fine" },
      objective: { python: "train.py:objective", env: { A: "b" } },
      objectives: { loss: "minimize" },
      trials: 5,
    };
    const place = new Place({ "a/train.py": TRAIN, "a/search.json": JSON.stringify(search) });
    const { code, stderr } = await place.attune("run", "a/search.json", "-w", "1");
    expect([code, stderr]).toEqual([0, expect.stringContaining("5 complete in")]);
    expect(place.read("a/imported")).toBe(".");
  });

  it("says what is wrong before any trial", async () => {
    const place = new Place({ "train.py": TRAIN, "broken.py": "import no_such_module" });
    const fails = async (words: readonly string[], code: number, message: string): Promise<void> => {
      const ran = await place.attune("run", ...words);
      expect(ran.stderr).toContain(message);
      expect(ran.code).toBe(code);
    };
    await fails(["train.py"], 2, "Expected --param and --minimize beside train.py");
    await fails([...PARAMS, "nothing.py"], 1, "nothing.py: there is no such file");
    await fails([...PARAMS, "train.py:missing"], 1, "to have a function `missing`; it has objective, other");
    await fails([...PARAMS, "broken.py"], 1, "ModuleNotFoundError: No module named 'no_such_module'");
    await fails([...PARAMS, "--python", "python9.9", "train.py"], 1, "cannot run `python9.9`: not found (ENOENT)");
    await fails(["-p", "lr=float:0:1", "--minimize", "loss=(.*)", "train.py"], 2, "Expected `loss` without a pattern");
    await fails([...PARAMS, "--python", "python3", "--", "true"], 2, "--python needs FILE.py:FUNCTION to run");
    await fails(["tune.ts", "--worker-program"], 2, "--worker-program needs --param and a command after --");
    expect(place.files).toEqual(expect.not.arrayContaining(["nothing.attune.jsonl"]));
  });
});

describe.runIf(perl.found)("attune run --worker-program", () => {
  it("keeps the command for many trials, and says so in JSON and in TypeScript", async () => {
    const place = new Place({ "double.pl": DOUBLE });
    const words = ["-p", "x=int:1:9", "--maximize", "y", "--worker-program", "-n", "9", "-w", "1"];
    const { code, stdout } = await place.attune("run", ...words, "--json", "--", "perl", "double.pl");
    expect(code).toBe(0);
    expect(jsonLines<PrintedTrial>(stdout)[0]).toMatchObject({ params: { x: 9 }, values: { y: 18 } });
    const printed = await place.attune("run", ...words, "--print", "--", "perl", "double.pl");
    expect(printed.stdout).toContain('objective: worker(["perl", "double.pl"]),');
    const objective = { worker: ["perl", "double.pl"] };
    place.write("s.json", JSON.stringify({ space: { x: { type: "int", low: 1, high: 9 } }, objective, trials: 3 }));
    expect((await place.attune("run", "s.json")).code).toBe(0);
  });
});
