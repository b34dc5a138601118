import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import type { ProcessIdentity, StudyEvent } from "../../src/core/event.ts";
import { realClock } from "../../src/system/clock.ts";
import { thisHost } from "../../src/system/host.ts";
import { jobsSearch } from "../fixtures/jobs-search.ts";
import { start } from "../journals/processes.ts";

const driver = fileURLToPath(new URL("../fixtures/runner-driver.ts", import.meta.url));
const jiti = fileURLToPath(new URL("../../node_modules/jiti/lib/jiti-cli.mjs", import.meta.url));
const made: string[] = [];
afterAll(() => made.forEach((path) => rmSync(path, { recursive: true, force: true })));

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await realClock.sleep(5);
};

it("attaches to the jobs that a killed search has left, and runs none of them twice", async () => {
  const directory = mkdtempSync(join(tmpdir(), "attune-attach-"));
  made.push(directory);
  const journal = join(directory, "tune.attune.jsonl");
  const begun = (): string[] =>
    existsSync(join(directory, "begun"))
      ? readFileSync(join(directory, "begun"), "utf8").trim().split("\n").sort()
      : [];
  const events = (): StudyEvent[] =>
    existsSync(journal)
      ? readFileSync(journal, "utf8")
          .split("\n")
          .slice(0, -1)
          .map((line) => JSON.parse(line) as StudyEvent)
      : [];
  const placed = (): StudyEvent[] => events().filter(({ type }) => type === "trial-placed");
  const go = (number: number | ""): void => writeFileSync(join(directory, number === "" ? "go" : `go-${number}`), "");

  const killed = start(process.execPath, [jiti, driver, directory, journal]);
  await until(() => begun().length === 2 && placed().length >= 2);
  killed.child.kill("SIGKILL");
  await killed.ended;
  const jobs = readdirSync(join(directory, "jobs"));
  expect(jobs).toHaveLength(2);
  const identity = (job: string): ProcessIdentity =>
    JSON.parse(readFileSync(join(directory, "jobs", job, "process.json"), "utf8")) as ProcessIdentity;
  expect(jobs.map((job) => thisHost().alive(identity(job)))).toEqual([true, true]);

  go(0); // this one ends while nobody looks
  await until(() => jobs.some((job) => existsSync(join(directory, "jobs", job, "outcome.json"))));
  const handle = jobsSearch(directory, journal).start();
  await until(() => events().some((event) => event.type === "trial-finished" && event.number === 0));
  expect(events().some((event) => event.type === "trial-finished" && event.number === 1)).toBe(false);
  go("");
  const { trials } = await handle;
  expect(trials.map(({ number, state, attempt }) => [number, state, attempt])).toEqual(
    [0, 1, 2, 3, 4].map((number) => [number, "complete", 1]),
  );
  for (const { params, values } of trials) expect(values).toMatchObject({ value: (params as { x: number }).x });
  expect(begun(), "each job has begun once").toEqual(["0", "1", "2", "3", "4"]);
  const taken = placed().filter((event) => "from" in event);
  expect(taken).toHaveLength(2);
  expect(jobs.map((job) => thisHost().alive(identity(job)))).toEqual([false, false]);
});

it("runs a trial again whose job went with the search, and cancels jobs of a search that is stopped", async () => {
  const directory = mkdtempSync(join(tmpdir(), "attune-attach-"));
  made.push(directory);
  const handle = jobsSearch(directory, join(directory, "tune.attune.jsonl")).start();
  const jobs = (): string[] => (existsSync(join(directory, "jobs")) ? readdirSync(join(directory, "jobs")) : []);
  const files = (name: string): string[] =>
    jobs()
      .map((job) => join(directory, "jobs", job, name))
      .filter(existsSync);
  await until(() => files("process.json").length === 2 && existsSync(join(directory, "begun")));
  const identities = files("process.json").map((file) => JSON.parse(readFileSync(file, "utf8")) as ProcessIdentity);
  process.kill(-identities[0]!.pid, "SIGKILL");
  await until(() => jobs().length === 3);
  await handle.stop({ now: true });
  const all = files("process.json").map((file) => JSON.parse(readFileSync(file, "utf8")) as ProcessIdentity);
  expect(all.map((each) => thisHost().alive(each))).toEqual([false, false, false]);
  expect(files("cancelled.json").map((file) => readFileSync(file, "utf8"))).toEqual(
    Array(2).fill('{"reason":"stopped"}'),
  );
});
