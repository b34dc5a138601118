import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/core/random.ts";
import { scenarios } from "./scenarios.ts";
import { killsOf, storm } from "./storm.ts";

const seed = Number(process.env["CHAOS_SEED"] ?? 20_261_121);
const KILLS = 6;

describe.runIf(process.platform === "linux")(
  `kill −9 among three processes on one journal (CHAOS_SEED=${seed})`,
  () => {
    // the cheapest evaluator of ours: what is shared is the journal
    const shared = scenarios.find(({ name }) => name === "inline, function")!;
    it(
      "runs no trial twice but by its attempts, keeps one exact budget, and loses nothing",
      { timeout: 240_000 },
      async () => {
        const random = createRandom(seed).fork("sharing");
        const tally = await storm(shared, { random, kills: KILLS, mains: 3, trials: 90 });
        expect(tally.violations).toEqual([]);
        expect(killsOf(tally)).toBe(KILLS);
      },
    );
  },
);
