import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { until } from "../../src/testing/contract-task.ts";
import { mlflow } from "../equipment.ts";

/** A run as the server shows it. */
export interface ShownRun {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly start: number;
  readonly end: number | undefined;
  readonly metrics: Readonly<Record<string, number>>;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** A real MLflow server on a port of its own, with SQLite, in a directory of its own. */
export class MlflowServer {
  readonly directory: string = mkdtempSync(join(tmpdir(), "attune-mlflow-"));
  readonly #auth: boolean;
  readonly #credentials: Readonly<Record<string, string>>;
  #port = 0;
  #child: ChildProcess | undefined = undefined;

  constructor({ user, password }: { readonly user?: string; readonly password?: string } = {}) {
    this.#auth = user !== undefined;
    this.#credentials =
      user === undefined
        ? {}
        : { authorization: `Basic ${Buffer.from(`${user}:${password ?? ""}`).toString("base64")}` };
  }

  get uri(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Starts it, again on the same port, and waits until it answers. */
  async start(): Promise<void> {
    this.#port ||= await freePort();
    const log = openSync(join(this.directory, "log"), "a");
    const config = join(this.directory, "auth.ini");
    writeFileSync(
      config,
      `[mlflow]\ndefault_permission = READ\ndatabase_uri = sqlite:///${this.directory}/auth.db\nadmin_username = admin\n` +
        "admin_password = a-long-password\nauthorization_function = mlflow.server.auth:authenticate_request_basic_auth\n",
    );
    const args = ["-m", "mlflow", "server", "--host", "127.0.0.1", "--port", String(this.#port), "--workers", "1"];
    const store = ["--backend-store-uri", `sqlite:///${this.directory}/mlflow.db`];
    const artifacts = ["--artifacts-destination", join(this.directory, "artifacts")];
    this.#child = spawn(
      mlflow.path,
      [...args, ...store, ...artifacts, ...(this.#auth ? ["--app-name", "basic-auth"] : [])],
      {
        cwd: this.directory,
        detached: true, // the head of a group, which is ended as one
        stdio: ["ignore", log, log],
        env: {
          ...process.env,
          MLFLOW_DISABLE_TELEMETRY: "true",
          MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false",
          MLFLOW_FLASK_SERVER_SECRET_KEY: "of-a-test",
          MLFLOW_AUTH_CONFIG_PATH: config,
        },
      },
    );
    let up = false;
    void (async () => {
      while (!up && this.#child?.exitCode === null)
        up = await fetch(`${this.uri}/health`).then(
          ({ ok }) => ok,
          () => false,
        );
    })();
    await until(() => up || this.#child?.exitCode !== null);
    if (!up)
      throw new Error(`MLflow did not start:\n${readFileSync(join(this.directory, "log"), "utf8").slice(-2000)}`);
  }

  /** Ends it as a power cut would; what it has answered is in its database. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    process.kill(-child.pid, "SIGKILL");
    await ended;
  }

  /** Lets it hang, or go on. */
  signal(name: "SIGSTOP" | "SIGCONT"): void {
    process.kill(-this.#child!.pid!, name);
  }

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }

  async call(path: string, body?: object): Promise<Record<string, unknown>> {
    const answer = await fetch(`${this.uri}/api/2.0/mlflow/${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { "content-type": "application/json", ...this.#credentials },
      body: body === undefined ? null : JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Record<string, unknown>;
  }

  /** The live runs of an experiment: the searches, and the trials by number. */
  async runs(experiment: string): Promise<{ studies: ShownRun[]; trials: ShownRun[] }> {
    const found = await this.call(`experiments/get-by-name?experiment_name=${encodeURIComponent(experiment)}`);
    const { experiment_id: id } = found["experiment"] as Record<string, string>;
    const { runs = [] } = await this.call("runs/search", { experiment_ids: [id], max_results: 5000 });
    const shown = (runs as RawRun[]).map(shownRun);
    return {
      studies: shown.filter(({ tags }) => tags["attune.kind"] === "study"),
      trials: shown
        .filter(({ tags }) => tags["attune.kind"] !== "study")
        .sort((a, b) => Number(a.tags["attune.trial"]) - Number(b.tags["attune.trial"])),
    };
  }

  /** The points of a metric, by step. */
  async history(run: string, metric: string): Promise<(readonly [step: number, value: number])[]> {
    const query = `run_id=${run}&metric_key=${encodeURIComponent(metric)}&max_results=10000`;
    const { metrics = [] } = await this.call(`metrics/get-history?${query}`);
    return (metrics as { step?: number; value: number }[])
      .map(({ step = 0, value }) => [step, value] as const)
      .sort(([a], [b]) => a - b);
  }

  /** The paths of the artifacts in a folder. */
  async artifacts(run: string, folder: string): Promise<string[]> {
    const { files = [] } = await this.call(`artifacts/list?run_id=${run}&path=${folder}`);
    return (files as { path: string }[]).map(({ path }) => path).sort();
  }

  /** The text of an artifact. */
  async artifact(run: string, name: string): Promise<string> {
    const { run: shown } = await this.call(`runs/get?run_id=${run}`);
    const { artifact_uri: uri } = (shown as RawRun).info as { artifact_uri: string };
    const path = `${uri.replace(/^mlflow-artifacts:\/+/, "")}/${name}`;
    const answer = await fetch(`${this.uri}/api/2.0/mlflow-artifacts/artifacts/${path}`, {
      headers: this.#credentials,
    });
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    return answer.text();
  }

  /** Runs a Python program with MLflow's own client, as other people's programs do. */
  async python(program: string, ...args: string[]): Promise<string> {
    const env = { ...process.env, MLFLOW_TRACKING_URI: this.uri, MLFLOW_DISABLE_TELEMETRY: "true" };
    const { stdout } = await promisify(execFile)(mlflow.path, ["-c", program, ...args], { env });
    return stdout;
  }
}

interface RawRun {
  readonly info: Readonly<Record<string, string | number | undefined>>;
  readonly data: Readonly<Record<"metrics" | "params" | "tags", readonly { key: string; value: never }[] | undefined>>;
}

function shownRun({ info, data }: RawRun): ShownRun {
  const named = (of: readonly { key: string; value: never }[] = []): Record<string, never> =>
    Object.fromEntries(of.map(({ key, value }) => [key, value]));
  return {
    id: String(info["run_id"]),
    name: String(info["run_name"]),
    status: String(info["status"]),
    start: Number(info["start_time"]),
    end: info["end_time"] === undefined ? undefined : Number(info["end_time"]),
    metrics: named(data.metrics),
    params: named(data.params),
    tags: named(data.tags),
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
