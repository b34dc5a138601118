import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { StudyEvent } from "../../src/core/event.ts";
import type { Tracker, Watched } from "../../src/core/tracker.ts";
import type { Trial } from "../../src/core/trial.ts";
import { mlflow } from "../../src/index.ts";
import { thisHost } from "../../src/system/host.ts";
import { finishedTrial } from "../../src/testing/tracker-contract.ts";
import { accessOf } from "../../src/trackers/mlflow/access.ts";
import { Client } from "../../src/trackers/mlflow/client.ts";
import { Others } from "../../src/trackers/mlflow/others.ts";
import { Server } from "../../src/trackers/mlflow/server.ts";
import { settingsFor } from "../../src/trackers/mlflow/settings.ts";
import { StudyRun } from "../../src/trackers/mlflow/study-run.ts";
import { TrialRuns } from "../../src/trackers/mlflow/trial-runs.ts";
import * as equipment from "../equipment.ts";
import { MlflowServer, type ShownRun } from "./mlflow-server.ts";

type Reason = (StudyEvent & { type: "search-ended" })["reason"];

const objectives = [{ name: "ms", direction: "minimize" }] as const;

const watched = (id: string, trials: readonly Trial[]): Watched => ({
  id,
  study: { space: { x: { type: "int", low: 0, high: 9 } }, rules: [], objectives, constraints: {}, seed: 1 },
  trials,
  objectives,
  constraints: {},
  status: { trials: trials.length, running: 0, failed: 0, failures: {}, workers: 1, elapsed: 0, best: [] },
  reportFiles: async () => ({}),
  warn: (message) => expect.fail(message),
});

describe.runIf(equipment.mlflow.found)("the runs of a study on an MLflow server", () => {
  const server = new MlflowServer();
  const clients: Client[] = [];
  beforeAll(() => server.start(), 120_000);
  afterAll(async () => {
    for (const client of clients) client.close();
    await server.end();
  });

  /** What one process tells of the trials of a study. */
  const teller = (study: Watched, uri: string = server.uri): TrialRuns => {
    const client = new Client(accessOf(uri, {}));
    clients.push(client);
    const [to, settings] = [new Server(client), settingsFor({ experiment: study.id }, study, {})];
    return new TrialRuns(to, settings, study, new StudyRun(to, settings, study), new Others(thisHost()));
  };

  const started: StudyEvent = {
    type: "search-started",
    at: 1,
    writer: "w",
    process: thisHost().identity,
    environment: {},
    settings: { sampler: { name: "random", version: 1, options: {} } },
  };
  const followed = (experiment: string, id: string): Tracker => {
    const options = { uri: server.uri, experiment, description: "**Why**", patience: 60_000 };
    return mlflow(options).create(watched(id, []));
  };

  it.each<[Reason | undefined, string]>([
    ["trials", "FINISHED"],
    ["time", "FINISHED"],
    ["stopped", "KILLED"],
    ["interrupted", "KILLED"],
    ["all-failed", "FAILED"],
    ["error", "FAILED"],
    [undefined, "FAILED"],
  ])("end as the search does: %s is %s", async (reason, status) => {
    const experiment = `ends by ${reason}`;
    const tracker = followed(experiment, experiment);
    await tracker.track(started);
    if (reason !== undefined) await tracker.track({ type: "search-ended", at: 2, writer: "w", reason });
    await tracker.close?.();
    const { studies } = await server.runs(experiment);
    expect(studies).toHaveLength(1);
    expect(studies[0]).toMatchObject({ status, tags: { "attune.ended": reason ?? "error" } });
    expect(studies[0]!.tags["mlflow.note.content"]).toBe("**Why**\n\n0 trials, none of them a best one yet.");
  });

  it("run again as long as the search does", async () => {
    const status = async (): Promise<string> => (await server.runs("again")).studies[0]!.status;
    const session = async (during: () => Promise<void>): Promise<void> => {
      const tracker = followed("again", "again");
      await tracker.track(started);
      await during();
      await tracker.track({ type: "search-ended", at: 2, writer: "w", reason: "trials" });
      await tracker.close?.();
      expect(await status()).toBe("FINISHED");
    };
    await session(async () => {});
    await session(async () => {
      while ((await status()) !== "RUNNING");
    });
  });

  it("are one of the study, which the first of two hosts has made", async () => {
    const study = watched("two hosts", []);
    const client = new Client(accessOf(server.uri, {}));
    clients.push(client);
    const to = new Server(client);
    const { create } = Server.prototype;
    let theirs = "";
    vi.spyOn(to, "create").mockImplementation(async (run) => {
      theirs = (await create.call(to, { ...run, start_time: run.start_time - 1 })).id;
      return create.call(to, run);
    });
    const own = new StudyRun(to, settingsFor({ experiment: study.id }, study, {}), study);
    expect((await own.open()).run.id).toBe(theirs);
    expect((await server.runs(study.id)).studies.map(({ id }) => id)).toEqual([theirs]);
  });

  it("go on when another process has ended theirs", async () => {
    const tracker = followed("shared", "shared");
    const study = async (): Promise<ShownRun | undefined> => (await server.runs("shared")).studies[0];
    await server.call("experiments/create", { name: "shared" });
    await tracker.track(started);
    let run: ShownRun | undefined;
    // described, so that nothing else of it is under way
    while (run?.params["seed"] === undefined) run = await study();
    await server.call("runs/update", { run_id: run.id, status: "FINISHED" });
    await tracker.track({ type: "search-ended", at: 2, writer: "another", reason: "trials" });
    do run = await study();
    while (run?.status !== "RUNNING");
    await tracker.close?.();
    expect((await study())!.id).toBe(run.id);
  });

  it.each(["at once", "late"])(
    "are one for each trial, though the answer to its making is lost, and it is made %s",
    async (when) => {
      let lost: (() => Promise<void>) | undefined;
      const front = createServer((asked, answer) => {
        const parts: Buffer[] = [];
        asked
          .on("data", (part: Buffer) => parts.push(part))
          .on("end", () => {
            const { method = "GET", headers, url = "" } = asked;
            const pass = (): Promise<[number, string]> =>
              new Promise((resolve) => {
                const passed = request(`${server.uri}${url}`, { method, headers }, (got) => {
                  let text = "";
                  got.setEncoding("utf8").on("data", (part: string) => (text += part));
                  got.on("end", () => resolve([got.statusCode!, text]));
                });
                passed.end(Buffer.concat(parts));
              });
            if (url.endsWith("/runs/create") && Buffer.concat(parts).includes('"attune.trial"') && lost === undefined) {
              lost = async () => void (await pass());
              void (when === "late" ? Promise.resolve() : lost()).then(() => answer.destroy());
            } else void pass().then(([status, text]) => answer.writeHead(status).end(text));
          });
      });
      await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
      try {
        const study = watched(`lost, made ${when}`, [finishedTrial(0, { finishedAt: Date.now() })]);
        const tell = teller(study, `http://127.0.0.1:${(front.address() as AddressInfo).port}`);
        await expect(tell.send(0)).rejects.toThrow("no answer from");
        await tell.send(0);
        if (when === "late") {
          await lost!();
          expect((await server.runs(study.id)).trials).toHaveLength(2);
          await tell.tidy();
        }
        const { trials } = await server.runs(study.id);
        expect(trials.map(({ status }) => status)).toEqual(["FINISHED"]);
      } finally {
        front.close();
      }
    },
  );

  it("are one for each trial, whichever of two processes tells of it", async () => {
    const failure = { kind: "lost", message: "its process is gone" } as const;
    const states = ["complete", "pruned", "failed", "cancelled"] as const;
    const trials = states.map((state, i) => finishedTrial(i, { state, ...(state === "failed" ? { failure } : {}) }));
    // a process sends the first attempt and is gone; another one sends the next
    const last = finishedTrial(4, { attempt: 2, finishedAt: Date.now() });
    const before: Trial = { ...last, attempt: 1, state: "running" };
    const study = watched("two processes", [...trials, last]);
    const gone = teller({ ...study, trials: [...trials, before] });
    const goesOn = teller(study);
    for (const tell of [gone, goesOn]) for (const { number } of study.trials) await tell.send(number);
    const { trials: runs } = await server.runs(study.id);
    expect(runs.map(({ tags, status }) => [tags["attune.trial"], tags["attune.state"], status])).toEqual([
      ["0", "complete", "FINISHED"],
      ["1", "pruned", "KILLED"],
      ["2", "failed", "FAILED"],
      ["3", "cancelled", "KILLED"],
      ["4", "complete", "FINISHED"],
    ]);
    expect(runs[4]!.tags["attune.attempt"]).toBe("2");
  });
});
