import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isRecord } from "../../core/json.ts";
import { type Batch, batches, type Pair } from "./batch.ts";
import type { Client } from "./client.ts";
import { Refusal, Unavailable } from "./trouble.ts";

/** A run as the server knows it. */
export interface Run {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly artifacts: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  /** The last value of each metric. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** The states of a run. */
export type RunStatus = "RUNNING" | "FINISHED" | "FAILED" | "KILLED";

/** What a run is created with; times are milliseconds since 1970. */
export interface NewRun {
  readonly experiment_id: string;
  readonly run_name: string;
  readonly start_time: number;
  readonly tags: readonly Pair[];
}

const ROOT = "mlflow";
const PAGE = 1000;
/** Makes MLflow 3 show an experiment as one of runs, and not of language models. */
const KIND = { key: "mlflow.experimentKind", value: "custom_model_development" };

/** The calls of MLflow's REST interface that a search needs. */
export class Server {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  get uri(): string {
    return this.#client.uri;
  }

  /** The id of an experiment, which is made where there is none. */
  async experiment(name: string): Promise<string> {
    for (let tries = 0; ; tries++) {
      const found = await this.#named(name);
      if (found !== undefined) return found;
      try {
        const made = await this.#client.call("POST", `${ROOT}/experiments/create`, { json: { name, tags: [KIND] } });
        return String(made["experiment_id"]);
      } catch (error) {
        // another process was first
        if (!(error instanceof Refusal) || error.code !== "RESOURCE_ALREADY_EXISTS" || tries > 0) throw error;
      }
    }
  }

  async #named(name: string): Promise<string | undefined> {
    try {
      const { experiment } = await this.#client.call(
        "GET",
        `${ROOT}/experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`,
      );
      const { experiment_id: id, lifecycle_stage: stage } = experiment as Record<string, unknown>;
      if (stage !== "deleted") return String(id);
    } catch (error) {
      if (error instanceof Refusal && error.code === "RESOURCE_DOES_NOT_EXIST") return undefined;
      throw error;
    }
    throw new Unavailable(`its experiment "${name}" is deleted: restore it there, or name another one`, {
      refused: true,
    });
  }

  async create(run: NewRun): Promise<Run> {
    const answer = await this.#client.call("POST", `${ROOT}/runs/create`, { json: run });
    return runOf(answer["run"]);
  }

  async run(id: string): Promise<Run> {
    return runOf((await this.#client.call("GET", `${ROOT}/runs/get?run_id=${encodeURIComponent(id)}`))["run"]);
  }

  /** Every live run that a filter finds, oldest first. */
  async search(experiment: string, filter: string): Promise<Run[]> {
    const found: Run[] = [];
    let token: unknown;
    do {
      const answer: Record<string, unknown> = await this.#client.call("POST", `${ROOT}/runs/search`, {
        json: {
          experiment_ids: [experiment],
          filter,
          max_results: PAGE,
          order_by: ["attributes.start_time ASC"],
          ...(token === undefined ? {} : { page_token: token }),
        },
      });
      found.push(...((answer["runs"] ?? []) as unknown[]).map(runOf));
      token = answer["next_page_token"] || undefined;
    } while (token !== undefined);
    return found;
  }

  async log(run: string, batch: Batch): Promise<void> {
    for (const each of batches(batch))
      await this.#client.call("POST", `${ROOT}/runs/log-batch`, { json: { run_id: run, ...each } });
  }

  async update(run: string, change: { status?: RunStatus; end_time?: number; run_name?: string }): Promise<void> {
    await this.#client.call("POST", `${ROOT}/runs/update`, { json: { run_id: run, ...change } });
  }

  async delete(run: string): Promise<void> {
    await this.#client.call("POST", `${ROOT}/runs/delete`, { json: { run_id: run } });
  }

  /** Keeps a text as an artifact of a run. Resolves with false where only others can: in S3, or on another host's disk. */
  async keep({ artifacts }: Pick<Run, "artifacts">, name: string, text: string): Promise<boolean> {
    const served = /^mlflow-artifacts:(?:\/\/[^/]*)?\/*(.*)$/.exec(artifacts)?.[1];
    if (served !== undefined) {
      const path = [...served.split("/"), name].map(encodeURIComponent).join("/");
      await this.#client.call("PUT", `mlflow-artifacts/artifacts/${path}`, { text });
      return true;
    }
    const folder = artifacts.startsWith("file:") ? fileURLToPath(artifacts) : artifacts;
    if (!folder.startsWith("/")) return false;
    try {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
      return true;
    } catch {
      return false;
    }
  }
}

function runOf(given: unknown): Run {
  const { info = {}, data = {} } = (isRecord(given) ? given : {}) as Record<string, Record<string, unknown>>;
  const text = (name: string): string => {
    const found = info[name];
    return typeof found === "string" ? found : "";
  };
  const named = <V>(of: unknown): Record<string, V> =>
    Object.fromEntries(
      ((of ?? []) as { readonly key: string; readonly value: V }[]).map(({ key, value }) => [key, value]),
    );
  return {
    id: text("run_id"),
    name: text("run_name"),
    status: text("status"),
    artifacts: text("artifact_uri"),
    tags: named(data["tags"]),
    params: named(data["params"]),
    metrics: named(data["metrics"]),
  };
}
