import { describe, expect, it } from "vitest";
import type { Status, TrackedEvent, Watched } from "../../src/core/tracker.ts";
import { finishedTrial, lifeOfAStudy } from "../../src/testing/tracker-contract.ts";
import { progress } from "../../src/trackers/index.ts";
import { line } from "../../src/trackers/progress.ts";
import { until } from "../search/until.ts";

const status: Status = {
  trials: 40,
  budget: 100,
  running: 3,
  failed: 5,
  failures: { crash: 4, timeout: 1 },
  workers: 4,
  generation: 2,
  elapsed: 20_000,
  baseline: finishedTrial(0),
  best: [finishedTrial(2)],
};
const watched = (
  more: Partial<Status> = {},
  objectives: Watched["objectives"] = [{ name: "ms", direction: "minimize" }],
): Watched => ({ objectives, constraints: {}, trials: [], status: { ...status, ...more } }) as unknown as Watched;

describe("the line of progress", () => {
  it("has trials, rate, time left, the best against the baseline, failures by kind, and workers", () =>
    expect(line(watched())).toBe(
      "40/100 trials (40 %) · generation 2 · 2/s · 30.0 s left · best ms 8 (−20.0 %) · 5 failed (4 crash, 1 timeout) · 3/4 workers",
    ));
  it("counts the rate of this session alone", () =>
    expect(line(watched(), 30)).toContain(" · 2.0 s each · 2 min 0 s left · "));
  it("has a front of several objectives, and the time so far without a budget", () => {
    const { budget: _, baseline: __, ...rest } = status;
    const several = { ...watched(), status: { ...rest, best: [finishedTrial(2), finishedTrial(3)] } };
    const objectives = [{ name: "ms", direction: "maximize" as const }];
    expect(line({ ...several, objectives: [...objectives, ...objectives] })).toContain(
      "40 trials · generation 2 · 2/s · 20.0 s · front of 2, best ms 8, ms 8",
    );
  });
  it("ends with what was done", () =>
    expect(line(watched({ trials: 100, ended: "trials", failed: 0 }))).toBe(
      "100/100 trials (100 %) · generation 2 · 5/s · 20.0 s · best ms 8 (−20.0 %)",
    ));
});

describe("progress", () => {
  const follow = async (stream: object, events: readonly TrackedEvent[], given = watched()): Promise<void> => {
    const tracker = progress({ stream: stream as never }).create(given);
    for (const event of events) await tracker.track(event);
    await tracker.close?.();
  };
  const events = lifeOfAStudy.map(([event]) => event);

  it("is plain lines where there is no terminal", async () => {
    const text: string[] = [];
    await follow({ write: (part: string) => text.push(part) }, events);
    expect(text.length).toBeGreaterThan(1);
    // oxlint-disable-next-line no-control-regex -- what a terminal is sent
    for (const part of text) expect(part).toMatch(/^40\/100 trials [^\r\u001b]*\n$/);
  });

  it("is one line in a terminal, that is redrawn, fits, and ends as a line", async () => {
    const text: string[] = [];
    const tracker = progress({ stream: { write: (part: string) => text.push(part), isTTY: true, columns: 40 } }).create(
      watched(),
    );
    for (const event of events) await tracker.track(event);
    await until(() => text.length >= 3);
    // oxlint-disable-next-line no-control-regex -- what a terminal is sent
    for (const part of text) expect(part).toMatch(/^\r40\/100 trials [^\n]{1,26}…\u001b\[K$/);
    await tracker.close?.();
    // oxlint-disable-next-line no-control-regex -- what a terminal is sent
    expect(text.at(-1)).toMatch(/^\r\u001b\[K40\/100 .* workers\n$/);
  });

  it("takes a terminal that does not know its width for one of 80 columns", async () => {
    const text: string[] = [];
    await follow({ write: (part: string) => text.push(part), isTTY: true, columns: 0 }, events);
    // oxlint-disable-next-line no-control-regex -- what a terminal is sent
    expect(text[0]).toMatch(/^\r40\/100 trials .{60,}…\u001b\[K$/);
  });

  it("says nothing where no trial runs", async () => {
    const text: string[] = [];
    await follow(
      { write: (part: string) => text.push(part) },
      events.filter(({ type }) => !type.startsWith("trial")),
    );
    expect(text).toEqual([]);
  });

  it("harms nothing with a terminal that is gone", async () => {
    let writes = 0;
    const write = (): void => {
      if (++writes > 1) throw new Error("EIO");
    };
    const tracker = progress({ stream: { write, isTTY: true } }).create(watched());
    for (const event of events) await tracker.track(event);
    await until(() => writes > 1);
    await expect(tracker.close?.()).rejects.toThrow("EIO");
  });

  it("refuses misuse", () =>
    expect(() => progress({ stream: 3 } as never)).toThrow("Expected `stream` to have a method `write`, got 3"));
});
