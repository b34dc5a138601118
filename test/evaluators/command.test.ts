import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Outcome } from "../../src/core/outcome.ts";
import { messageOf } from "../../src/core/errors.ts";
import type { Task, TrialContext } from "../../src/core/evaluator.ts";
import { command, type CommandOptions, isCommand } from "../../src/evaluators/command.ts";
import type { ExitMeaning } from "../../src/evaluators/command-options.ts";
import { outputReader } from "../../src/evaluators/command-output.ts";
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
async function argumentsOf(
  argv: readonly string[],
  params: object,
  options: CommandOptions = {},
  task: Given["task"] = {},
): Promise<string[]> {
  const file = join(directory, "arguments.json");
  const write = `require("fs").writeFileSync(${JSON.stringify(file)}, JSON.stringify(process.argv.slice(1)))`;
  const node = options.shell ? `'${process.execPath}' -e '${write}' --` : "";
  const whole = options.shell ? [node, ...argv] : [process.execPath, "-e", write, "--", ...argv];
  const outcome = await run(whole, options, params, { names: ["wall"], task });
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

  it("may hold the attempt's directory and its worker", async () => {
    const dir = join(directory, "attempt");
    expect(await argumentsOf(["{dir}/out", "{worker}"], {}, {}, { dir })).toEqual([`${dir}/out`, "0"]);
    expect(await argumentsOf(["{dir}"], { dir: "mine" })).toEqual(["mine"]);
    const where = ["sh", "-c", 'test "$(pwd)" = "$ATTUNE_DIR" && echo $ATTUNE_WORKER'];
    expect(await values(where, { cwd: "{dir}" }, {}, { task: { dir } })).toEqual({ ms: 0 });
    expect(await run(["true"], { cwd: "{no}" }, {}, { names: ["wall"] })).toMatchObject(
      failure("error", /Expected `command.cwd` "{no}" to be a path for these parameters/),
    );
  });

  it("may hold a file of all parameters, which is written only then", async () => {
    const dir = join(directory, "file");
    const params = { level: 3, s: { kind: "a", x: [1, null, "é"] } };
    const [file] = await argumentsOf(["{params.json}"], params, {}, { dir });
    expect(file).toBe(join(dir, "params.json"));
    expect(JSON.parse(await readFile(file!, "utf8"))).toEqual(params);
    expect(await argumentsOf(["{params.json}"], { params: { json: 7 } })).toEqual(["7"]);
    const other = join(directory, "no-file");
    await argumentsOf(["{params}"], params, {}, { dir: other });
    expect(await readdir(other)).toEqual([]);
  });

  it("and the environment hold what the attempt leases", async () => {
    const leases = { gpu: ["2", "5"], "big-disk": ["/mnt/a"] };
    expect(await argumentsOf(["{lease.gpu}", "-g{lease.gpu}", "{lease.big-disk}/x"], {}, {}, { leases })).toEqual([
      "2",
      "5",
      "-g2,5",
      "/mnt/a/x",
    ]);
    const script = 'test "$CUDA_VISIBLE_DEVICES $ATTUNE_LEASE_GPU $ATTUNE_LEASE_BIG_DISK" = "2,5 2,5 /mnt/a"';
    // what is leased wins over what is set: no other device may be used
    const options = { env: { CUDA_VISIBLE_DEVICES: "0" } };
    const outcome = await run(["sh", "-c", script], options, {}, { names: ["wall"], task: { leases } });
    expect(outcome).toMatchObject({ state: "complete" });
  });

  it("find in the environment what trackers say about the attempt", async () => {
    const environment = { MLFLOW_RUN_ID: "a1" };
    const outcome = await run(
      ["sh", "-c", 'test "$MLFLOW_RUN_ID" = a1'],
      {},
      {},
      { names: ["wall"], task: { environment } },
    );
    expect(outcome).toMatchObject({ state: "complete" });
  });

  it("are not the only place for parameters: variables may hold them as well", async () => {
    const env = { THREADS: "{threads}", FLAGS: "{flags}", NONE: "-{none}", BRACE: "{{threads}}" };
    const script = 'test "$THREADS|$FLAGS|${NONE:-unset}|$BRACE" = "8|-a,-b|unset|{{threads}}"';
    const outcome = await run(["sh", "-c", script], { env }, { threads: 8, flags: ["-a", "-b"] }, { names: ["wall"] });
    expect(outcome).toMatchObject({ state: "complete" });
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

describe("the values of a command in a file", () => {
  const given = (text: string, names = ["ms"]): Promise<Outcome> =>
    run(
      ["sh", "-c", `printf '%s' '${text}' > result.json`],
      { cwd: "{dir}", resultFile: "result.json" },
      {},
      { names },
    );

  it("are a JSON object or a number", async () => {
    expect(await given('{"ms": [1, 2, 3], "mb": 4}')).toMatchObject({
      values: { ms: { value: 2, samples: 3 }, mb: { value: 4 } },
    });
    expect(await given("2.5\n")).toMatchObject({ state: "complete", values: { ms: { value: 2.5 } } });
    expect(await given('{"mb": 4}', ["mb", "wall"])).toMatchObject({ state: "complete", values: { mb: { value: 4 } } });
    const elsewhere = { resultFile: `${directory}/{trial}-{x}.json` };
    const script = ["sh", "-c", `echo noise; echo 7 > ${directory}/5-3.json`];
    expect(await values(script, elsewhere, { x: 3 })).toEqual({ ms: 7 });
    // that of an earlier attempt does not count
    expect(await run(["true"], elsewhere, { x: 3 })).toMatchObject(failure("invalid", /wrote no such file/));
  });

  it("are named with the file when there is something wrong", async () => {
    const file = join(tmpdir(), ".*result.json");
    for (const [text, why] of [
      ["{oops", "(Expected|Unexpected)"],
      ['{"mb": 1}', 'got {"mb":1}'],
      ["[1]", "got \\[1\\]"],
      ["", "Unexpected end"],
    ] as const)
      expect(await given(text)).toMatchObject(
        failure("invalid", new RegExp(`^Expected ${file} to hold a JSON object with \`ms\`, or a number: ${why}`)),
      );
    expect(await given("3", ["a", "b"])).toMatchObject(
      failure("invalid", new RegExp(`^Expected ${file} to hold a JSON object with \`a\`, \`b\`: got 3$`)),
    );
    expect(await run(["sh", "-c", "mkfifo $ATTUNE_DIR/pipe"], { resultFile: "{dir}/pipe" }, {}, {})).toMatchObject(
      failure("invalid", /it is no regular file/),
    );
    expect(
      await run(["sh", "-c", "truncate -s 1G $ATTUNE_DIR/big"], { resultFile: "{dir}/big" }, {}, {}),
    ).toMatchObject(failure("invalid", /it has 1073741824 bytes/));
  });
});

describe("a command that floods its output", () => {
  it("costs no memory, and its values are found", async () => {
    let most = 0;
    const watch = new AbortController();
    const watching = (async () => {
      while (!watch.signal.aborted) {
        most = Math.max(most, process.memoryUsage().arrayBuffers);
        await realClock.sleep(5, watch.signal);
      }
    })();
    const before = process.memoryUsage().arrayBuffers;
    const line = "head -c 300000000 /dev/zero; echo; echo 5";
    expect(await values(["sh", "-c", line])).toEqual({ ms: 5 });
    expect(await values(["sh", "-c", "yes '{' | head -c 100000000; echo 6"])).toEqual({ ms: 6 });
    expect(await run(["sh", "-c", "yes '{}}' | head -c 100000000"])).toMatchObject({ failure: { kind: "invalid" } });
    watch.abort();
    await watching;
    expect(most - before).toBeLessThan(100e6);
  });

  it("is read to a thousand lines between braces, from the end", async () => {
    const after = (n: number): string[] => ["sh", "-c", `echo '{"ms": 1}'; yes '{oo ps}' | head -n ${n}`];
    expect(await values(after(999))).toEqual({ ms: 1 });
    expect(await run(after(1_000))).toMatchObject({ failure: { kind: "invalid" } });
  });
});

describe("a command with a phase of its own", () => {
  it("runs while it holds the phase, and measures no waiting", async () => {
    const phases: string[] = [];
    let held = Promise.resolve();
    const exclusive = async <T>(phase: string, work: () => T | PromiseLike<T>): Promise<T> => {
      const turn = held;
      let leave = (): void => {};
      held = new Promise((resolve) => {
        leave = resolve;
      });
      await turn;
      phases.push(phase);
      try {
        return await work();
      } finally {
        leave();
      }
    };
    const { controller: _, ...task } = contractTask("return");
    const log = join(directory, "phases");
    const objective = command(["sh", "-c", `echo in >> ${log}; sleep 0.3; echo out >> ${log}`], {
      exclusive: "measure",
    });
    const trial = { ...task, names: ["wall"], worker: 0, log: () => {}, exclusive } as unknown as TrialContext;
    const found = (await Promise.all([objective({}, trial), objective({}, trial)])) as { wall: number }[];
    expect(phases).toEqual(["measure", "measure"]);
    expect(await readFile(log, "utf8")).toBe("in\nout\nin\nout\n");
    for (const { wall } of found) expect(wall).toBeLessThan(590);
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

  it("are what exit codes are said to mean", async () => {
    const exitCodes = { 3: "memory", 4: "pruned", 5: "lost", 75: "later", 137: "memory" } as const;
    const exit = (code: number): Promise<Outcome> => run(["sh", "-c", `echo why >&2; exit ${code}`], { exitCodes });
    expect(await exit(3)).toEqual({
      state: "failed",
      failure: { kind: "memory", message: "`sh` exited with code 3: why", exitCode: 3, stderr: "why\n" },
    });
    expect(await exit(4)).toEqual({ state: "pruned" });
    expect(await exit(75)).toEqual({ state: "later", after: 10_000, reason: "`sh` exited with code 75" });
    expect(await run(["sh", "-c", "exit 75"], { exitCodes, retryAfter: 50 })).toMatchObject({ after: 50 });
    expect(await exit(5)).toMatchObject({ failure: { kind: "lost" } });
    expect(await exit(6)).toMatchObject({ failure: { kind: "error" } });
    expect(await run(["sh", "-c", "sh -c 'kill -9 $$'; exit $?"], { exitCodes })).toMatchObject({
      failure: { kind: "memory", exitCode: 137 },
    });
    expect(await run(["sh", "-c", "kill -9 $$"], { exitCodes })).toMatchObject({
      failure: { kind: "crash", signal: "SIGKILL" },
    });
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

  it("is the same after a way through JSON, whatever its options", () => {
    const text = fc.string({ minLength: 1 });
    const pattern = fc.oneof(
      fc.constantFrom(/t=(\d)/i, /a\/b[\n/](?<x>.)/su, /\\/g, /é{2}/y, /^$/m, "t=(.)", "/T=(.)/i", "/", "a/b"),
      fc.stringMatching(/^[a-z/\\ ]{0,3}[a-z/ ]{1,5}$/),
      fc.stringMatching(/^[a-z/ ]{1,5}$/).map((source) => new RegExp(source, "u")),
    );
    const code = fc.integer({ min: 1, max: 255 });
    const meaning = fc.constantFrom<ExitMeaning>(
      "error",
      "invalid",
      "timeout",
      "memory",
      "crash",
      "lost",
      "pruned",
      "later",
    );
    const options: fc.Arbitrary<CommandOptions> = fc.record(
      {
        cwd: text,
        env: fc.dictionary(text, fc.string()),
        values: fc.oneof(pattern, fc.dictionary(text, pattern, { minKeys: 1 })),
        shell: fc.boolean(),
        successCodes: fc.constant([0]),
        exitCodes: fc.dictionary(code.map(String), meaning),
        retryAfter: fc.integer({ min: 1 }),
        exclusive: text,
      },
      { requiredKeys: [] },
    );
    const inFile = options
      .filter(({ values: given }) => given === undefined)
      .map((rest) => ({ ...rest, resultFile: "{dir}/result.json" }));
    const output = fc
      .array(fc.constantFrom("t=1", "T=2", "a/b/3", "a/b\n", "éé", "5", " ", "x", "\n"))
      .map((all) => all.join(""));
    const read = (given: CommandOptions, stdout: string): unknown => {
      try {
        return outputReader(given.values)({ stdout, stderr: "", wall: 1 }, ["ms"]);
      } catch (error) {
        return messageOf(error);
      }
    };
    fc.assert(
      fc.property(fc.array(text, { minLength: 1 }), fc.oneof(options, inFile), output, (argv, given, stdout) => {
        let objective;
        try {
          objective = command(argv, given);
        } catch (error) {
          expect(messageOf(error)).toContain("to be a regular expression");
          return;
        }
        const { run: argvAgain, ...again } = JSON.parse(JSON.stringify(objective)) as {
          run: string[];
        } & CommandOptions;
        const second = command(argvAgain, again);
        expect(second.toJSON()).toEqual(objective.toJSON());
        expect(second.templates).toEqual(objective.templates);
        expect(read(again, stdout)).toEqual(read(given, stdout));
        expect({ ...again, values: undefined }).toEqual({ ...given, values: undefined });
      }),
    );
  });

  it("is refused when it is no list of texts, or has unknown options", () => {
    expect(() => command([])).toThrow(/list of texts such as/);
    expect(() => command("ls -l" as never)).toThrow(/got "ls -l"/);
    expect(() => command([""])).toThrow(/program of command\(\) to have a name/);
    expect(() => command(["x"], { shel: true } as object)).toThrow(
      "Unknown option `shel` of command. Did you mean `shell`?",
    );
    const refused = (options: object): void => void command(["x"], options);
    expect(() => refused({ exitCodes: { 3: "oom" } })).toThrow(
      'Expected `command.exitCodes.3` to be one of error, invalid, timeout, memory, crash, lost, pruned, later, got "oom"',
    );
    expect(() => refused({ exitCodes: { x: "error" } })).toThrow('to be exit codes, got "x"');
    expect(() => refused({ exitCodes: { 0: "error" } })).toThrow('Expected exit code 0 to mean success or "error"');
    expect(() => refused({ resultFile: "result.json" })).toThrow(
      'Expected `command.resultFile` to hold {dir} or {trial}, as trials run side by side, got "result.json"',
    );
    expect(() => refused({ resultFile: "{dir}/r", values: "x" })).toThrow("got both");
    expect(() => refused({ exclusive: "" })).toThrow('Expected `command.exclusive` to be the name of a phase, got ""');
  });
});
