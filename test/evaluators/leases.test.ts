import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { ResourcePool } from "../../src/core/attempt-policy.ts";
import type { Task } from "../../src/core/evaluator.ts";
import { realClock } from "../../src/system/clock.ts";
import { SocketLock } from "../../src/system/socket-lock.ts";
import { bundle, type Started, start } from "../journals/processes.ts";
import { reaperOf } from "../system/linux.ts";
import { bareTask, provided } from "./provided.ts";

const pool = (name: string): string => `${name}-${randomUUID()}`;

describe("tokens", () => {
  it("are leased per attempt, never twice, and in the order of asking", async () => {
    const [gpu, port] = [pool("gpu"), pool("port")];
    const busy = new Set<string>();
    const order: number[] = [];
    const seen = new Set<string>();
    const { evaluator } = provided(
      { resources: { [gpu]: 4, [port]: { tokens: [80, "x"], each: 1 } } },
      async (task) => {
        const mine = Object.entries(task.leases).flatMap(([name, tokens]) => tokens.map((token) => `${name}/${token}`));
        expect(Object.keys(task.leases)).toEqual([gpu, port]);
        for (const token of mine) {
          expect(busy).not.toContain(token);
          busy.add(token);
          seen.add(token);
        }
        order.push(task.number);
        await realClock.sleep(3);
        for (const token of mine) busy.delete(token);
        return { state: "pruned" };
      },
    );
    expect(evaluator.concurrency).toBe(2);
    await Promise.all(Array.from({ length: 20 }, (_, i) => evaluator.evaluate(bareTask(i))));
    expect(order).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect([...seen].sort()).toEqual([0, 1, 2, 3].map((n) => `${gpu}/${n}`).concat(`${port}/80`, `${port}/x`));
    await evaluator[Symbol.asyncDispose]();
  });

  it("come in turn: one after the other, several at a time", async () => {
    const [one, two] = [pool("one"), pool("two")];
    const seen: (readonly string[])[] = [];
    const { evaluator } = provided(
      { resources: { [one]: [1, 2, 3, 4], [two]: { tokens: 3, each: 2 } } },
      async (task) => {
        seen.push([...task.leases[one]!, ...task.leases[two]!]);
        return { state: "pruned" };
      },
    );
    for (let i = 0; i < 8; i++) await evaluator.evaluate(bareTask(i));
    expect(seen.map(([token]) => Number(token))).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
    expect(seen.map((tokens) => tokens.slice(1).join(""))).toEqual(["01", "20", "12", "01", "20", "12", "01", "20"]);
    await evaluator[Symbol.asyncDispose]();
  });

  it("of pools of one name are shared between searches, without deadlock when each needs several", async () => {
    const [a, b] = [pool("a"), pool("b")];
    const busy = new Set<string>();
    let most = 0;
    const run = async ({ leases }: Task): Promise<{ state: "pruned" }> => {
      const mine = Object.entries(leases).flatMap(([name, tokens]) => tokens.map((token) => name + token));
      expect(mine).toHaveLength(4);
      for (const token of mine) expect(busy).not.toContain(token);
      for (const token of mine) busy.add(token);
      most = Math.max(most, busy.size);
      await realClock.sleep(2);
      for (const token of mine) busy.delete(token);
      return { state: "pruned" };
    };
    const two = (tokens: number): ResourcePool => ({ tokens, each: 2 });
    const searches = [
      provided({ resources: { [a]: two(4), [b]: two(5) } }, run).evaluator,
      provided({ resources: { [b]: two(5), [a]: two(4) } }, run).evaluator,
      provided({ resources: { [a]: two(3), [b]: two(3) } }, run).evaluator,
    ];
    expect(searches.map(({ concurrency }) => concurrency)).toEqual([2, 2, 1]);
    await Promise.all(searches.flatMap((one) => Array.from({ length: 12 }, (_, i) => one.evaluate(bareTask(i)))));
    expect(most).toBeGreaterThan(0);
    expect(busy.size).toBe(0);
  });

  it("are not asked for again and again while another search holds them", async () => {
    const resources = { [pool("gpu")]: 1 };
    const [ended, leased] = [new AbortController(), new AbortController()];
    const holding = provided({ resources }, async () => {
      leased.abort();
      await realClock.sleep(60_000, ended.signal);
      return { state: "pruned" };
    });
    const first = holding.evaluator.evaluate(bareTask(0));
    await realClock.sleep(60_000, leased.signal);
    const tries = vi.spyOn(SocketLock.prototype, "try");
    const waiting = provided({ resources }, async () => ({ state: "pruned" }));
    const second = waiting.evaluator.evaluate(bareTask(0));
    await realClock.sleep(200);
    expect(tries.mock.calls.length).toBeLessThanOrEqual(3);
    tries.mockRestore();
    ended.abort();
    await Promise.all([first, second]);
    for (const { evaluator } of [holding, waiting]) await evaluator[Symbol.asyncDispose]();
  });

  it("are returned when the evaluator breaks", async () => {
    const resources = { [pool("one")]: 1 };
    const { evaluator } = provided({ resources }, async () => {
      throw new Error("broken");
    });
    for (let i = 0; i < 3; i++) await expect(evaluator.evaluate(bareTask(i))).rejects.toThrow("broken");
  });

  it("are waited for until the search is cancelled, or closed", async () => {
    const resources = { [pool("one")]: ["sole"] };
    const free = new AbortController();
    const { evaluator } = provided({ resources }, async () => {
      await realClock.sleep(60_000, free.signal);
      return { state: "pruned" };
    });
    const other = provided({ resources }, async () => ({ state: "pruned" })).evaluator;
    const first = evaluator.evaluate(bareTask(0));
    const [a, b] = [new AbortController(), new AbortController()];
    const waiting = [a, b].map(({ signal }, i) => evaluator.evaluate(bareTask(i + 1, { signal })));
    const third = evaluator.evaluate(bareTask(3));
    const elsewhere = other.evaluate(bareTask(0));
    await realClock.sleep(50);
    b.abort({ state: "pruned" });
    expect(await waiting[1]).toEqual({ state: "pruned" });
    a.abort(new Error("enough"));
    expect(await waiting[0]).toEqual({ state: "cancelled", reason: "enough" });
    const closed = evaluator[Symbol.asyncDispose]();
    expect(await third).toEqual({ state: "cancelled", reason: "the evaluator is closed" });
    free.abort();
    await Promise.all([first, closed]);
    expect(await elsewhere).toEqual({ state: "pruned" });
  });
});

describe("tokens of several processes", () => {
  let directory = "";
  let program = "";
  beforeAll(async () => {
    ({ directory, program } = await bundle("lease-user"));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const fresh = (): string => join(mkdtempSync(join(directory, "x-")), "notes");
  const notes = (file: string): string[][] =>
    existsSync(file)
      ? readFileSync(file, "utf8")
          .trim()
          .split("\n")
          .map((line) => line.split(" "))
      : [];
  const user = (...args: string[]): Started => start(process.execPath, [program, ...args]);

  it("are never held twice, also when holders are killed", async () => {
    const pools = JSON.stringify({ [pool("gpu")]: { tokens: 3, each: 2 }, [pool("port")]: 2 });
    const file = fresh();
    const users = Array.from({ length: 4 }, () => user(pools, file, "30"));
    const killed: string[] = [];
    for (const { child, ended } of users.slice(0, 2)) {
      const before = notes(file).length;
      while (notes(file).length < before + 30) await realClock.sleep(3);
      child.kill("SIGKILL");
      killed.push(String(child.pid));
      await ended;
    }
    await Promise.all(users.map(({ ended }) => ended));
    const inside = new Map<string, string>();
    for (const [word, token, who] of notes(file) as [string, string, string][]) {
      const holder = inside.get(token);
      if (word === "start" && holder !== undefined) expect(killed).toContain(holder);
      if (word === "end") expect(holder).toBe(who);
      if (word === "start") inside.set(token, who);
      else inside.delete(token);
    }
    expect(notes(file).filter(([word]) => word === "end").length).toBeGreaterThanOrEqual(2 * 30 * 3);
  });

  it.runIf(process.platform === "linux")("are not leased while what a killed holder started still runs", async () => {
    const name = pool("gpu");
    const file = fresh();
    const holder = user(JSON.stringify({ [name]: 1 }), file, "0");
    await holder.wrote(1);
    const child = Number(holder.lines[0]);
    process.kill(await reaperOf(holder.child.pid!), "SIGKILL"); // else it would be too quick to be seen
    holder.child.kill("SIGKILL");
    let leased = false;
    const { evaluator } = provided({ resources: { [name]: 1 } }, async () => {
      leased = true;
      return { state: "pruned" };
    });
    const waiting = evaluator.evaluate(bareTask(0));
    await realClock.sleep(300);
    const early = leased;
    process.kill(-child, "SIGKILL");
    expect(early).toBe(false);
    await waiting;
    expect(leased).toBe(true);
  });
});
