import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { defineSearch, float, mlflow, type SearchHandle } from "../../src/index.ts";
import { until } from "../../src/testing/contract-task.ts";
import * as equipment from "../equipment.ts";
import { MlflowServer, type ShownRun } from "./mlflow-server.ts";

const directory = mkdtempSync(join(tmpdir(), "attune-mlflow-outage-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Trials that wait to be let go, one after another. */
class Gate {
  #open = 0;
  #started = 0;

  get started(): number {
    return this.#started;
  }

  let(count: number): void {
    this.#open += count;
  }

  async pass(): Promise<void> {
    const mine = this.#started++;
    await until(() => this.#open > mine);
  }
}

describe.runIf(equipment.mlflow.found)("the mlflow tracker, while its server is away", () => {
  const server = new MlflowServer();
  beforeAll(() => server.start(), 120_000);
  afterAll(() => server.end());
  afterEach(() => void vi.unstubAllEnvs());

  const start = (
    experiment: string,
    gate: Gate,
    { trials, handOver = false, patience = 60_000 }: { trials: number; handOver?: boolean; patience?: number },
    more: object = {},
  ): { handle: SearchHandle<unknown, unknown>; said: string[]; lent: (string | undefined)[] } => {
    const said: string[] = [];
    const lent: (string | undefined)[] = [];
    const handle = defineSearch({
      space: { x: float(0, 1) },
      objective: async ({ x }, trial) => {
        lent[trial.number] = trial.environment["MLFLOW_RUN_ID"];
        await gate.pass();
        await trial.report(1, x / 2);
        return x;
      },
      trials,
      seed: 1,
      sampler: "random",
      trackers: [mlflow({ uri: server.uri, experiment, handOver, patience })],
      ...more,
    }).start({ warn: (message) => said.push(message) });
    return { handle: handle as unknown as SearchHandle<unknown, unknown>, said, lent };
  };
  const finished = (handle: SearchHandle<unknown, unknown>, count: number): Promise<void> =>
    until(() => (handle.status?.trials ?? 0) >= count);
  /** Everything is there once, as the search knows it. */
  const complete = async (experiment: string, trials: number): Promise<ShownRun[]> => {
    const found = await server.runs(experiment);
    expect(found.studies.map(({ status }) => status)).toEqual(["FINISHED"]);
    expect(found.trials.map(({ tags, status }) => [tags["attune.trial"], status])).toEqual(
      Array.from({ length: trials }, (_, i) => [String(i), "FINISHED"]),
    );
    for (const { metrics, params } of found.trials) expect(String(metrics["value"])).toBe(params["x"]);
    const steps = (await server.history(found.studies[0]!.id, "best/value")).map(([step]) => step);
    expect(steps).toEqual(Array.from({ length: trials }, (_, i) => i + 1));
    return found.trials;
  };

  it("loses nothing when it is killed and started again, and holds up no trial", async () => {
    const gate = new Gate();
    const { handle, said } = start("killed", gate, { trials: 24 });
    gate.let(10);
    await finished(handle, 10);
    await server.kill();
    gate.let(8);
    await finished(handle, 18); // nobody waits for the server
    await until(() => said.length > 0);
    await server.start();
    gate.let(6);
    await handle;
    await complete("killed", 24);
    expect(said).toEqual([expect.stringMatching(/^MLflow: no answer from http:.* The search goes on/)]);
  });

  it("makes one run for each trial, though it hung while they were made, and lends no more than a moment to it", async () => {
    vi.stubEnv("MLFLOW_HTTP_REQUEST_TIMEOUT", "0.5");
    const gate = new Gate();
    const { handle, lent, said } = start("hung", gate, { trials: 12, handOver: true });
    gate.let(4);
    await until(() => gate.started > 4);
    server.signal("SIGSTOP");
    gate.let(6);
    await finished(handle, 10);
    await until(() => said.some((text) => text.includes("took too long. The search goes on"))); // after three tries
    server.signal("SIGCONT");
    gate.let(2);
    await handle;
    const runs = await complete("hung", 12);
    for (const [i, id] of lent.entries()) expect(id ?? runs[i]!.id).toBe(runs[i]!.id);
    expect(lent.slice(5, 10).every((id) => id === undefined)).toBe(true);
  });

  it("says what it could not send, and sends it when the search is resumed", async () => {
    const gate = new Gate();
    const journal = join(directory, "away.attune.jsonl");
    const { handle, said } = start("away", gate, { trials: 6, patience: 200 }, { journal });
    gate.let(3);
    await finished(handle, 3);
    await server.kill();
    gate.let(3);
    await handle;
    expect(said.at(-1)).toMatch(
      /^MLflow: \d trials could not be sent: no answer from .*\. Resuming the search from .*away\.attune\.jsonl with this tracker sends it$/,
    );
    await server.start();
    await start("away", gate, { trials: 6 }, { journal }).handle;
    await complete("away", 6);
  });

  it("has ended there, or one is told, whenever the server comes back", async () => {
    await server.start();
    let isAway = true;
    const front = createServer((asked, answer) => {
      if (isAway) return void answer.destroy();
      const { method, headers, url } = asked;
      asked.pipe(
        request(`${server.uri}${url}`, { method, headers }, (got) => got.pipe(answer.writeHead(got.statusCode!))),
      );
    });
    await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
    const uri = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
    const said: string[] = [];
    const patience = 3_000;
    await defineSearch({
      space: { x: float(0, 1) },
      objective: ({ x }) => x,
      trials: 2,
      trackers: [
        // heard last, as the patience begins
        { track: ({ type }) => void (type === "search-ended" && setTimeout(() => (isAway = false), 1.1 * patience)) },
        mlflow({ uri, experiment: "back", patience }),
      ],
    }).start({ warn: (message) => said.push(message) });
    front.close();
    const told = said.at(-1)?.includes("could not be sent") ?? false;
    const ended = !told && (await server.runs("back")).studies[0]!.status === "FINISHED";
    expect([told, ended]).toContain(true);
  });

  it("is one run when several processes share a study, also when one of them is killed", async () => {
    const program = join(directory, "share.mjs");
    const journal = join(directory, "shared.attune.jsonl");
    const read = (): string => (existsSync(journal) ? readFileSync(journal, "utf8") : "");
    const sessions = (): string[] =>
      Array.from(read().matchAll(/"type":"search-started"[^\n]*?"writer":"([^"]+)"/g), ([, writer]) => writer!);
    const finishedBy = (writer: string | undefined): boolean =>
      writer !== undefined && new RegExp(`"type":"trial-finished"[^\n]*"writer":"${writer}"`).test(read());
    writeFileSync(
      program,
      `import { defineSearch, float, mlflow } from ${JSON.stringify(resolve("dist/index.js"))};
      await defineSearch({
        space: { x: float(0, 1) },
        objective: async ({ x }) => { await new Promise((r) => setTimeout(r, 50)); return x; },
        trials: 90, seed: 1, sampler: "random", journal: ${JSON.stringify(journal)},
        trackers: [mlflow({ uri: ${JSON.stringify(server.uri)}, experiment: "shared", patience: 60000 })],
      }).start();`,
    );
    let said = "";
    const run = (): ReturnType<typeof spawn> => {
      const child = spawn(process.execPath, [program], { stdio: ["ignore", "inherit", "pipe"] });
      child.stderr.on("data", (text: Buffer) => (said += text.toString()));
      return child;
    };
    const ended = (child: ReturnType<typeof spawn>): Promise<unknown> =>
      new Promise((done) => child.once("exit", done));
    const first = [run(), run()].map(ended);
    await until(() => sessions().length === 2);
    const doomed = run();
    const killed = ended(doomed);
    await until(() => finishedBy(sessions()[2]));
    doomed.kill("SIGKILL");
    await Promise.all([...first, killed]);
    const { studies, trials } = await server.runs("shared");
    expect(studies.map(({ status }) => status)).toEqual(["FINISHED"]);
    expect(new Set(trials.map(({ tags }) => tags["attune.trial"])).size).toBe(trials.length);
    expect(trials.filter(({ status }) => status === "FINISHED").length).toBe(90);
    const steps = new Set((await server.history(studies[0]!.id, "best/value")).map(([step]) => step));
    expect(steps.size).toBe(trials.length);
    expect(said).toBe("");
  });
});

describe.runIf(equipment.mlflow.found)("the mlflow tracker, at a server with passwords", () => {
  const server = new MlflowServer({ user: "admin", password: "a-long-password" });
  beforeAll(() => server.start(), 120_000);
  afterAll(() => server.end());
  afterEach(() => void vi.unstubAllEnvs());

  const run = async (uri: string): Promise<string[]> => {
    const said: string[] = [];
    await defineSearch({
      space: { x: float(0, 1) },
      objective: ({ x }) => x,
      trials: 1,
      trackers: [mlflow({ uri, experiment: "closed" })],
    }).start({ warn: (message) => said.push(message) });
    return said;
  };

  it("says what it lacks, and does not wait for what will not come", async () => {
    expect((await run(server.uri))[0]).toContain(
      "wants credentials: set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN",
    );
    vi.stubEnv("MLFLOW_TRACKING_TOKEN", "wrong");
    expect((await run(server.uri))[0]).toContain("does not accept the credentials");
  });

  it("takes them from the variables", async () => {
    vi.stubEnv("MLFLOW_TRACKING_USERNAME", "admin");
    vi.stubEnv("MLFLOW_TRACKING_PASSWORD", "a-long-password");
    expect(await run(server.uri)).toEqual([]);
    expect((await server.runs("closed")).studies).toHaveLength(1);
  });
});

describe("the mlflow tracker, at anything else", () => {
  let other: Server | undefined;
  afterEach(() => void other?.close());
  const seen: string[] = [];
  const answering = async (status: number, body: string): Promise<string> => {
    other = createServer((request, response) => {
      seen.push(request.headers.authorization ?? "");
      response.writeHead(status, { "content-type": "text/html" }).end(body);
    });
    await new Promise<void>((done) => other!.listen(0, "127.0.0.1", done));
    return `http://127.0.0.1:${(other.address() as { port: number }).port}`;
  };
  const run = async (uri: string): Promise<string[]> => {
    const said: string[] = [];
    await defineSearch({
      space: { x: float(0, 1) },
      objective: ({ x }) => x,
      trials: 2,
      trackers: [mlflow({ uri, patience: 50 })],
    }).start({ warn: (message) => said.push(message) });
    return said;
  };

  it("says that it is no MLflow server, and sends a token as such", async () => {
    vi.stubEnv("MLFLOW_TRACKING_TOKEN", "a-token");
    try {
      expect((await run(await answering(200, "<h1>It works</h1>")))[0]).toContain(
        "is no MLflow server: it answers 200",
      );
      expect(new Set(seen)).toEqual(new Set(["Bearer a-token"]));
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("passes on why it is refused", async () =>
    expect((await run(await answering(403, "Invalid Host header - possible DNS rebinding attack")))[0]).toMatch(
      /refuses \(403\): Invalid Host header.*; start it with `mlflow server --allowed-hosts`/,
    ));

  it("says that nobody answers", async () => {
    const uri = await answering(200, "");
    await new Promise((done) => other!.close(done));
    expect((await run(uri)).at(-1)).toMatch(
      /^MLflow: 2 trials could not be sent: no answer from .*ECONNREFUSED.*\. It is lost for the server, as the search has no journal$/,
    );
  });
});
