import { chmodSync, chownSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readJournal } from "../../src/search/read-journal.ts";
import { bundle, start, type Started } from "../journals/processes.ts";

const TRIALS = 300;
const NOBODY = 65_534;
const root = process.getuid?.() === 0; // root may do everything: as root these run as nobody

let directory = "";
let program = "";
let made = 0;
beforeAll(async () => {
  ({ directory, program } = await bundle("search-driver"));
  chmodSync(directory, 0o755);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A directory of the user that the searches run as. */
function fresh(): { home: string; journal: string } {
  const home = join(directory, String(made++));
  mkdirSync(home);
  if (root) chownSync(home, NOBODY, NOBODY);
  return { home, journal: join(home, "j.jsonl") };
}

const search = (journal: string): Started =>
  start(process.execPath, [program, journal, String(TRIALS)], root ? { uid: NOBODY } : {});

/** All that was acknowledged is in the journal. */
async function expectKept(journal: string, { lines }: Started): Promise<void> {
  const { trials } = await readJournal(journal);
  const told = lines.filter((line) => /^\d+$/.test(line)).map(Number);
  expect(told.length).toBeGreaterThan(10);
  for (const number of told) expect(trials[number]).toMatchObject({ state: "complete" });
}

async function expectResumes(journal: string): Promise<void> {
  const again = search(journal);
  await again.ended;
  expect(again.lines.at(-1)).toBe("ended trials");
  const { trials } = await readJournal(journal);
  expect(trials.filter(({ state }) => state === "complete")).toHaveLength(TRIALS);
}

describe.runIf(process.platform !== "win32").concurrent("in the middle of a search", () => {
  it("a directory that becomes read-only ends it with an error, and nothing is lost", async () => {
    const { home, journal } = fresh();
    const running = search(journal);
    await running.wrote(20);
    chmodSync(home, 0o555);
    await running.ended;
    expect(running.lines.at(-1)).toBe(
      `error Cannot lock ${journal}: permission denied (EACCES); the lock is a file beside it`,
    );
    await expectKept(journal, running);
    chmodSync(home, 0o755);
    await expectResumes(journal);
  });

  it("a journal that becomes read-only is written to the end, and refused by the next", async () => {
    const { journal } = fresh();
    const running = search(journal);
    await running.wrote(20);
    chmodSync(journal, 0o444);
    await running.ended;
    expect(running.lines.at(-1)).toBe("ended trials");
    await expectKept(journal, running);
    const next = search(journal);
    await next.ended;
    expect(next.lines).toEqual([`error Cannot open the journal ${journal}: permission denied (EACCES)`]);
    chmodSync(journal, 0o644);
    await expectResumes(journal);
  });

  it.each(["deleted", "replaced by another file"])("a journal that is %s ends it with an error", async (how) => {
    const { journal } = fresh();
    const running = search(journal);
    await running.wrote(20);
    if (how === "deleted") rmSync(journal);
    else {
      writeFileSync(`${journal}.new`, "theirs\n");
      renameSync(`${journal}.new`, journal);
    }
    await running.ended;
    expect(running.lines.at(-1)).toBe(`error The journal ${journal} was deleted while it was in use`);
  });

  it("a journal that is moved goes on under its new name", async () => {
    const { journal } = fresh();
    const running = search(journal);
    await running.wrote(20);
    renameSync(journal, `${journal}.moved`);
    await running.ended;
    expect(running.lines.at(-1)).toBe("ended trials");
    await expectKept(`${journal}.moved`, running);
  });
});
