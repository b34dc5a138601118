import { describe, expect, it } from "vitest";
import { judged, summarise } from "../../src/core/measure.ts";
import { createRandom, shuffle } from "../../src/core/random.ts";
import { nearest, show } from "../../src/core/errors.ts";

/** So many extra names. */
const many = (count: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${i}`, i]));

describe("what an objective may return", () => {
  const values = (returned: unknown, names = ["ms"], also?: string[]): unknown => {
    const outcome = judged(returned, names, also);
    return outcome.state === "complete"
      ? outcome.values
      : outcome.state === "failed"
        ? outcome.failure.message
        : outcome;
  };
  it.each([
    [3, { ms: { value: 3 } }],
    [[3], { ms: { value: 3, samples: 1 } }],
    [{ value: 3, stderr: 0 }, { ms: { value: 3, stderr: 0 } }],
    [
      { ms: 3, note: [1, 1] },
      { ms: { value: 3 }, note: { value: 1, stderr: 0, samples: 2 } },
    ],
    [{ ms: { value: -1 } }, { ms: { value: -1 } }],
    [
      { value: 3, stderr: 1, low: 2, high: 4, samples: [2, 3, 4], batch: 1 },
      { ms: { value: 3, stderr: 1, samples: 3 } },
    ],
    [{ ms: { value: 3, stderr: 1, low: 2, high: 4, samples: [2, 4] } }, { ms: { value: 3, stderr: 1, samples: 2 } }],
  ])("%j", (returned, measured) => expect(values(returned)).toEqual(measured));
  it("is one value beside others where these are no interval", () => {
    const named = { value: 3, low: 2, high: 4, samples: 9 };
    const outcome = { value: { value: 3 }, low: { value: 2 }, high: { value: 4 }, samples: { value: 9 } };
    expect(values(named, ["value"])).toEqual(outcome);
  });
  it("is a bounded number of names, and a message lists few of them", () => {
    expect(Object.keys(values({ ms: 1, ...many(9_999) }) as object)).toHaveLength(10_000);
    expect(values({ ms: 1, ...many(10_000) })).toBe("Expected the objective to return at most 10000 names, got 10001");
    expect(values(many(9_000))).toMatch(/^Expected the objective to return `ms`, got `n0`, .*`n19` and 8980 more$/);
  });
  it.each([
    [true, "Expected the objective to return a number, samples, { value, stderr } or { ms }, got true"],
    [null, "Expected the objective to return a number, samples, { value, stderr } or { ms }, got null"],
    [{}, "Expected the objective to return `ms`, got no names"],
    [[], "Expected `ms` to be a list of finite numbers, got []"],
    [[1, Infinity], 'Expected `ms` to be a list of finite numbers, got [1,"Infinity"]'],
    [{ ms: "3" }, 'Expected `ms` to be a number, a list of numbers or { value, stderr }, got "3"'],
    [{ ms: { value: 1, stderr: -1 } }, "Expected `ms` to be given a `stderr` that is a number ≥ 0"],
    [{ ms: Infinity }, "Expected `ms` to be a finite number, got Infinity"],
  ])("not %j", (returned, message) => expect(values(returned)).toContain(message));
  it("needs every objective and every limited name", () => {
    expect(values({ ms: 1 }, ["ms", "bytes"])).toBe("Expected the objective to return `bytes`, got `ms`");
    expect(values(4, ["ms"], ["rss"])).toBe("Expected the objective to return `rss`, got `ms`");
    expect(values(4, ["ms", "bytes"])).toBe("Expected the objective to return { ms, bytes }, got 4");
  });
  it("is summarised by its median, whose error shrinks with the root of the samples", () => {
    expect(summarise([5, 1, 9, 3])).toMatchObject({ value: 4, samples: 4 });
    expect(summarise([2, 4])).toEqual({ value: 3, stderr: 1, samples: 2 });
    expect(summarise([1, 2, 3]).stderr).toBeCloseTo(Math.sqrt(Math.PI / 2) / Math.sqrt(3), 12);
  });
});

describe("randomness", () => {
  it("is the same for a seed, and forks do not depend on what was drawn", () => {
    const a = createRandom(5);
    const b = createRandom(5);
    b.uniform();
    expect(a.fork(3).uniform()).toBe(b.fork(3).uniform());
    expect(a.fork(3).uniform()).not.toBe(a.fork(4).uniform());
    expect(a.fork("x").uniform()).not.toBe(a.fork("y").uniform());
    expect(createRandom(1.5).uniform()).not.toBe(createRandom(1).uniform());
    expect(createRandom(2 ** 40).uniform()).not.toBe(createRandom(0).uniform());
  });
  it("is pinned: a seed gives these numbers in every version", () => {
    const random = createRandom(42);
    expect([
      random.uniform(),
      random.uniform(),
      random.normal(),
      random.integer(1000),
      random.fork(7).fork("trial").uniform(),
    ]).toMatchInlineSnapshot(`
      [
        0.09636802459144589,
        0.5598710199218206,
        -0.4923192004972308,
        536,
        0.9207932788906624,
      ]
    `);
  });
  it("is uniform and normal", () => {
    const random = createRandom(9);
    const n = 100_000;
    const cells = new Array<number>(20).fill(0);
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      cells[Math.floor(random.uniform() * 20)]!++;
      const z = random.normal();
      sum += z;
      squares += z * z;
    }
    // chi² with 19 degrees of freedom exceeds 43.8 once in a thousand seeds; means are within 4 standard errors; the seed is fixed
    expect(cells.reduce((chi, c) => chi + (c - n / 20) ** 2 / (n / 20), 0)).toBeLessThan(43.8);
    expect(Math.abs(sum / n)).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(squares / n - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
  });
  it("forks independent streams: neighbours do not correlate", () => {
    const root = createRandom(3);
    const n = 20_000;
    const draws = Array.from({ length: n + 1 }, (_, i) => root.fork(i).uniform() - 0.5);
    const correlation = draws.slice(1).reduce((sum, x, i) => sum + x * draws[i]!, 0) / n / (1 / 12);
    expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(n));
  });
  it("shuffles every order equally often", () => {
    const random = createRandom(1);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = shuffle([1, 2, 3], random).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(1000));
  });
});

describe("messages", () => {
  it("suggest the nearest word, if any is near", () => {
    expect(nearest("genetc", ["random", "genetic"])).toBe("genetic");
    expect(nearest("xyz", ["random", "genetic"])).toBeUndefined();
    expect(nearest("b", ["a"])).toBeUndefined();
  });
  it("show any value in short", () => {
    const loop: Record<string, unknown> = {};
    loop["self"] = loop;
    expect([
      show("a"),
      show(undefined),
      show({ x: [1, Number.NaN] }),
      show(() => 1),
      show(loop),
      show("x".repeat(200)).length,
      show("x".repeat(2 ** 29 - 24)).length,
      show(Array.from({ length: 200 }, () => 1)).length,
    ]).toEqual(['"a"', "undefined", '{"x":[1,"NaN"]}', "a function", "[object Object]", 78, 78, 78]);
  });
});
