import { expect, it } from "vitest";
import { host, keptJournal, open, standing } from "./harness.ts";

const where = { runner: "r", job: "j" };

/** A process asks for trials, places some of them, and dies. */
async function abandoned(placed: number) {
  const journal = await keptJournal();
  const gone = await open({ trials: 4, journal: await journal.open(), host: host(1) });
  for (let i = 0; i < 2; i++) {
    const trial = await gone.ask();
    if (typeof trial !== "object") throw new Error("no trial");
    if (i < placed) await gone.place(trial.number, trial.attempt, where);
  }
  const rejoin = async (pid: number, attaches: boolean) =>
    open({ trials: 4, journal: await journal.open(), host: host(pid, [1]), attaches });
  return { journal, rejoin };
}

it("hands out what a dead process had placed, first and as it was; what it had not placed is run again", async () => {
  const { rejoin } = await abandoned(1);
  const study = await rejoin(2, true);
  expect(study.queued).toBe(2);
  expect(await study.ask()).toMatchObject({ number: 0, attempt: 1, where });
  const again = await study.ask();
  expect(again).toMatchObject({ number: 1, attempt: 2 });
  expect(again).not.toHaveProperty("where");
  expect((await study.tell(0, 1, 1)).state).toBe("complete");
});

it("runs everything again where nothing can be attached to", async () => {
  const { rejoin } = await abandoned(2);
  const study = await rejoin(2, false);
  for (const number of [0, 1]) {
    const trial = await study.ask();
    expect(trial).toMatchObject({ number, attempt: 2 });
    expect(trial).not.toHaveProperty("where");
  }
});

it("lets one of several sessions take over, and the next one when that dies as well", async () => {
  const { journal, rejoin } = await abandoned(2);
  const both = await Promise.all([rejoin(2, true), rejoin(3, true)]);
  expect(both.reduce((sum, { queued }) => sum + queued, 0)).toBe(2);
  const asked = await Promise.all(both.map((study) => study.ask()));
  const more = await Promise.all(both.map((study) => study.ask()));
  const taken = [...asked, ...more].filter((trial) => typeof trial === "object" && trial.where !== undefined);
  expect(taken.map((trial) => (trial as { number: number }).number).sort()).toEqual([0, 1]);
  const last = await open({ trials: 4, journal: await journal.open(), host: host(4, [1, 2, 3]), attaches: true });
  expect([await last.ask(), await last.ask()]).toMatchObject([
    { number: 0, attempt: 1, where },
    { number: 1, attempt: 1, where },
  ]);
});

it("forgets what was told meanwhile", async () => {
  const { rejoin } = await abandoned(2);
  const study = await rejoin(2, true);
  await study.tell(0, 5, 1);
  expect(await study.ask()).toMatchObject({ number: 1, where });
  expect(await study.ask()).toMatchObject({ number: 2, attempt: 1 });
});

it("judges by real time whether a session on another host lives, however fast the study's own time passes", async () => {
  const journal = await keptJournal();
  const other = await open({ trials: 4, journal: await journal.open(), host: host(1, [], "there") });
  await other.ask();
  const clock = standing();
  const real = standing();
  const study = await open({ trials: 4, journal: await journal.open(), host: host(2), clock, real });
  clock.pass(1e9);
  await study.refresh();
  expect(study.trials[0]!.state).toBe("running");
  real.pass(61_000);
  await study.refresh();
  expect(study.trials[0]!.state).toBe("queued");
});
