import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { jsonLines, Place, type PrintedTrial, program } from "./attune.ts";

const TRIALS = 80;
const search = program(
  `space: { x: float(0, 1, { default: 0.5 }), n: int(1, 9, { default: 5 }) }, trials: ${TRIALS}, seed: 3,
  objective: async (p: { x: number; n: number }): Promise<number> => { await new Promise((wake) => setTimeout(wake, 10)); return p.x + p.n; }`,
).replace(/import \{[^}]*\} from "attune"/, 'import { defineSearch, float, int } from "attune"');

const finished = (text: string): string[] =>
  text.split("\n").filter((line) => line.includes('"type":"trial-finished"') && line.endsWith("}"));

describe.concurrent("kill −9 of the main process", () => {
  it.each(["inline", "processes"])(
    "loses no finished trial, leaves nothing running, and resumes to the exact budget (%s)",
    async (evaluator) => {
      const place = new Place({ "tune.ts": search });
      let text = "";
      for (let kills = 0; kills < 3; kills++) {
        const before = finished(text).length;
        const running = place.start("run", "tune.ts", "-w", "2", "-e", evaluator);
        while (finished(text).length < before + 6) {
          await new Promise((wake) => setTimeout(wake, 5));
          text = place.files.includes("tune.attune.jsonl") ? place.read("tune.attune.jsonl") : "";
        }
        running.child.kill("SIGKILL");
        await running.ended;
        const after = place.read("tune.attune.jsonl");
        expect(after.startsWith(text.slice(0, text.lastIndexOf("\n") + 1))).toBe(true);
      }
      const kept = finished(place.read("tune.attune.jsonl"));
      expect((await place.attune("resume", "tune.attune.jsonl")).code).toBe(0);
      expect(finished(place.read("tune.attune.jsonl")).slice(0, kept.length)).toEqual(kept);
      const trials = jsonLines<PrintedTrial & { source: string; twin?: number }>(
        (await place.attune("show", "tune.attune.jsonl", "--json")).stdout,
      );
      const counted = trials.filter(
        ({ state, source, twin }) =>
          ["complete", "failed", "pruned"].includes(state) && source !== "baseline" && twin === undefined,
      );
      expect(counted).toHaveLength(TRIALS);
      expect(trials.filter(({ source, state }) => source === "baseline" && state === "complete")).toHaveLength(1);
      expect(execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })).not.toContain(place.directory);
    },
  );

  it("keeps one exact budget for three processes on one journal", async () => {
    const place = new Place({ "tune.ts": search });
    const codes = await Promise.all(
      ["genetic", "genetic", "random"].map((sampler) =>
        place.attune("run", "tune.ts", "-w", "2", "-e", "inline", "-s", sampler, "-q"),
      ),
    );
    expect(codes.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(finished(place.read("tune.attune.jsonl"))).toHaveLength(TRIALS + 1);
  });
});
