import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import type { Control } from "../../src/core/control.ts";
import { encodeControl } from "../../src/formats/control.ts";
import { file, memory } from "../../src/journals/index.ts";
import { commandSearches } from "../../src/search/commander.ts";
import { JournalView } from "../../src/search/journal-view.ts";
import { openStudy } from "../../src/search/open-study.ts";
import { defineSearch, type Search } from "../../src/search/search.ts";
import type { SearchHandle } from "../../src/search/handle.ts";
import type { Steered } from "../../src/search/steering.ts";
import { statusOf } from "../../src/search/study-status.ts";
import { int } from "../../src/space/index.ts";
import { FileWatch } from "../../src/system/file-watch.ts";
import { thisHost } from "../../src/system/host.ts";
import { until } from "./until.ts";

const directory = mkdtempSync(join(tmpdir(), "attune-steering-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
let n = 0;
const fresh = (): string => join(directory, `${n++}.attune.jsonl`);

/** A search whose trials end when they are let go. */
function held(journal?: string): { search: Search; begun: () => number; release: () => void } {
  const waiting: (() => void)[] = [];
  let begun = 0;
  const search = defineSearch({
    space: { x: int(0, 999) },
    objective: async ({ x }, { signal }) => {
      begun++;
      await new Promise<void>((go) => {
        waiting.push(go);
        signal.addEventListener("abort", () => go());
      });
      return x;
    },
    trials: 5,
    ...(journal === undefined ? {} : { journal }),
  }) as unknown as Search;
  return { search, begun: () => begun, release: () => waiting.splice(0).forEach((go) => go()) };
}

/** Lets trials go until the search is over. */
async function finish(handle: SearchHandle<unknown, unknown>, release: () => void): Promise<void> {
  let over = false;
  void handle.then(
    () => (over = true),
    () => (over = true),
  );
  await until(() => {
    release();
    return over;
  });
}

async function writers(journal: string): Promise<string[]> {
  await using view = await JournalView.open(journal);
  return view.sessions.map(({ writer }) => writer);
}

it.each([["in a file"], ["in memory"], ["without a journal"]])(
  "is paused and continued by its own process (%s)",
  async (where) => {
    const journal = where === "in a file" ? fresh() : where === "in memory" ? memory("kept") : undefined;
    const { search, begun, release } = held();
    const handle = search.with(journal === undefined ? {} : { journal }).start();
    const seen: string[] = [];
    handle.watch(({ event }) => seen.push(event.type));
    await until(() => begun() === 1);
    await handle.pause();
    expect(handle.status).toMatchObject({ paused: true, running: 1 });
    release();
    await until(() => handle.status!.trials === 1);
    expect(begun()).toBe(1);
    expect(handle.status).toMatchObject({ paused: true, running: 0 });
    await handle.continue();
    expect(handle.status!.paused).toBeUndefined();
    await finish(handle, release);
    expect((await handle).trials).toHaveLength(5);
    expect(seen.filter((type) => type === "search-started").length).toBeLessThanOrEqual(1);
    await handle.pause(); // too late, and no harm
    expect(handle.status!.paused).toBeUndefined();
  },
);

it("shows in the journal that it is paused, stopping or ended, and leaves no control file", async () => {
  const journal = fresh();
  const { search, begun, release } = held(journal);
  const handle = search.start();
  await until(() => begun() === 1);
  const stateOf = async (): Promise<string> => {
    await using view = await JournalView.open(journal);
    return statusOf(view, Date.now()).state;
  };
  expect(existsSync(`${journal}.control`)).toBe(true);
  expect(await stateOf()).toBe("running");
  await handle.pause();
  expect(await stateOf()).toBe("paused");
  await handle.continue();
  expect(await stateOf()).toBe("running");
  let [waited, done] = [false, false];
  const stopping = commandSearches(journal, "stop", {
    waiting: (left) => (waited ||= left.some(({ heard, running }) => heard && running === 1)),
  }).finally(() => (done = true));
  await until(() => waited || done);
  expect([await stateOf(), done]).toEqual(["stopping", false]);
  release();
  expect((await stopping).searches).toMatchObject([{ state: "ended" }]);
  expect((await handle).reason).toBe("stopped");
  expect(await stateOf()).toBe("idle");
  expect(existsSync(`${journal}.control`)).toBe(false);
});

it("waits until a pause has taken effect, and says what it waits for", async () => {
  const journal = fresh();
  const { search, begun, release } = held(journal);
  const told: Steered[] = [];
  const handle = search.start({ steered: (one) => told.push(one) });
  await until(() => begun() === 1);
  const waits: string[] = [];
  let done = false;
  const pausing = commandSearches(journal, "pause", {
    waiting: (left) => waits.push(...left.map(({ heard, running }) => `${heard} ${running}`)),
  }).finally(() => (done = true));
  await until(() => waits.includes("true 1"));
  expect(done).toBe(false);
  release();
  expect((await pausing).searches).toHaveLength(1);
  expect(handle.status).toMatchObject({ paused: true, running: 0 });
  await commandSearches(journal, "pause"); // again changes nothing
  expect(handle.status).toMatchObject({ paused: true });
  await commandSearches(journal, "continue");
  await until(() => begun() === 2);
  await commandSearches(journal, "stop", { now: true });
  expect((await handle).reason).toBe("stopped");
  expect(told.map(({ command, now, running }) => [command, now, running])).toEqual([
    ["pause", false, 1],
    ["pause", false, 0],
    ["continue", false, 0],
    ["stop", true, 1],
  ]);
});

it("obeys only what is for it, says once what it cannot read, and hears afterwards", async () => {
  const journal = fresh();
  const { search, begun, release } = held(journal);
  const warned: string[] = [];
  const told: string[] = [];
  const handle = search.start({
    warn: (message) => warned.push(message),
    steered: ({ command }) => told.push(command),
  });
  await until(() => begun() === 1);
  const file = `${journal}.control`;
  const write = (control: Partial<Control>): void =>
    writeFileSync(file, encodeControl({ command: "stop", id: "1", to: [], ...control }));
  for (const text of [
    "garbage",
    "garbage",
    '{"attune":"control","version":1,"command":"process.exit()","id":"1","to":[]}',
  ]) {
    writeFileSync(file, text);
    await until(() => warned.some((message) => message.includes(text === "garbage" ? "garbage" : "process.exit")));
  }
  await until(() => warned.length === 2);
  const [writer] = await writers(journal);
  const rewritten = async (control: Partial<Control>): Promise<void> => {
    let heard = false; // by this test, so by the search too, which watches for longer
    const watch = new FileWatch(file, { changed: () => (heard = true), make: () => {} });
    write(control);
    await until(() => heard);
    watch.close();
  };
  await rewritten({ to: ["somebody else"] });
  rmSync(file);
  await until(() => existsSync(file));
  write({ command: "pause", to: [writer!] });
  await until(() => handle.status!.paused === true);
  await rewritten({ command: "pause", to: [writer!] });
  rmSync(file);
  mkdirSync(file); // then nothing can be told this way, and the search goes on all the same
  await handle.continue();
  await finish(handle, release);
  expect((await handle).trials).toHaveLength(5);
  expect(told).toEqual(["pause"]);
  expect(warned[0]).toMatch(/to be a control file of version 1, got "garbage"; it is ignored$/);
});

it("reaches several searches of one journal, and the first that ends leaves the others theirs", async () => {
  const journal = fresh();
  const [one, two] = [held(journal), held(journal)];
  const first = one.search.start();
  await until(() => one.begun() === 1);
  const second = two.search.start();
  await until(() => two.begun() === 1);
  const pausing = commandSearches(journal, "pause");
  await until(() => [first, second].every(({ status }) => status?.paused));
  one.release();
  two.release();
  expect((await pausing).searches).toHaveLength(2);
  await first.stop();
  await until(() => existsSync(`${journal}.control`));
  expect((await commandSearches(journal, "continue")).searches).toHaveLength(1);
  await until(() => two.begun() === 2);
  await commandSearches(journal, "stop", { now: true });
  expect((await second).reason).toBe("stopped");
  expect(existsSync(`${journal}.control`)).toBe(false);
});

it("finds nobody where nobody works, and names those that cannot be told", async () => {
  const journal = fresh();
  const study = await openStudy({ space: { x: int(0, 9) }, journal });
  expect(await commandSearches(journal, "stop")).toMatchObject({ searches: [], deaf: [{ state: "works" }] });
  await study.close();
  expect(await commandSearches(journal, "stop")).toEqual({ searches: [], deaf: [] });
  expect(existsSync(`${journal}.control`)).toBe(false);
  await expect(commandSearches(join(directory, "none"), "stop")).rejects.toThrow("Cannot find the journal");
});

/** A search that never hears anything, as one of an older attune: this process, or one of another host. */
async function deaf(path: string, host?: string): Promise<{ end(): Promise<void> }> {
  const journal = await file(path).open();
  const { identity } = thisHost();
  const space = { type: "object", of: { x: { type: "int", low: 0, high: 9 } } };
  const study = {
    space,
    rules: [],
    objectives: [{ name: "value", direction: "minimize" as const }],
    constraints: {},
    seed: 1,
  };
  const settings = { sampler: { name: "random", version: 1, options: {} }, evaluator: "inline" };
  const process = host === undefined ? identity : { ...identity, host };
  await journal.append([
    { type: "study-created", at: 1, version: 1, study },
    { type: "search-started", at: 2, writer: "deaf", process, environment: null, settings },
  ]);
  return {
    async end() {
      await journal.append([{ type: "search-ended", at: 3, writer: "deaf", reason: "stopped" }]);
      await journal[Symbol.asyncDispose]();
    },
  };
}

it("waits for a search that does not hear, until it ends; a command that another one overtook says so", async () => {
  const journal = fresh();
  const search = await deaf(journal);
  const waits: boolean[] = [];
  const pausing = commandSearches(journal, "pause", {
    waiting: (left) => waits.push(...left.map(({ heard }) => heard)),
  });
  pausing.catch(() => {});
  await until(() => waits.length > 0);
  expect(waits).toEqual([false]);
  const stopping = commandSearches(journal, "stop");
  await expect(pausing).rejects.toThrow("`pause` was overtaken: another process told the search to stop");
  await search.end();
  expect((await stopping).searches).toMatchObject([{ state: "ended" }]);
});

it("leaves the file to a search that is still to read it, when it begins and when it ends", async () => {
  const journal = fresh();
  const other = await deaf(journal);
  const told = encodeControl({ command: "pause", id: "1", to: ["deaf"] });
  writeFileSync(`${journal}.control`, told);
  await defineSearch({ space: { x: int(0, 9) }, objective: ({ x }) => x, trials: 2, journal }).start();
  expect(readFileSync(`${journal}.control`, "utf8")).toBe(told);
  await other.end();
});

it("takes a search on another host for gone when it says nothing for as long as a lease", async () => {
  const journal = fresh();
  const search = await deaf(journal, "elsewhere");
  await using view = await JournalView.open(journal);
  expect(statusOf(view, 10)).toMatchObject({ state: "running", sessions: [{ state: "away", heard: 2 }] });
  expect(await commandSearches(journal, "stop", { lease: 50 })).toEqual({ searches: [], deaf: [] });
  await search.end();
});

it("takes away what a killed search was told, when the next one starts, and obeys none of it", async () => {
  const journal = fresh();
  await (await openStudy({ space: { x: int(0, 999) }, journal })).close();
  const [gone] = await writers(journal);
  writeFileSync(`${journal}.control`, encodeControl({ command: "pause", id: "1", to: [gone!] }));
  const { search, begun, release } = held(journal);
  const handle = search.with({ space: { x: int(0, 999) } }).start({ warn: () => {} });
  await until(() => begun() === 1);
  expect(readFileSync(`${journal}.control`, "utf8")).toBe("");
  expect(handle.status!.paused).toBeUndefined();
  await finish(handle, release);
});
