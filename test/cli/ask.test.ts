import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { until } from "../search/until.ts";
import { jsonLines, Place, type PrintedTrial, program, type Ran } from "./attune.ts";

const J = "study.jsonl";
const oldReader = fileURLToPath(new URL("../fixtures/old-reader/reader.mjs", import.meta.url));
const X = ["-p", "x=int:0:999", "--sampler", "random", "--seed", "1"];

interface Asked {
  readonly number: number;
  readonly attempt: number;
  readonly params: Record<string, unknown>;
  readonly baseline: boolean;
  readonly seed: number;
}

async function trialsOf(place: Place): Promise<PrintedTrial[]> {
  return jsonLines<PrintedTrial>((await place.attune("show", J, "--json")).stdout);
}

/** Runs one command after the other. */
async function inTurn(place: Place, ...lines: string[]): Promise<Ran[]> {
  const ran: Ran[] = [];
  for (const line of lines) ran.push(await place.attune(...line.split(" ")));
  return ran;
}

describe.concurrent("attune ask and tell", () => {
  it("begin a study by flags, go on by the journal alone, and end with the budget", async () => {
    const place = new Place();
    const begun = await place.attune(
      "ask", J, "-p", "rate=float:0.001:1:log", "-p", "mode=fast,very safe", "--minimize", "loss", "--limit", "rss=..5", "--trials", "3", "--seed", "1",
    ); // prettier-ignore
    expect(begun).toMatchObject({ code: 0, stderr: "" });
    expect(begun.stdout).toMatch(/^0 rate=0\.0\d+ mode=(fast|"very safe")\n$/);
    const more = await place.attune("ask", J, "-n", "5", "--json");
    expect(more.code).toBe(0);
    const asked = jsonLines<Asked>(more.stdout);
    expect(asked).toMatchObject([
      { number: 1, attempt: 1, baseline: false },
      { number: 2, attempt: 1, baseline: false },
    ]);
    expect(Object.keys(asked[0]!).sort()).toEqual(["attempt", "baseline", "number", "params", "seed"]);
    expect(place.read(J)).toContain(JSON.stringify(asked[1]!.params));
    const none = await place.attune("ask", J);
    expect(none).toMatchObject({ code: 6, stdout: "" });
    expect(none.stderr).toContain("nothing to hand out until one of 3 running trials is told");
    const told = await inTurn(
      place,
      `tell ${J} 0 --values loss=2,rss=1`,
      `tell ${J} 1 --values loss=1,rss=9 --attempt 1`,
      `tell ${J} 2 --pruned`,
    );
    expect(told.map(({ code, stdout }) => [code, stdout])).toEqual([[0, "complete\n"], [0, "complete\n"], [0, "pruned\n"]]); // prettier-ignore
    expect(await place.attune("ask", J)).toMatchObject({ code: 5, stdout: "" });
    expect((await place.attune("best", J)).stdout).toContain("Best: trial 0, loss 2");
    expect((await place.attune("ask", J, "--trials", "4")).stdout).toMatch(/^3 /);
    expect(place.files).toEqual([J]);
  });

  it("print the baseline first, and its twin never again", async () => {
    const place = new Place({ "space.json": '{ "x": { "type": "int", "low": 1, "high": 2 } }' });
    const first = await place.attune("ask", J, "space.json", "--baseline", "x=2", "--json", "-n", "9");
    expect(jsonLines<Asked>(first.stdout)).toMatchObject([
      { number: 0, params: { x: 2 }, baseline: true },
      { params: { x: 1 }, baseline: false },
    ]);
    const [, other] = jsonLines<Asked>(first.stdout);
    await inTurn(place, `tell ${J} 0 --value 5`, `tell ${J} ${other!.number} --value 4`);
    const over = await place.attune("ask", J);
    expect(over).toMatchObject({ code: 5, stderr: expect.stringContaining("every configuration was tried") as string });
  });

  it("give a trial the same seed for every attempt, also where several begin the study at once", async () => {
    const place = new Place();
    const begun = await Promise.all([0, 1, 2].map(() => place.attune("ask", J, "-p", "x=int:0:999", "--json")));
    const asked = begun.map(({ stdout }) => jsonLines<Asked>(stdout)[0]!);
    for (const { number } of asked) await place.attune("tell", J, String(number), "--failed", "gone", "--kind", "lost");
    const again = jsonLines<Asked>((await place.attune("ask", J, "--json", "-n", "3")).stdout);
    const seeds = (trials: readonly Asked[]): object => Object.fromEntries(trials.map((t) => [t.number, t.seed]));
    expect(again.map(({ attempt }) => attempt)).toEqual([2, 2, 2]);
    expect(seeds(again)).toEqual(seeds(asked));
  });

  it("keep the budget exact with many loops at once, together with attune run", async () => {
    const place = new Place({
      "tune.ts": program(
        `space: { x: int(0, 9999) }, trials: 24, sampler: "random", seed: 3,
  objective: async (p: { x: number }): Promise<number> => {
    do await new Promise((wake) => setTimeout(wake, 50)); while (!existsSync("gate"));
    return p.x;
  }`,
        'import { existsSync } from "node:fs";',
      ),
    });
    const loop = `while trial=$($ATTUNE ask ${J} tune.ts --wait); do number=\${trial%% *}; echo $number; $ATTUNE tell ${J} $number --value $number >/dev/null; done; $ATTUNE ask ${J} > /dev/null; echo "code $?"`;
    const search = place.attune("run", "tune.ts", "-w", "1", "-q", "--journal", J);
    await until(() => place.files.includes(J) && place.read(J).includes("trial-started"));
    const looping = Promise.all(Array.from({ length: 4 }, () => place.shell(loop)));
    await until(() => place.read(J).split('"trial-finished"').length > 3);
    place.write("gate", "");
    const loops = await looping;
    expect((await search).code).toBe(0);
    const numbers = loops.flatMap(({ stdout }) =>
      stdout
        .trim()
        .split("\n")
        .filter((line) => !line.startsWith("code")),
    );
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers.length).toBeGreaterThanOrEqual(3);
    for (const { stdout } of loops) expect(stdout).toMatch(/code 5\n$/);
    const trials = (await trialsOf(place)).filter(({ state }) => state !== "rejected");
    expect(trials.filter((trial) => !("twin" in trial)).map(({ state }) => state)).toEqual(Array(24).fill("complete"));
    const old = jsonLines(execFileSync(process.execPath, [oldReader, place.path(J)], { encoding: "utf8" }));
    expect(old.map((trial) => [trial["number"], trial["state"], trial["values"]])).toEqual(
      (await trialsOf(place)).map(({ number, state, values }) => [number, state, values]),
    );
  });

  it("take what a killed search ran, and leave to a search what they hand out", async () => {
    const place = new Place({
      "tune.ts": program(
        `space: { x: int(0, 9999) }, trials: 3,
  objective: async (p: { x: number }): Promise<number> => { if (!existsSync("gate")) await new Promise(() => { setInterval(() => {}, 1000); }); return p.x; }`,
        'import { existsSync } from "node:fs";',
      ),
    });
    const search = place.startSession("run", "tune.ts", "-w", "1", "--journal", J);
    await until(() => place.files.includes(J) && place.read(J).includes("trial-started"));
    process.kill(-search.child.pid!, "SIGKILL");
    await search.ended;
    const asked = await place.attune("ask", J, "--json", "-n", "2");
    expect(jsonLines<Asked>(asked.stdout)).toMatchObject([
      { number: 0, attempt: 2 },
      { number: 1, attempt: 1 },
    ]);
    place.write("gate", "");
    const run = place.start("run", "tune.ts", "-w", "1", "-q", "--journal", J);
    await until(() => place.read(J).split('"trial-finished"').length === 2);
    expect((await place.attune("status", J)).stdout).toMatch(
      /^running {2}trial 0 x=\d+: for .*, attempt 2; handed out by attune ask\n {9}trial 1/m,
    );
    await inTurn(place, `tell ${J} 0 --value 1`, `tell ${J} 1 --value 1`);
    expect((await run.ended).code).toBe(0);
    expect((await trialsOf(place)).map(({ state }) => state)).toEqual(["complete", "complete", "complete"]);
  });

  it("hand out again what was not told in time, and drop what comes too late", async () => {
    const place = new Place();
    await place.attune("ask", J, ...X, "--timeout", "1ms");
    const again = await place.attune("ask", J, "--json");
    expect(jsonLines<Asked>(again.stdout)).toMatchObject([{ number: 0, attempt: 2 }]);
    const late = await place.attune("tell", J, "0", "--attempt", "1", "--value", "1");
    expect(late).toMatchObject({ code: 0, stdout: "running\n" });
    expect(late.stderr).toContain("attempt 1 came too late");
    expect((await place.attune("tell", J, "0", "--attempt", "2", "--value", "1")).stdout).toBe("complete\n");
  });

  it("say that a generation waits for its last trials, and wait where they are told to", async () => {
    const place = new Place({
      "tune.ts": program(`space: { x: int(0, 9999) }, sampler: genetic({ pool: 8 }), objective: () => 0, trials: 40, seed: 1`).replace("choice,", "choice, genetic,"), // prettier-ignore
    });
    const asked = await place.attune("ask", J, "tune.ts", "--json", "-n", "8");
    const numbers = jsonLines<Asked>(asked.stdout).map(({ number }) => number);
    expect(numbers, asked.stderr).toHaveLength(8);
    expect(await place.attune("ask", J)).toMatchObject({ code: 6, stdout: "" });
    expect(await place.attune("ask", J, "--wait", "300ms")).toMatchObject({ code: 6, stdout: "" });
    const waiting = place.attune("ask", J, "--wait");
    for (const number of numbers) await place.attune("tell", J, String(number), "--value", "1");
    expect(await waiting).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+ x=\d+\n$/) as string });
  });

  it("need the file again only for rules that are code, and find it by themselves", async () => {
    const rules = program(
      "space: { x: int(0, 9) }, where: (p: { x: number }) => p.x % 2 === 0, objective: () => 0, trials: 9, seed: 1",
    );
    const place = new Place({ "tune.ts": rules });
    await place.attune("ask", J, "tune.ts");
    const all = await place.attune("ask", J, "-n", "9", "--json");
    expect(all.code).toBe(0);
    for (const { params } of jsonLines<Asked>(all.stdout)) expect((params["x"] as number) % 2).toBe(0);
    expect((await place.attune("tell", J, "0", "--value", "1")).stdout).toBe("complete\n");
    place.write("other.ts", rules.replace("% 2", "% 3"));
    const other = await place.attune("ask", J, "other.ts");
    expect(other.code).toBe(1);
    expect(other.stderr).toContain("The journal holds trials of another search");
    await place.shell("rm tune.ts");
    const gone = await place.attune("ask", J);
    expect(gone.code).toBe(2);
    expect(gone.stderr).toMatch(/Cannot find .*tune\.ts/);
    expect((await place.attune("tell", J, "2", "--value", "1")).stdout).toBe("complete\n");
  });

  it("tell values, failures and steps in every form", async () => {
    const place = new Place();
    await place.attune("ask", J, ...X, "-n", "9", "--trials", "9");
    const ran = await inTurn(
      place,
      `tell ${J} 0 --step 1 --value 3`,
      `tell ${J} 0 --step 2 --json {"value":2}`,
      `tell ${J} 0 --json [1,2,3]`,
      `tell ${J} 1 --json {"value":1.5,"size":7}`,
      `tell ${J} 2 --json {"state":"failed","message":"no","kind":"memory"}`,
      `tell ${J} 3 --failed no --kind crash`,
      `tell ${J} 4 --value nan`,
      `tell ${J} 5 --cancelled later`,
      `tell ${J} 6 --failed gone --kind lost`,
    );
    expect(ran.map(({ code, stdout }) => [code, stdout.trim()])).toEqual([
      [0, "continue"], [0, "continue"], [0, "complete"], [0, "complete"], [0, "failed"], [0, "failed"], [0, "failed"], [0, "cancelled"], [0, "queued"],
    ]); // prettier-ignore
    const piped = await place.shell(`echo '{"value": {"value": 4, "stderr": 0.5}}' | $ATTUNE tell ${J} 7 --json -`);
    expect(piped.stdout).toBe("complete\n");
    const trials = await trialsOf(place);
    expect(trials).toMatchObject([
      { values: { value: 2 }, reports: [{ step: 1, values: { value: 3 } }, { step: 2, values: { value: 2 } }] },
      { values: { value: 1.5, size: 7 } },
      { failure: { kind: "memory", message: "no" } },
      { failure: { kind: "crash", message: "no" } },
      { failure: { kind: "invalid", message: "Expected `value` to be a finite number, got NaN" } },
      { state: "cancelled", reason: "later" },
      { state: "queued" },
      { values: { value: 4 }, stderr: { value: 0.5 } },
      { state: "running" },
    ]); // prettier-ignore
    await place.attune("ask", "limited.jsonl", ...X, "--limit", "size=..9");
    const [step] = await inTurn(place, "tell limited.jsonl 0 --step 1 --value 3"); // limits are of results
    expect(step).toMatchObject({ code: 0, stdout: "continue\n" });
    expect(ran[6]!.stderr).toContain("trial 4 failed (invalid): Expected `value` to be a finite number, got NaN");
  });

  it("refuse what is wrong, and record nothing", async () => {
    const place = new Place();
    expect(await place.attune("ask", J)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("to hold a study, or to be told") as string,
    });
    expect(await place.attune("tell", J, "0", "--value", "1")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Cannot find the journal") as string,
    });
    expect(place.files).toEqual([]);
    await place.attune("ask", J, ...X, "--minimize", "a", "--maximize", "b");
    const events = (): string[] =>
      place
        .read(J)
        .split("\n")
        .filter((line) => line.includes('"trial-'));
    const before = events();
    const wrong: [string[], string][] = [
      [["tell", J, "0"], "Expected one of --value, --values, --json"],
      [["tell", J, "0", "--values", "a=1"], "Expected the values to hold `b`, got `a`; nothing was recorded"],
      [["tell", J, "0", "--pruned", "--step", "1"], "Expected numbers beside --step"],
      [["tell", J, "0", "--step", "-1", "--values", "a=1,b=1"], "Expected `step` to be"],
      [["tell", J, "7", "--values", "a=1,b=1"], "Expected trial 7 to be running, got no such trial"],
      [["tell", J, "zero", "--value", "1"], "Expected `NUMBER` to be an integer"],
      [["ask", J, "-n", "0"], "Expected `--number`"],
      [["ask", J, "--seed", "2"], "Expected --seed only where a study begins"],
      [["ask", J, "-p", "x=int:0:999", "--minimize", "a=(.*)"], "Expected `a` without a pattern"],
      [["ask", J, "--minimize", "a"], "Expected at least one --param"],
      [["ask", J, "--sampler", "nope"], "Expected `sampler` to be"],
      [["ask", J, "none.ts"], "Cannot find none.ts"],
    ];
    for (const [words, says] of wrong) {
      const { code, stdout, stderr } = await place.attune(...words);
      expect([code, stdout], words.join(" ")).toEqual([2, ""]);
      expect(stderr).toContain(says);
    }
    expect(events()).toEqual(before);
    const changed = await place.attune("ask", J, "-p", "x=int:0:5", "--minimize", "a", "--maximize", "b");
    expect(changed).toMatchObject({ code: 1, stderr: expect.stringContaining("--adopt") as string });
    const adopted = await place.attune("ask", J, "-p", "x=int:0:5", "--minimize", "a", "--maximize", "b", "--adopt");
    expect(adopted.code).toBe(0);
    expect((await place.attune("ask", J, ...X, "--fresh")).stdout).toMatch(/^0 /);
    expect(place.files).toEqual([J, `${J}.1`]);
  });
});
