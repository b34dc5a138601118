import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/core/random.ts";
import { scenarios } from "./scenarios.ts";
import { killsOf, storm } from "./storm.ts";

/** Another seed finds other moments: CHAOS_SEED=7 npx vitest run test/chaos. The long form is `npm run chaos`. */
const seed = Number(process.env["CHAOS_SEED"] ?? 20_261_121);
const KILLS = 5;

describe.runIf(process.platform === "linux").concurrent(`kill −9 at random moments (CHAOS_SEED=${seed})`, () => {
  it.each(scenarios)(
    "loses nothing, doubles nothing and leaves nothing behind: $name",
    { timeout: 240_000 },
    async (scenario) => {
      const tally = await storm(scenario, { random: createRandom(seed).fork(scenario.name), kills: KILLS });
      expect(tally.violations).toEqual([]);
      expect(killsOf(tally)).toBe(KILLS);
      expect(tally.trials).toBeGreaterThan(40);
    },
  );
});
