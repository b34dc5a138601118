import { expectNumber, refuseUnknown, show, usage } from "../../core/errors.ts";
import { isRecord } from "../../core/json.ts";
import type { Watched } from "../../core/tracker.ts";
import { Naming } from "./naming.ts";

/** Options of {@link mlflow}. */
export interface MlflowOptions {
  /**
   * The experiment, made where there is none. @default MLFLOW_EXPERIMENT_NAME or MLFLOW_EXPERIMENT_ID, else
   * `attune/NAME` with the name of the journal
   */
  readonly experiment?: string;
  /** The name of the search's run. @default the name of the journal and the time */
  readonly run?: string;
  /** The address of the server. @default MLFLOW_TRACKING_URI, else http://127.0.0.1:5000 */
  readonly uri?: string;
  /** Markdown, above the best result in the description of the search's run. @default none */
  readonly description?: string;
  /** Display names of values: `{ ms: "latency in ms" }`. @default their own */
  readonly names?: Readonly<Record<string, string>>;
  /** Log the parameters of every trial. @default true */
  readonly logParams?: boolean;
  /**
   * Hand the run of its trial over to each attempt, so that the objective can log to it: `MLFLOW_RUN_ID`,
   * `MLFLOW_EXPERIMENT_ID` and `MLFLOW_TRACKING_URI` are variables of commands and worker processes, and
   * `trial.environment` of functions. The attempt begins when the server has made the run, which takes it some ten
   * milliseconds; it goes without after a second. @default false
   */
  readonly handOver?: boolean;
  /** How long the end of the search waits for a server that takes nothing more, in milliseconds. @default 10_000 */
  readonly patience?: number;
}

/** What a search tells its server, and as what. */
export interface Settings {
  readonly experiment: string;
  readonly experimentId: string | undefined;
  readonly run: string | undefined;
  /** What runs are called after. */
  readonly stem: string;
  readonly description: string | undefined;
  readonly names: Readonly<Record<string, string>>;
  readonly naming: Naming;
  readonly logParams: boolean;
  /** Whether objectives log to the runs of their trials. */
  readonly handOver: boolean;
  /** What every run is tagged with. */
  readonly tags: Readonly<Record<string, string | undefined>>;
}

const OPTIONS = ["experiment", "run", "uri", "description", "names", "logParams", "handOver", "patience"] as const;

/** Throws a usage error for options that are none, or of the wrong kind. */
export function checkMlflowOptions(options: MlflowOptions): void {
  refuseUnknown("mlflow", options, OPTIONS);
  for (const name of ["experiment", "run", "uri", "description"] as const)
    if (options[name] !== undefined && (typeof options[name] !== "string" || options[name] === ""))
      throw usage(`Expected \`mlflow.${name}\` to be a text, got ${show(options[name])}`);
  for (const name of ["logParams", "handOver"] as const)
    if (options[name] !== undefined && typeof options[name] !== "boolean")
      throw usage(`Expected \`mlflow.${name}\` to be true or false, got ${show(options[name])}`);
  const { names = {}, patience = 0 } = options;
  if (!isRecord(names) || !Object.values(names).every((name) => typeof name === "string" && name !== ""))
    throw usage(`Expected \`mlflow.names\` to give texts by name, got ${show(names)}`);
  expectNumber("mlflow.patience", patience, { low: 0 });
}

/** What options come to for one search. Throws a usage error where `names` holds one that nothing is called. */
export function settingsFor(
  { experiment, run, description, names = {}, logParams = true, handOver = false }: MlflowOptions,
  { study, journal }: Pick<Watched, "study" | "journal">,
  env: Readonly<Record<string, string | undefined>>,
): Settings {
  const stem = journal?.replace(/^.*[\\/]/, "").replace(/(\.attune)?\.jsonl$/, "") || "search";
  const { source } = study;
  return {
    experiment: experiment ?? (env["MLFLOW_EXPERIMENT_NAME"] || `attune/${stem}`),
    experimentId:
      experiment === undefined && !env["MLFLOW_EXPERIMENT_NAME"] ? env["MLFLOW_EXPERIMENT_ID"] || undefined : undefined,
    run: run ?? (env["MLFLOW_RUN_NAME"] || undefined),
    stem,
    description,
    names,
    naming: new Naming(names),
    logParams,
    handOver,
    tags: {
      "mlflow.user": env["USER"] ?? env["LOGNAME"] ?? env["USERNAME"],
      "mlflow.source.name": isRecord(source) && typeof source["file"] === "string" ? source["file"] : "attune",
      "mlflow.source.type": "LOCAL",
    },
  };
}
