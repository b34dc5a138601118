import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Duplex } from "node:stream";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { isolated, processes } from "../../src/evaluators/index.ts";
import { python, type PythonOptions } from "../../src/evaluators/python.ts";
import { attempt } from "../../src/evaluators/custom.ts";
import type { Evaluator } from "../../src/core/evaluator.ts";
import { float } from "../../src/space/index.ts";
import { defineSearch } from "../../src/search/search.ts";
import { contractTask, isAlive, until } from "../../src/testing/contract-task.ts";
import { complete } from "../../src/testing/evaluator-subject.ts";
import { python3 } from "../equipment.ts";

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "attune-python-"));
afterAll(() => rmSync(directory, { recursive: true }));
let files = 0;
const file = (text: string): string => {
  const path = join(directory, `objective-${files++}.py`);
  writeFileSync(path, text);
  return path;
};
const open = (target: string, options: PythonOptions = {}): Promise<Evaluator> =>
  processes({ workers: 1 }).open({ objective: python(target, options), names: ["value"], log: () => {} });

describe("python()", () => {
  it("refuses wrong targets and options before anything runs", async () => {
    for (const target of ["train", "train.ts", "train.py:", ":objective", 3 as never])
      expect(() => python(target)).toThrow("Expected python() to be given FILE.py or FILE.py:FUNCTION, got");
    expect(() => python("a.py", { unbuffered: true } as object)).toThrow("Unknown option `unbuffered` of python");
    expect(() => python("a.py", { execPath: "" })).toThrow('Expected `python.execPath` to be a path, got ""');
    expect(() => python("a.py", { args: "-u" as never })).toThrow("Expected `python.args` to be a list of texts");
    expect(() => python("a.py", { startLimit: -1 })).toThrow("Expected `python.startLimit` to be a number > 0, got -1");
    expect(python("a.py:f", { env: { A: "1" } }).toJSON()).toEqual({ python: "a.py:f", env: { A: "1" } });
    await expect(open("/no/such/train.py")).rejects.toThrow("Cannot find /no/such/train.py: there is no such file");
    await expect(open(file(""), { env: { PATH: "/no/such" } })).rejects.toThrow(
      "Cannot find python3 or python on the PATH: install Python ≥ 3.8, or give python() an `execPath`",
    );
  });

  it("says that its Python is not there", async () => {
    await using evaluator = await open(file(""), { execPath: "python9.9" });
    await expect(evaluator.evaluate(contractTask("return"))).rejects.toThrow(
      "Cannot start a worker: cannot run `python9.9`: not found (ENOENT)",
    );
  });
});

describe.runIf(python3.found)("python() with Python", () => {
  it.each([
    [
      "a function that is not there",
      "def other(p): pass\nx = 3",
      /^Expected .*\.py to have a function `objective`; it has other$/,
    ],
    ["what is no function", "objective = 3", /^Expected `objective` in .*\.py to be a function, got int$/],
    [
      "an import that fails",
      "import no_such_module_anywhere",
      /Cannot load .*: ModuleNotFoundError: No module named 'no_such_module_anywhere'\nTraceback [^]*line 1, in <module>/,
    ],
    ["a syntax error", "def objective(p:\n", /Cannot load .*: SyntaxError: .*objective-\d+\.py, line 1/],
    [
      "an exit",
      "import sys\nsys.exit('no licence')",
      /^The worker process exited with code 1 before it was ready:\nno licence$/,
    ],
    ["an error while it loads", "1 / 0", /Cannot load .*: ZeroDivisionError: division by zero/],
  ])("ends with a clear error for %s", async (_, text, message) => {
    await using evaluator = await open(file(text));
    const outcome = evaluator.evaluate(contractTask("return"));
    await expect(outcome).rejects.toThrow(message);
    await expect(outcome).rejects.toMatchObject({ code: "objective" });
  });

  it("imports the file once for many trials, and for each attempt of isolated()", async () => {
    const path = file(
      "import os, sys\nwith open(os.environ['LOADS'], 'a') as f: f.write('.')\nimport helper\n" +
        "def objective(p, trial): return p['x'] + helper.one\n",
    );
    writeFileSync(join(directory, "helper.py"), "one = 1\n"); // beside the file, as Python finds it
    for (const [evaluator, loads] of [
      [processes({ workers: 1 }), 1],
      [isolated({ workers: 1 }), 4],
    ] as const) {
      const marks = join(directory, `loads-${loads}`);
      const objective = python(path, { env: { LOADS: marks } });
      await using opened = await evaluator.open({ objective, names: ["value"], log: () => {} });
      for (let x = 0; x < 4; x++) expect(await opened.evaluate(contractTask("return", x))).toEqual(complete(x + 1));
      expect(readFileSync(marks, "utf8")).toBe(".".repeat(loads));
    }
  });

  it("calls functions of one or two arguments, methods and coroutines, by a path or a URL from `cwd` on", async () => {
    const path = file(`
import functools
class Model:
    def loss(self, p, trial): return p["x"] + trial.number * 0
class Other:
    def __call__(self, p): return p["x"] + 2
model, other = Model(), Other()
def one(p): return p["x"] + 1
def default(p, seed=5): return p["x"] + seed
def named(p, trial=None): return p["x"] + trial.attempt
def many(*args): return len(args)
async def waits(p): return p["x"] + 3
def plain(p): return p["x"] + 4
@functools.wraps(plain)
def wrapped(*args): return plain(*args)
partial = functools.partial(lambda y, p: p["x"] + y, 5)
`);
    const name = path.slice(directory.length + 1);
    const found: unknown[] = [];
    for (const target of [
      `${name}:model.loss`,
      `${path}:one`,
      `${pathToFileURL(path).href}:other`,
      ...["default", "named", "many", "waits", "wrapped", "partial"].map((f) => `${name}:${f}`),
    ]) {
      await using evaluator = await open(target, { cwd: directory });
      found.push(await evaluator.evaluate(contractTask("return", 10)));
    }
    expect(found).toEqual([10, 11, 12, 15, 11, 2, 13, 14, 15].map(complete));
  });

  it("passes flags to Python, and serves evaluators of one's own", async () => {
    const path = file(
      "import sys\ndef objective(p, trial):\n  trial.report(1, 3)\n  return int(sys.flags.utf8_mode)\n",
    );
    const workload = { objective: python(path, { args: ["-X", "utf8"] }), names: ["value"], log: () => {} };
    expect(await attempt(contractTask("return"), workload)).toEqual(complete(1));
    expect(await attempt(contractTask("return", 1, { verdict: "prune" }), workload)).toEqual({ state: "pruned" });
  });

  it("runs a search", async () => {
    const path = file("def objective(p, trial):\n  return {'loss': (p['x'] - 0.3) ** 2}\n");
    const { best, trials } = await defineSearch({
      space: { x: float(0, 1) },
      objectives: { loss: "minimize" },
      objective: python(path),
      evaluator: processes({ workers: 2 }),
      seed: 1,
      trials: 40,
    }).start();
    expect(trials.map(({ state }) => state)).toEqual(Array.from({ length: 40 }, () => "complete"));
    expect(Math.abs(best.params.x - 0.3)).toBeLessThan(0.1);
  });

  it("leaves the attune module to processes that multiprocessing starts", async () => {
    const path = file(`
import multiprocessing, attune
def work(x): return x + (1 if attune.Pruned else 0)
def objective(p):
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, (p["x"],))
`);
    await using evaluator = await open(path);
    expect(await evaluator.evaluate(contractTask("return", 4))).toEqual(complete(5));
  });

  it("leaves nothing behind when the main process is killed", async () => {
    const driver = spawn(process.execPath, [fixture("modules/foreign-driver.mjs"), fixture("programs/deeds.py")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const pids: number[] = [];
    for await (const line of createInterface({ input: driver.stdout })) {
      pids.push(Number(line.split(" ")[1]));
      if (pids.length === 2) break;
    }
    expect(pids.every(isAlive)).toBe(true);
    driver.kill("SIGKILL");
    await until(() => !pids.some(isAlive));
  });

  it("lets what it forked neither speak for it nor harm it", async () => {
    const path = file(`
import os
def objective(p, trial):
    pid = os.fork()
    if pid == 0:
        print("from the child")
        try:
            trial.report(1, 2)
        except RuntimeError:
            os._exit(7)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) if hasattr(os, "waitstatus_to_exitcode") else os.waitpid(pid, 0)[1] >> 8
`);
    await using evaluator = await open(path);
    expect(await evaluator.evaluate(contractTask("return", 4))).toEqual(complete(7));
  });
});

describe.runIf(python3.found)("the Python host", () => {
  const host = fileURLToPath(new URL("../../src/evaluators/python-host.py", import.meta.url));

  /** Speaks with the host without attune. */
  async function talk(text: string, messages: readonly object[]): Promise<unknown[]> {
    const child = spawn("python3", [host, file(text), "objective"], {
      stdio: ["ignore", "inherit", "inherit", "pipe", "pipe", "pipe"],
      env: { ...process.env, ATTUNE_CACHE: directory },
    });
    const channel = child.stdio[3] as Duplex;
    const answers = createInterface({ input: channel })[Symbol.asyncIterator]();
    const said: unknown[] = [];
    for (const message of messages) {
      channel.write(`${JSON.stringify(message)}\n`);
      said.push(JSON.parse((await answers.next()).value as string));
    }
    channel.write('{"type":"end"}\n');
    const code = await new Promise((resolve) => child.once("exit", resolve));
    expect(code).toBe(0);
    return said;
  }
  const hello = { type: "hello", version: 1, names: ["value"], limited: [] };
  const run = {
    type: "run",
    number: 3,
    attempt: 1,
    params: {},
    baseline: false,
    seed: 1,
    worker: 0,
    dir: "/x",
    leases: {},
  };

  it("says that it speaks another version", async () => {
    expect(await talk("def objective(p): return 1", [{ ...hello, version: 2 }])).toEqual([
      { type: "broken", message: "This Python worker speaks protocol 1, the host 2" },
    ]);
  });

  it("asks for an attempt to be made later", async () => {
    const text = "import attune\ndef objective(p, trial):\n  raise attune.RetryLater(1.5)";
    const [ready, later] = await talk(text, [hello, run]);
    expect(ready).toEqual({ type: "ready", version: 1, aborts: 4 });
    expect(later).toEqual({ type: "done", number: 3, outcome: { state: "later", after: 1500 } });
    const [, wrong] = await talk("def objective(p, trial):\n  raise trial.RetryLater(-1)", [hello, run]);
    expect(wrong).toMatchObject({
      outcome: {
        failure: { kind: "error", message: "ValueError: Expected RetryLater to be given seconds ≥ 0, got -1" },
      },
    });
  });
});
