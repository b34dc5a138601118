import { existsSync } from "node:fs";
import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Outcome } from "../../src/core/outcome.ts";
import type { Task } from "../../src/core/evaluator.ts";
import { command, type CommandOptions, isCommand } from "../../src/evaluators/command.ts";
import { inline } from "../../src/evaluators/inline.ts";
import { realClock } from "../../src/system/clock.ts";
import { contractTask, isAlive } from "../../src/testing/contract-task.ts";

let directory: string;
beforeAll(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), "attune-command-")));
});
afterAll(() => rm(directory, { recursive: true }));

interface Given {
  readonly names?: readonly string[];
  readonly task?: Partial<Task<never>>;
}

/** Runs a command once, in the evaluator that most commands run in. */
async function run(
  argv: readonly string[],
  options: CommandOptions = {},
  params: object = {},
  { names = ["ms"], task = {} }: Given = {},
): Promise<Outcome> {
  await using evaluator = await inline().open({ objective: command(argv, options), names, log: () => {} });
  return await evaluator.evaluate({ ...contractTask("return"), number: 5, params, ...task });
}

/** The values of a complete outcome, without the wall-clock time. */
async function values(...given: Parameters<typeof run>): Promise<Record<string, number>> {
  const outcome = await run(...given);
  if (outcome.state !== "complete") throw new Error(JSON.stringify(outcome));
  const { wall: _, ...rest } = outcome.values;
  return Object.fromEntries(Object.entries(rest).map(([name, { value }]) => [name, value]));
}

/** The arguments that a program is given. */
async function argumentsOf(argv: readonly string[], params: object, options: CommandOptions = {}): Promise<string[]> {
  const file = join(directory, "arguments.json");
  const write = `require("fs").writeFileSync(${JSON.stringify(file)}, JSON.stringify(process.argv.slice(1)))`;
  const node = options.shell ? `'${process.execPath}' -e '${write}' --` : "";
  const whole = options.shell ? [node, ...argv] : [process.execPath, "-e", write, "--", ...argv];
  const outcome = await run(whole, options, params, { names: ["wall"] });
  expect(outcome).toMatchObject({ state: "complete" });
  return JSON.parse(await readFile(file, "utf8")) as string[];
}

const failure = (kind: string, message: RegExp): object => ({
  state: "failed",
  failure: { kind, message: expect.stringMatching(message) as unknown },
});

describe("the arguments of a command", () => {
  it("hold parameters by their paths, each as one argument", async () => {
    const params = {
      level: 3,
      name: "a b; rm -rf $(x) `y` 'z' \"w\" *\n{level}",
      on: true,
      s: { kind: "dynamic", chunk: 8 },
    };
    const argv = ["-l{level}", "{name}", "--on={on}", "{s.chunk}", "{s.dynamic.chunk}/{s.kind}", "{s}"];
    expect(await argumentsOf(argv, params)).toEqual([
      "-l3",
      params.name,
      "--on=true",
      "8",
      "8/dynamic",
      '{"kind":"dynamic","chunk":8}',
    ]);
  });

  it("leave out what is absent, and spread lists", async () => {
    expect(await argumentsOf(["a", "{no}", "--no={no}", "{s.static.x}", "b"], { s: { kind: "dynamic" } })).toEqual([
      "a",
      "b",
    ]);
    expect(await argumentsOf(["{flags}", "-W{flags}"], { flags: ["-O2", "-g 1"] })).toEqual([
      "-O2",
      "-g 1",
      "-W-O2,-g 1",
    ]);
    expect(await argumentsOf(["{none}", "x"], { none: [] })).toEqual(["x"]);
    expect(await argumentsOf(["{text}", "{empty}"], { text: "", empty: null })).toEqual(["", "null"]);
  });

  it("know braces and the trial", async () => {
    const argv = ["{{level}}", "{{", '{"a":{"b":1}}', "{ x }", "{trial}/{attempt}/{seed}", "{params}"];
    const params = { level: 3 };
    expect(await argumentsOf(argv, params)).toEqual(["{level}", "{", '{"a":{"b":1}}', "{ x }", "5/1/7", '{"level":3}']);
    expect(await argumentsOf(["{trial}"], { trial: "mine" })).toEqual(["mine"]);
  });

  it("may hold a directory that is removed afterwards", async () => {
    const [dir] = await argumentsOf(["{dir}"], {});
    expect(dir).toContain("attune-");
    expect(existsSync(dir!)).toBe(false);
  });

  it("may make a script, of which values never become part", async () => {
    const evil = `$(touch ${directory}/evil); touch ${directory}/evil '"`;
    const argv = ["-a {x}", "\"b {x}\" 'c {x}'", '\\"{x}', "{no} {list} ; true"];
    expect(await argumentsOf(argv, { x: evil, list: ["1 2", "3"] }, { shell: true })).toEqual([
      "-a",
      evil,
      `b ${evil}`,
      `c ${evil}`,
      `"${evil}`,
      "1 2",
      "3",
    ]);
    expect(existsSync(join(directory, "evil"))).toBe(false);
    expect(await values(["echo {n} | sed 's/^/1/'"], { shell: true }, { n: 5 })).toEqual({ ms: 15 });
  });

  it("come with an environment and a directory", async () => {
    const names = ["PARAM_LEVEL", "PARAM_S_CHUNK", "PARAM_A_B_C", "PARAMS", "TRIAL", "ATTEMPT", "SEED", "BASELINE"];
    const script = `echo "${names.map((name) => `$ATTUNE_${name}`).join("|")}|$MINE|$(pwd)" > out.txt`;
    const options = { cwd: directory, env: { MINE: "m" } };
    const params = { level: 2, s: { chunk: 4 }, "a.b-c": [1, 2] };
    await run(["sh", "-c", script], options, params, { names: ["wall"], task: { baseline: true, attempt: 2 } });
    expect((await readFile(join(directory, "out.txt"), "utf8")).trim()).toBe(
      `2|4|1,2|{"level":2,"s":{"chunk":4},"a.b-c":[1,2]}|5|2|7|1|m|${directory}`,
    );
  });
});

describe("the values of a command", () => {
  it("are the last line that is JSON or a number", async () => {
    expect(await values(["printf", '{"ms": 1}\\n2.5\\n\\n'])).toEqual({ ms: 2.5 });
    expect(await values(["printf", '7\\n{"ms": 1, "mb": 3}\\n{oops\\nbye\\n'])).toEqual({ ms: 1, mb: 3 });
    expect(await values(["printf", '{"ms": 1, "mb": 3}\\n9\\n'], {}, {}, { names: ["ms", "mb"] })).toEqual({
      ms: 1,
      mb: 3,
    });
    expect(await run(["printf", '{"ms": [1, 2, 3]}'])).toMatchObject({ values: { ms: { value: 2, samples: 3 } } });
    expect(await run(["printf", '{"ms": "fast"}'])).toMatchObject(failure("invalid", /`ms`.*got "fast"/));
    expect(await run(["echo", "no luck"])).toMatchObject(
      failure(
        "invalid",
        /^Expected the last line of the output to be a JSON object with `ms`, or a number, got: no luck$/,
      ),
    );
  });

  it("are what patterns match last", async () => {
    const script = "echo time: 1; echo 'time: 2 mb=5'; echo time: 3 >&2";
    const given = (values_: CommandOptions["values"]): Promise<Record<string, number>> =>
      values(["sh", "-c", script], { values: values_! });
    expect(await given({ ms: /time: ([0-9.]+)/, mb: "mb=(\\d+)" })).toEqual({ ms: 3, mb: 5 });
    expect(await given(/time: (?<ms>\d+) mb=(?<mb>\d+)/)).toEqual({ ms: 2, mb: 5 });
    expect(await given({ mb: /time: (?<ms>\d+) mb=(?<mb>\d+)/, ms: /\d$/m })).toEqual({ mb: 5, ms: 3 });
    expect(await given("^time: (\\d+)$")).toEqual({ ms: 3 });
    expect(await given("/TIME: (\\d)/i")).toEqual({ ms: 3 });
  });

  it("say what they expected and got", async () => {
    const options = { values: { ms: /time: (.*)/ } };
    expect(await run(["echo", "hello"], options)).toMatchObject(
      failure("invalid", /^Expected the output to match \/time: \(\.\*\)\/ for `ms`, got: hello$/),
    );
    expect(await run(["true"], options)).toMatchObject(failure("invalid", /got: no output$/));
    expect(await run(["echo", "time: soon"], options)).toMatchObject(failure("invalid", /finite number, got "soon"/));
    expect(() => command(["x"], { values: { ms: "(" } })).toThrow(
      /Expected `values.ms` to be a regular expression, got "\("/,
    );
  });

  it("hold the wall-clock time, and another one if the output has it", async () => {
    const timed = await run(["sleep", "0.05"], {}, {}, { names: ["wall"] });
    expect((timed as { values: Record<string, { value: number }> }).values["wall"]!.value).toBeGreaterThanOrEqual(45);
    const mute = await run(["echo", "123456789"], {}, {}, { names: ["wall"] });
    expect((mute as { values: Record<string, { value: number }> }).values["wall"]!.value).toBeLessThan(1e5);
    expect(await run(["echo", "wall 7"], { values: { wall: /wall (\d)/ } }, {}, { names: ["wall"] })).toEqual({
      state: "complete",
      values: { wall: { value: 7 } },
    });
  });
});

describe("the failures of a command", () => {
  it("tell exit codes from signals", async () => {
    const outcome = await run(["sh", "-c", "echo first >&2; echo bad flag >&2; exit 3"]);
    expect(outcome).toEqual({
      state: "failed",
      failure: {
        kind: "error",
        message: "`sh` exited with code 3: bad flag",
        exitCode: 3,
        stderr: "first\nbad flag\n",
      },
    });
    expect(await run(["sh", "-c", "kill -SEGV $$"])).toMatchObject({
      failure: { kind: "crash", message: "`sh` was ended by SIGSEGV", signal: "SIGSEGV" },
    });
    expect(await values(["sh", "-c", "echo 4; exit 3"], { successCodes: [0, 3] })).toEqual({ ms: 4 });
  });

  it("name the program that cannot be run", async () => {
    expect(await run(["no-such-program", "x"])).toMatchObject(
      failure("error", /^Cannot run `no-such-program`: not found \(ENOENT\)$/),
    );
    expect(await run(["{tool}"], {}, { tool: "/etc/passwd" })).toMatchObject(
      failure("error", /^Cannot run `\/etc\/passwd`: not an executable file \(EACCES\)$/),
    );
    expect(await run(["true"], { cwd: "/no/such" })).toMatchObject(
      failure("error", /^Cannot run `true`: there is no directory \/no\/such \(ENOENT\)$/),
    );
    expect(await run(["echo", "{x}"], {}, { x: "a\0b" })).toMatchObject(failure("error", /^Cannot run `echo`: /));
    expect(await run(["{no}", "x"])).toMatchObject(failure("error", /program "{no}"/));
  });

  it("leave no process behind, whether the time is over or the program is", async () => {
    const file = join(directory, "pids");
    const loop = "trap '' TERM; while :; do sleep 0.05; done";
    const pids = async (): Promise<number[]> => (await readFile(file, "utf8")).trim().split("\n").map(Number);
    const spawning = `setsid sh -c "echo \\$\\$ >> ${file}; ${loop}" & sh -c "echo \\$\\$ >> ${file}; ${loop}" & sleep 0.2;`;

    const late = await run(["sh", "-c", `${spawning} wait`], {}, {}, { task: { timeout: 400 } });
    expect(late).toMatchObject(failure("timeout", /took longer than 400 ms/));
    await gone(await pids());

    await rm(file);
    expect(await values(["sh", "-c", `${spawning} echo 1`])).toEqual({ ms: 1 });
    await gone(await pids());
  });
});

async function gone(pids: readonly number[]): Promise<void> {
  expect(pids).toHaveLength(2);
  for (let i = 0; i < 400 && pids.some(isAlive); i++) await realClock.sleep(10);
  expect(pids.filter(isAlive)).toEqual([]);
}

describe("a command as an objective", () => {
  it("is recognised, and is JSON", () => {
    const values_ = { ms: /t=(\d)/i, mb: "m=(\\d)" };
    const objective = command(["./bench", "{x}"], { values: values_, cwd: "/tmp" });
    expect(isCommand(objective)).toBe(true);
    expect(isCommand(() => 1)).toBe(false);
    const json = { run: ["./bench", "{x}"], cwd: "/tmp", values: { ms: "/t=(\\d)/i", mb: "m=(\\d)" } };
    expect(JSON.parse(JSON.stringify(objective))).toEqual(json);
    const { run: again, ...options } = json;
    expect(command(again, options).toJSON()).toEqual(json);
  });

  it("is refused when it is no list of texts, or has unknown options", () => {
    expect(() => command([])).toThrow(/list of texts such as/);
    expect(() => command("ls -l" as never)).toThrow(/got "ls -l"/);
    expect(() => command([""])).toThrow(/program of command\(\) to have a name/);
    expect(() => command(["x"], { shel: true } as object)).toThrow(
      "Unknown option `shel` of command. Did you mean `shell`?",
    );
  });
});
