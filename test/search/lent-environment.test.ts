import { describe, expect, it } from "vitest";
import { float } from "../../src/space/index.ts";
import type { Tracker } from "../../src/core/tracker.ts";
import { defineSearch } from "../../src/search/search.ts";

/** What each trial finds in its environment, and what was said. */
async function lent(trackers: readonly Tracker[]): Promise<{ found: object[]; said: string[] }> {
  const found: object[] = [];
  const said: string[] = [];
  await defineSearch({
    space: { x: float(0, 1) },
    objective: ({ x }, { environment }) => {
      found.push(environment);
      return x;
    },
    trials: 3,
    trackers,
  }).start({ warn: (message) => said.push(message) });
  return { found, said };
}

describe("the environment of an attempt", () => {
  it("is empty where no tracker has anything to say", async () =>
    expect(await lent([{ track: () => {} }])).toEqual({ found: [{}, {}, {}], said: [] }));

  it("is what the trackers say of its trial, before it starts", async () => {
    const environment: Tracker["environment"] = ({ number, state }) => ({ WHERE: `${number} ${state}` });
    const { found, said } = await lent([
      { track: () => {}, environment },
      { track: () => {}, environment: async () => ({ ALSO: "this" }) },
    ]);
    expect(found).toEqual([0, 1, 2].map((n) => ({ WHERE: `${n} running`, ALSO: "this" })));
    expect(said).toEqual([]);
  });

  it("is not waited for long, and a tracker that was late or failed is left alone for a while", async () => {
    let asked = 0;
    const never: Tracker = {
      track: () => {},
      environment: () => {
        asked++;
        return new Promise(() => {});
      },
    };
    class Broken implements Tracker {
      track(): void {}
      environment(): never {
        throw new Error("no idea");
      }
    }
    const { found, said } = await lent([never, new Broken()]);
    expect(found).toEqual([{}, {}, {}]);
    expect(asked).toBe(1);
    expect(said.sort()).toEqual([
      "the tracker `Broken` failed: no idea; the search goes on, further errors of it are not shown",
      expect.stringMatching(/it said nothing about the environment of trial 0 within 3000 ms/),
    ]);
  });
});
