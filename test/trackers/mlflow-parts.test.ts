import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FinishedTrial } from "../../src/core/trial.ts";
import { finishedTrial } from "../../src/testing/tracker-contract.ts";
import { until } from "../../src/testing/contract-task.ts";
import { accessOf } from "../../src/trackers/mlflow/access.ts";
import { batches, type Metric } from "../../src/trackers/mlflow/batch.ts";
import { History } from "../../src/trackers/mlflow/history.ts";
import { flattened, keyed, keyOf, shortened } from "../../src/trackers/mlflow/keys.ts";
import { Naming, valuesOf } from "../../src/trackers/mlflow/naming.ts";
import { Outbox } from "../../src/trackers/mlflow/outbox.ts";
import { Refusal, Unavailable } from "../../src/trackers/mlflow/trouble.ts";

describe("what MLflow takes", () => {
  it("is any name, as a key that its rules allow and that no other has", () =>
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" }), { maxLength: 8 }), (names) => {
        const keys = keyed(names.map((name) => [name, 0])).map(([key]) => key);
        expect(new Set(keys).size).toBe(names.length);
        for (const key of keys) {
          expect(key).toMatch(/^[\p{L}\p{N}_\-./ ]{1,250}$/u);
          expect(key.split("/").some((part) => ["", ".", ".."].includes(part))).toBe(false);
        }
      }),
    ));

  it("keeps names that are right, and the beginnings of long ones", () => {
    expect(keyOf("schedule.kind/a-b 1_2")).toBe("schedule.kind/a-b 1_2");
    expect(keyOf("x".repeat(300))).toHaveLength(250);
    expect(shortened("x".repeat(6001), "param")).toBe(`${"x".repeat(5999)}…`);
    expect(shortened("x".repeat(5000), "tag")).toHaveLength(5000);
  });

  it("is flat", () =>
    expect(
      flattened([
        { a: { kind: "b", n: 1.5 }, list: [1, "x"] },
        { on: true, none: null },
      ]),
    ).toEqual([
      ["0.a.kind", "b"],
      ["0.a.n", "1.5"],
      ["0.list", '[1,"x"]'],
      ["1.on", "true"],
      ["1.none", "null"],
    ]));

  it("is cut into requests within the limits, with nothing left out", () => {
    const metrics = Array.from({ length: 2500 }, (_, i): Metric => ({ key: `m${i}`, value: i, timestamp: 1, step: 0 }));
    const params = Array.from({ length: 250 }, (_, i) => ({ key: `p${i}`, value: "v".repeat(6000) }));
    const tags = Array.from({ length: 120 }, (_, i) => ({ key: `t${i}`, value: "v".repeat(5000) }));
    const cut = batches({ metrics, params, tags });
    for (const { metrics: m = [], params: p = [], tags: t = [] } of cut) {
      expect(m.length).toBeLessThanOrEqual(1000);
      expect(p.length).toBeLessThanOrEqual(100);
      expect(t.length).toBeLessThanOrEqual(100);
      expect(m.length + p.length + t.length).toBeLessThanOrEqual(1000);
      expect(JSON.stringify([m, p, t]).length).toBeLessThan(1_000_000);
    }
    expect(cut.flatMap((batch) => batch.metrics ?? [])).toEqual(metrics);
    expect(cut.flatMap((batch) => batch.params ?? [])).toEqual(params);
    expect(cut.flatMap((batch) => batch.tags ?? [])).toEqual(tags);
    expect(batches({})).toEqual([]);
  });
});

describe("how a server is reached", () => {
  const basic = (text: string): object => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` });

  it.each([
    [undefined, {}, "http://127.0.0.1:5000", {}],
    ["https://me:p%20w@host/mlflow/", {}, "https://host/mlflow", basic("me:p w")],
    [undefined, { MLFLOW_TRACKING_URI: "http://h:1/" }, "http://h:1", {}],
    ["http://h", { MLFLOW_TRACKING_TOKEN: "t" }, "http://h", { authorization: "Bearer t" }],
    [
      "http://h",
      { MLFLOW_TRACKING_TOKEN: "t", MLFLOW_TRACKING_USERNAME: "u", MLFLOW_TRACKING_PASSWORD: "p" },
      "http://h",
      basic("u:p"),
    ],
    ["http://h", { MLFLOW_TRACKING_USERNAME: "half" }, "http://h", {}],
  ])("%s with %j", (given, env, uri, headers) =>
    expect(accessOf(given, env)).toEqual({ uri, headers, tls: {}, timeout: 10_000 }),
  );

  it("is waited for as long as the variable says", () =>
    expect(accessOf("http://h", { MLFLOW_HTTP_REQUEST_TIMEOUT: "0.5" }).timeout).toBe(500));
});

describe("the series of a study", () => {
  const naming = new Naming({});
  const two = [
    { name: "a", direction: "minimize" },
    { name: "b", direction: "maximize" },
  ] as const;
  const trial = (number: number, values: Record<string, number>, more: object = {}): FinishedTrial =>
    finishedTrial(number, { values, ...more });
  const points = (made: Metric[], key: string): [number, number][] =>
    made.filter((point) => point.key === key).map(({ step, value }) => [step, value]);

  it("counts the volume below one point, which the first five complete trials settle", () => {
    const history = new History(two, {}, naming);
    const given = [
      [4, 1],
      [3, 1],
      [4, 2],
      [5, 3],
      [4, 0],
      [2, 2],
    ].map(([a, b], i) => trial(i, { a: a!, b: b! }));
    const made = given.flatMap((each) => history.add(each));
    expect(points(made, "best/a").at(-1)).toEqual([6, 2]);
    expect(points(made, "best/b").at(-1)).toEqual([6, 3]);
    // reference: a 5 + 0.2, b 0 − 0.3
    const [fifth, sixth] = points(made, "hypervolume");
    expect(fifth![0]).toBe(5);
    expect(fifth![1]).toBeCloseTo(2.2 * 1.3 + 1.2 * 1 + 0.2 * 1, 9);
    expect(sixth![1]).toBeCloseTo(3.2 * 2.3 + 0.2 * 1, 9);
    expect(points(made, "front").map(([, value]) => value)).toEqual([1, 1, 2, 3, 3, 2]);
  });

  it("holds feasible trials only for best, and logs what is normalised", () => {
    const history = new History([two[0]], { b: { max: 1 } }, naming);
    const made = [
      trial(0, { a: 5, b: 1 }, { normalized: { a: 1 } }),
      trial(1, { a: 1, b: 2 }, { normalized: { a: 0.2 } }),
      trial(2, {}, { state: "failed" }),
    ].flatMap((each) => history.add(each));
    expect(points(made, "best/a")).toEqual([
      [1, 5],
      [2, 5],
      [3, 5],
    ]);
    expect(points(made, "failed")).toEqual([
      [1, 0],
      [2, 0],
      [3, 1],
    ]);
    expect(points(made, "normalized/a")).toEqual([
      [0, 1],
      [1, 0.2],
    ]);
    expect(valuesOf(trial(0, { a: 5 }, { normalized: { a: 1 } }), naming).map(({ key }) => key)).toContain(
      "normalized/a",
    );
  });
});

describe("an outbox", () => {
  const outbox = (send: (key: number) => Promise<void>): { box: Outbox<number>; said: string[] } => {
    const said: string[] = [];
    return {
      box: new Outbox({
        send,
        lanes: 3,
        refused: (key, reason) => said.push(`refused ${key}: ${reason}`),
        down: (reason) => said.push(`down: ${reason}`),
      }),
      said,
    };
  };

  it("sends a thing once however often it is named, and never twice at a time", async () => {
    const going = new Set<number>();
    const sent: number[] = [];
    let most = 0;
    const { box } = outbox(async (key) => {
      expect(going.has(key)).toBe(false);
      going.add(key);
      most = Math.max(most, going.size);
      await Promise.resolve();
      going.delete(key);
      sent.push(key);
    });
    for (let i = 0; i < 100; i++) box.add(i % 10);
    expect(await box.drain(1000)).toBe(true);
    expect(most).toBe(3);
    expect(new Set(sent).size).toBe(10);
    expect(sent.length).toBeLessThan(20); // those under way when they were named again
  });

  it("keeps what cannot be sent, says so once, and sends it when that is possible", async () => {
    let down = true;
    const sent = new Set<number>();
    const { box, said } = outbox(async (key) => {
      if (down) throw new Unavailable("nobody there");
      sent.add(key);
    });
    for (let i = 0; i < 50; i++) box.add(i);
    expect(box.unsent).toHaveLength(50);
    await until(() => said.length > 0);
    expect(box.isDown).toBe(true);
    expect(await box.drain(1)).toBe(false);
    down = false;
    expect(await box.drain(10_000)).toBe(true);
    expect(sent.size).toBe(50);
    expect(said).toEqual(["down: nobody there"]);
  });

  it("drops what is refused, and goes on", async () => {
    const { box, said } = outbox(async (key) => {
      if (key === 1) throw new Refusal("INVALID", "never");
    });
    for (let i = 0; i < 3; i++) box.add(i);
    expect(await box.drain(1000)).toBe(true);
    expect(said).toEqual(["refused 1: INVALID: never"]);
  });
});
