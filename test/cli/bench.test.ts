import { gzipSync } from "node:zlib";
import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { until } from "../search/until.ts";
import { Place } from "./attune.ts";

interface Bench {
  readonly problem: string;
  readonly checkpoints: readonly number[];
  readonly samplers: readonly {
    readonly name: string;
    readonly runs: readonly { readonly scores: readonly (number | null)[] }[];
  }[];
  readonly standings: readonly {
    readonly name: string;
    readonly median: number;
    readonly against?: { readonly verdict: string };
  }[];
}

describe.concurrent("attune bench", () => {
  const place = new Place();

  it("compares samplers with the first, as a table and a plot", async () => {
    const { code, stdout, stderr } = await place.attune(
      ..."bench --problem sphere:d=4 --sampler random,cma-es,tpe --trials 80 --seeds 6".split(" "),
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("sphere d=4: loss after 80 trials, 6 seeds (the least is 0)");
    expect(stdout).toMatch(/^A random .* … /m);
    expect(stdout).toMatch(/^B cma-es .* 1\.00 {2}better$/m);
    expect(stdout).toMatch(/^C tpe .* better$/m);
    expect(stdout).toContain("median loss − least (log)");
    expect(stdout).toContain("└──");
  });

  it("prints every score as JSON; the same words give the same, on one worker or three", async () => {
    const words = [
      "bench",
      "-p",
      "branin,zdt1:d=3",
      "-s",
      "random,genetic:pool=8",
      "-n",
      "24",
      "--seeds",
      "3",
      "--json",
    ];
    const [one, three] = await Promise.all([place.attune(...words, "-w", "1"), place.attune(...words, "-w", "3")]);
    expect(one.code).toBe(0);
    expect(one.stdout).toBe(three.stdout);
    const [single, several] = JSON.parse(one.stdout) as [Bench, Bench];
    expect([single.problem, several.problem]).toEqual(["branin", "zdt1 d=3"]);
    expect(single.samplers.map(({ name }) => name)).toEqual(["random", "genetic:pool=8"]);
    expect(single.samplers[0]!.runs.map(({ scores }) => scores.length)).toEqual([24, 24, 24]);
    expect(several.standings[1]!.against!.verdict).toMatch(/^(better|worse|tie)$/);
    expect(several.standings[0]!.median).toBeLessThan(0);
  });

  it("takes a recorded table, gzipped too, and noise", async () => {
    const table = {
      table: "made",
      params: [
        { name: "a", values: [1, 2, 3, 4, 5] },
        { name: "b", values: ["x", "y"] },
      ],
      y: [9, 8, 7, null, 5, 4, 3, 2, 1, 0],
    };
    place.write("table.json", JSON.stringify(table));
    writeFileSync(place.path("table.json.gz"), gzipSync(JSON.stringify(table)));
    const words = ["--sampler", "random,genetic", "-n", "9", "--seeds", "2", "--json"];
    const plain = await place.attune("bench", "--table", "table.json", ...words);
    expect(plain.code).toBe(0);
    expect(await place.attune("bench", "--table", "table.json.gz", ...words)).toEqual(plain);
    const [made] = JSON.parse(plain.stdout) as [Bench];
    expect(made.problem).toBe("made");
    expect(made.standings.map(({ median }) => median <= 1)).toEqual([true, true]);
    const noise = await place.attune("bench", "--table", "table.json", "--noise", "3", ...words);
    expect((JSON.parse(noise.stdout) as [Bench])[0].problem).toBe("noisy (made) sd=3");
  });

  it.each([
    [["bench"], "Expected a problem: attune bench --problem hartmann6, or --table FILE"],
    [["bench", "-p", "nothing"], "Expected `--problem` to be"],
    [["bench", "-p", "sphere:d=0"], "Expected `d` to be an integer ≥ 1, got 0"],
    [["bench", "-p", "sphere", "-s", "nobody"], "Expected `--sampler` to be"],
    [["bench", "-p", "sphere", "--seeds", "1"], "Expected `--seeds` to be an integer ≥ 2, got 1"],
    [["bench", "-p", "sphere", "--noise", "-1"], "Expected `--noise` to be a finite number ≥ 0, got -1"],
    [["bench", "-p", "zdt1", "-s", "cma-es"], "Expected samplers for several objectives with zdt1, got cmaEs"],
    [["bench", "--table", "none.json"], "Cannot read the table none.json"],
  ])("refuses %j", async (words, message) => {
    const { code, stderr } = await place.attune(...words);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it("ends on Ctrl-C with everything that it started", async () => {
    const own = new Place();
    const running = own.startSession("bench", "-p", "rosenbrock:d=20", "-s", "tpe", "-n", "3000", "--seeds", "8");
    await until(() => own.left.length > 1);
    process.kill(running.child.pid!, "SIGINT");
    const { code, stdout } = await running.ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
    await until(() => own.left.length === 0);
  });
});
