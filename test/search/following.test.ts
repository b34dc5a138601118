import { expect, it } from "vitest";
import type { ReportData } from "../../src/charts/report/report-data.ts";
import type { Tracker, TrackerFactory } from "../../src/core/tracker.ts";
import { defineSearch } from "../../src/search/search.ts";
import { int } from "../../src/space/index.ts";

const search = defineSearch({ space: { x: int(0, 1000) }, objective: ({ x }) => x, trials: 5, sampler: "random" });
const info = { name: "odd", summary: "Fails." };
const broken = (): never => {
  throw new Error("broken");
};

const rejecting: PromiseLike<void> = {
  // oxlint-disable-next-line no-thenable -- it is one
  then: (fulfilled, rejected) => Promise.reject(new Error("broken")).then(fulfilled, rejected),
};

it.each<[string, Tracker | TrackerFactory]>([
  ["create", { info, create: broken }],
  ["track", { info, create: () => ({ track: broken }) }],
  ["a promise of track", { info, create: () => ({ track: async () => broken() }) }],
  ["a thenable of track", { info, create: () => ({ track: () => rejecting }) }],
  ["close", { info, create: () => ({ track: () => {}, close: broken }) }],
  ["a promise of close", { info, create: () => ({ track: async () => broken(), close: async () => broken() }) }],
  [
    "an instance",
    new (class odd {
      track = broken;
    })(),
  ],
])("says once that a tracker failed, in %s, and the search and the others go on", async (_, tracker) => {
  const warnings: string[] = [];
  const heard: string[] = [];
  const good: Tracker = { track: ({ type }) => void heard.push(type), close: () => void heard.push("closed") };
  const { trials } = await search.with({ trackers: [tracker, good] }).start({ warn: (text) => warnings.push(text) });
  expect(trials).toHaveLength(5);
  expect(heard.filter((type) => type === "trial-finished")).toHaveLength(5);
  expect(heard.slice(-2)).toEqual(["search-ended", "closed"]);
  expect(warnings).toEqual([
    "the tracker `odd` failed: broken; the search goes on, further errors of it are not shown",
  ]);
});

it("waits for a slow tracker at the end only, and closes it once all is done", async () => {
  const order: string[] = [];
  let release = (): void => {};
  const gate = new Promise<void>((resolve) => (release = resolve));
  let pending = 0;
  const slow: Tracker = {
    track: async ({ type }) => {
      pending++;
      if (type === "search-ended") release(); // nothing is done before: trials that waited for it would never end
      await gate;
      pending--;
    },
    close: async () => {
      order.push(`closes with ${pending} pending`);
      await Promise.resolve();
      order.push("closed");
    },
  };
  const { trials } = await search.with({ trackers: [slow] }).start();
  order.push("ended");
  expect(trials).toHaveLength(5);
  expect(order).toEqual(["closes with 0 pending", "closed", "ended"]);
});

it("makes a tracker of its factory anew for every start, and takes names", async () => {
  let created = 0;
  const factory: TrackerFactory = { info, create: () => (created++, { track: () => {} }) };
  const tracked = search.with({ trackers: [factory, "disabled"] });
  await tracked.start();
  await tracked.start();
  expect(created).toBe(2);
});

it("lends a tracker the search so far, drawn, while it runs and at its end", async () => {
  const drawn: Record<string, Readonly<Record<string, string>>> = {};
  const holding: TrackerFactory = {
    info,
    create: (watched) => ({
      async track({ type }) {
        if (type === "search-started" || type === "search-ended") drawn[type] = await watched.reportFiles();
      },
    }),
  };
  const { trials } = await search.with({ trackers: [holding] }).start({ warn: (text) => expect.unreachable(text) });
  const names = Object.keys(drawn["search-ended"]!);
  expect(names).toEqual(expect.arrayContaining(["report.html", "charts/history.svg", "charts/timeline.svg"]));
  expect(names).not.toContain("charts/front.svg"); // of one objective
  const page = drawn["search-ended"]!["report.html"]!;
  const held = JSON.parse(/<script type="application\/json" id="data">(.*)<\/script>/.exec(page)![1]!) as ReportData;
  expect(held.trials.number).toEqual(trials.filter(({ twin }) => twin === undefined).map(({ number }) => number));
  expect(drawn["search-started"]!["report.html"]!.includes("<title>search</title>")).toBe(true);
});
