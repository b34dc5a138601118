import { describe, expect, it } from "vitest";
import { defineEvaluator, type EvaluatorFactory } from "../../src/core/evaluator.ts";
import type { SearchSettings } from "../../src/core/event.ts";
import { readAttemptFlags } from "../../src/cli/attempt-options.ts";
import { override, type SearchOptions } from "../../src/cli/overrides.ts";
import { inline } from "../../src/evaluators/index.ts";
import { Search } from "../../src/search/search.ts";
import type { AnySpec } from "../../src/search/spec.ts";
import { int } from "../../src/space/index.ts";
import { jsonLines, Place, program } from "./attune.ts";

const COMMAND = ["-p", "x=int:1:9", "--minimize", "wall", "-n", "2"];

/** What an evaluator that keeps every limit was told at last. */
let told: object = {};
const limiting = defineEvaluator<{ readonly memory?: number; readonly cpuSeconds?: number }>(
  { name: "limiting", summary: "", closures: true, isolates: "processes", limits: ["memory", "cpuSeconds"] },
  (options) => {
    told = options;
    return inline().open;
  },
);

function overridden(
  options: SearchOptions,
  {
    evaluator = inline(),
    attempts,
    settings,
  }: {
    readonly evaluator?: AnySpec["evaluator"];
    readonly attempts?: object;
    readonly settings?: SearchSettings["attempts"];
  } = {},
): ReturnType<typeof override> & { factory: EvaluatorFactory } {
  const search = new Search({ space: { x: int(1, 9) }, objective: () => ({ value: 1 }), evaluator });
  const last = { sampler: { name: "random", version: 1, options: {} }, ...(settings ? { attempts: settings } : {}) };
  const loaded = { search, name: "tune", source: {}, hash: "", ...(attempts ? { attempts } : {}) };
  const found = override(loaded, options, settings && last);
  return { ...found, factory: found.search.spec.evaluator as EvaluatorFactory };
}

describe("the options of attempts", () => {
  it("are read in their units", () => {
    const flags = {
      memory: "1.5Gi",
      cpuTime: "500ms",
      retry: "crash=2,lost=0",
      keep: "failed",
      scratch: "/s",
    } as const;
    expect(readAttemptFlags(flags)).toEqual({
      memory: 1.5 * 2 ** 30,
      cpuSeconds: 0.5,
      retry: { crash: 2, lost: 0 },
      keep: "failed",
      scratch: "/s",
    });
    const resource = ["gpu=0, 2,5", "port=4", "cards:2=a:0,b/1,c,", "one=3,"];
    expect(readAttemptFlags({ resource }).resources).toEqual({
      gpu: { tokens: ["0", "2", "5"] },
      port: { tokens: 4 },
      cards: { tokens: ["a:0", "b/1", "c"], each: 2 },
      one: { tokens: ["3"] },
    });
    expect(readAttemptFlags({})).toEqual({});
    expect(readAttemptFlags({ repeats: "5", normalize: true })).toEqual({ repeats: { times: 5 }, normalize: true });
    expect(readAttemptFlags({ repeats: "5", reduce: "min", normalizeEvery: "20" })).toEqual({
      repeats: { times: 5, reduce: "min" },
      normalize: { every: 20 },
    });
    expect(readAttemptFlags({ interleave: true, normalize: true })).toEqual({ normalize: { interleave: true } });
  });

  it("reach the evaluator, which keeps its own options", () => {
    const { factory } = overridden(
      { retry: "crash=2", resource: ["gpu=2"] },
      { evaluator: inline({ keep: "always" }) },
    );
    expect(factory.policy).toMatchObject({
      retry: { crash: 2, lost: 1, error: 0 },
      keep: "always",
      resources: { gpu: { tokens: ["0", "1"], each: 1 } },
    });
    overridden({ memory: "5M", cpuTime: "2s" }, { evaluator: limiting({ cpuSeconds: 9 }) });
    expect(told).toEqual({ memory: 5e6, cpuSeconds: 2 });
  });

  it("go before those of the journal's last run, and these before the file's", () => {
    const { attempts, factory } = overridden(
      { keep: "failed" },
      {
        attempts: { keep: "always", scratch: "/file", retry: { error: 1 } },
        settings: { keep: "never", scratch: "/last" },
      },
    );
    expect(attempts).toEqual({ keep: "failed", scratch: "/last", retry: { error: 1 } });
    expect(factory.policy).toMatchObject({ keep: "failed", scratch: "/last", retry: { error: 1 } });
  });

  it("of a journal never name a program", () => {
    const { attempts } = overridden({}, { settings: { keep: "failed", execPath: "/bin/evil", env: {} } as object });
    expect(attempts).toEqual({ keep: "failed" });
  });

  it("are refused by an instance, and --workers by an evaluator that takes none", () => {
    class Mine {
      concurrency = 1;
      evaluate = async () => ({ state: "pruned" }) as const;
      async [Symbol.asyncDispose](): Promise<void> {}
    }
    const evaluator = new Mine();
    expect(() => overridden({ workers: "2" }, { evaluator })).toThrow(
      "The evaluator `Mine` cannot keep a `workers` limit here: it keeps no limits",
    );
    expect(() => overridden({ workers: "2" }, { evaluator: limiting() })).toThrow(
      "The evaluator `limiting` cannot keep a `workers` limit here: it keeps `memory`, `cpuSeconds`",
    );
    expect(() => overridden({ keep: "failed" }, { evaluator })).toThrow("Unknown option `keep` of the evaluator Mine");
    expect(overridden({}, { evaluator }).workers).toBeUndefined();
  });
});

describe.concurrent("attune run", () => {
  it.each([
    ["--memory 512", 'Expected `--memory` to be a size such as 512M, 2G or 1.5Gi, got "512"'],
    ["--memory 1G -e inline", "The evaluator `inline` cannot keep a `memory` limit here: it keeps"],
    ["--cpu-time 10", "Expected `--cpu-time` to be a time such as"],
    ["--cpu-time 1s -e inline", "The evaluator `inline` cannot keep a `cpuSeconds` limit here"],
    ["--retry crash", "Expected `--retry` to be KIND=TIMES,… such as crash=2,lost=1"],
    ["--retry crsh=2", "Unknown option `crsh` of retry. Did you mean `crash`?"],
    ["--keep maybe", "Allowed choices are never, failed, always"],
    ["--repeats 0", "Expected `--repeats` to be an integer ≥ 1, got 0"],
    ["--repeats many", 'Expected `--repeats` to be an integer ≥ 1, got "many"'],
    ["--reduce min", "Expected `--repeats` beside `--reduce min`"],
    ["--repeats 2 --reduce sum", "Allowed choices are median, mean, min, max"],
    ["--normalize-every 0", "Expected `--normalize-every` to be an integer ≥ 1, got 0"],
    ["--normalize-every 3 --interleave", "to have `every` or `interleave`, got both"],
    ["--normalize", "Expected a baseline to normalise by"],
    ["--resource gpu", "Expected `--resource` to be NAME[:EACH]=TOKENS"],
    ["--resource gpu=0", "the one token 0 is written gpu=0,"],
    ["--resource gpu:3=1,2", "Expected `resources.gpu.each` to be an integer ≥ 1 and ≤ 2, got 3"],
    ["--resource gpu=1,1", "Expected the tokens of `resources.gpu` to be distinct"],
    ["--resource gpu=1 --resource gpu=2", "Expected `--resource gpu` once, got it twice"],
    ["-e isolted", "Expected `evaluator` to be"],
  ])("refuses %s before anything runs", async (words, says) => {
    const place = new Place();
    const { code, stderr } = await place.attune("run", ...COMMAND, ...words.split(" "), "--", "echo", "{x}");
    expect(stderr).toContain(says);
    expect(code).toBe(2);
    expect(place.files).toEqual([]);
  });

  it("records the options, and resume says them again", async () => {
    const place = new Place();
    const options = ["--retry", "crash=1", "--keep", "failed", "--resource", "gpu=2", "--scratch", "scratch"];
    const words = [...COMMAND, ...options, "--", "sh", "-c", "test -n {lease.gpu}{x}"];
    const settings = (): unknown[] =>
      jsonLines(place.read("sh.attune.jsonl")).flatMap(({ type, settings: s }) =>
        type === "search-started" ? [(s as SearchSettings).attempts] : [],
      );
    expect((await place.attune("run", ...words)).code).not.toBe(2);
    const first = {
      retry: { crash: 1 },
      keep: "failed",
      resources: { gpu: { tokens: 2 } },
      scratch: place.path("scratch"),
    };
    expect(settings()).toEqual([first]);
    const resumed = await new Place().attune("resume", place.path("sh.attune.jsonl"), "-n", "3", "--keep", "never");
    expect(resumed.stderr).not.toContain("error:");
    expect(settings()).toEqual([first, { ...first, keep: "never" }]);
  });

  it("takes the same from a search in JSON", async () => {
    const search = {
      space: { x: { type: "int", low: 1, high: 9 } },
      command: {
        run: ["sh", "-c", 'cp "$0" "$ATTUNE_DIR/r"; exit 7', "{params.json}"],
        cwd: "{dir}",
        exitCodes: { 7: "lost" },
      },
      trials: 2,
      evaluator: "inline",
      retry: { lost: 0 },
      keep: "failed",
      scratch: "kept",
      resources: { port: [8001, 8002] },
      failures: false as const,
    };
    const place = new Place({ "in/tune.json": JSON.stringify(search) });
    const { code, stdout } = await place.attune("run", "in/tune.json");
    expect(stdout).toContain("2 of 2 trials failed: 2 lost\n  lost, first in trial 0: `sh` exited with code 7");
    expect(code).toBe(3);
    const [started] = jsonLines(place.read("tune.attune.jsonl")).filter(({ type }) => type === "search-started");
    expect(started).toMatchObject({
      settings: {
        evaluator: "inline",
        attempts: {
          retry: { lost: 0 },
          keep: "failed",
          scratch: place.path("in/kept"),
          resources: { port: [8001, 8002] },
        },
      },
    });
  });

  it("wants the resource that a command names", async () => {
    const place = new Place();
    const { code, stderr } = await place.attune("run", ...COMMAND, "--", "echo", "{x}", "{lease.gpu}");
    expect(stderr).toContain('Expected `gpu` to be a resource, as "{lease.gpu}" uses it');
    expect(code).toBe(2);
  });

  it("warns once that a timeout cannot end what never waits, where that is so", async () => {
    const place = new Place({ "tune.ts": program("space: { x: int(1, 9) }, objective: (p: { x: number }) => p.x") });
    const said = async (...words: string[]): Promise<number> =>
      (await place.attune("run", ...words)).stderr.split("computes without ever awaiting").length - 1;
    const run = ["tune.ts", "-n", "3", "--fresh"];
    expect(await said(...run, "-e", "inline", "--timeout", "9s")).toBe(1);
    expect(await said(...run, "-e", "inline")).toBe(0);
    expect(await said(...run, "-e", "processes", "--timeout", "9s")).toBe(0);
    expect(await said(...COMMAND, "--timeout", "9s", "--", "echo", "{x}")).toBe(0);
  });

  it("prints a program with the same options", async () => {
    const place = new Place();
    const options = ["--retry", "crash=1", "--resource", "gpu:2=0,1", "-w", "2", "--print"];
    const { stdout } = await place.attune("run", ...COMMAND, ...options, "--", "echo", "{x}");
    expect(stdout).toContain('import { command, defineSearch, inline, int } from "attune";');
    expect(stdout).toContain(
      'evaluator: inline({ workers: 2, retry: { crash: 1 }, resources: { gpu: { tokens: ["0", "1"], each: 2 } } }),',
    );
  });
});

describe.concurrent("failures", () => {
  const FAILING = `case $ATTUNE_TRIAL in
  1|4) echo first >&2; echo second >&2; kill -SEGV $$;;
  2) exit 9;;
esac
echo 1`;
  const words = ["-p", "x=int:1:99", "--minimize", "ms", "-n", "6", "-w", "1", "--", "sh", "f.sh", "{x}"];

  it("are summed up at the end by kind, with the last words of the first", async () => {
    const place = new Place({ "f.sh": FAILING });
    const { code, stdout, stderr } = await place.attune("run", ...words);
    expect(code).toBe(0);
    expect(stdout).toContain(
      "3 of 6 trials failed: 2 crash, 1 error\n" +
        "  crash, first in trial 1: `sh` was ended by SIGSEGV: second\n    first\n    second\n" +
        "  error, trial 2: `sh` exited with code 9\n",
    );
    expect(stderr).not.toContain("SIGSEGV");
    const all = (await place.attune("show", "sh.attune.jsonl", "--all")).stdout;
    expect(all).toMatch(/^ +1 +crash +`sh` was ended by SIGSEGV: second$/m);
    expect(all).toMatch(/^ +4 +crash +`sh` was ended by SIGSEGV: second$/m);
    expect(all).toMatch(/^ +2 +error +`sh` exited with code 9$/m);
  });

  it("stand on stderr beside JSON results, and nowhere when quiet", async () => {
    const place = new Place({ "f.sh": FAILING });
    const run = await place.attune("run", "--json", ...words);
    expect(jsonLines(run.stdout)).toHaveLength(1);
    expect(run.stderr).toContain("3 of 6 trials failed: 2 crash, 1 error\n");
    expect(await place.attune("run", "--json", "-q", "--fresh", ...words)).toMatchObject({
      stderr: expect.not.stringContaining("failed"),
    });
  });
});
