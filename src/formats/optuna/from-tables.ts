import { AttuneError, show } from "../../core/errors.ts";
import { decodeDistribution, type Distribution } from "./distribution.ts";
import type { OptunaStudy, OptunaTrial } from "./fold.ts";
import { decodePython, type PythonJson } from "./python-json.ts";
import { STATES } from "./record.ts";

/** A row of a table, by column. */
export type TableRow = Readonly<Record<string, unknown>>;

/** The rows of a query of Optuna's database. */
export type Query = (sql: string) => readonly TableRow[];

/** The revisions of the schema that can be read: Optuna 3.0 to 5.0. */
const REVISIONS = ["v3.0.0.d", "v3.2.0.a"];
const NUMBERS: Readonly<Record<string, number>> = { INF_POS: Infinity, INF_NEG: -Infinity, NAN: NaN };
const DIRECTIONS: Readonly<Record<string, number>> = { MINIMIZE: 1, MAXIMIZE: 2 };

/** Reads the studies of Optuna's database. Throws an `AttuneError` ("journal") for a database of another kind or version. */
export function studiesFromTables(query: Query, name: string): OptunaStudy[] {
  checkRevision(query, name);
  const studies = new Map<unknown, OptunaStudy>();
  for (const { study_id: id, study_name } of query("SELECT * FROM studies ORDER BY study_id")) {
    const ways = query(`SELECT * FROM study_directions WHERE study_id = ${Number(id)} ORDER BY objective`);
    studies.set(id, {
      id: Number(id),
      name: String(study_name),
      directions: ways.map(({ direction }) => DIRECTIONS[String(direction)] ?? 0),
      userAttrs: new Map(),
      systemAttrs: new Map(),
      trials: [],
      domains: new Map(),
    });
  }
  const trials = new Map<unknown, OptunaTrial>();
  for (const row of query("SELECT * FROM trials ORDER BY trial_id")) {
    const study = studies.get(row["study_id"]);
    if (study === undefined) continue;
    const state = String(row["state"]).toLowerCase() as OptunaTrial["state"];
    if (!STATES.includes(state)) throw damaged(name, `a trial has the state ${show(row["state"])}`);
    const trial: OptunaTrial = {
      id: Number(row["trial_id"]),
      number: study.trials.length,
      study,
      state,
      start: textOf(row["datetime_start"]),
      complete: textOf(row["datetime_complete"]),
      values: undefined,
      params: new Map(),
      userAttrs: new Map(),
      systemAttrs: new Map(),
      reports: new Map(),
    };
    study.trials.push(trial);
    trials.set(row["trial_id"], trial);
  }
  for (const kind of ["user", "system"] as const) {
    fill(query(`SELECT * FROM study_${kind}_attributes`), studies, "study_id", kind);
    fill(query(`SELECT * FROM trial_${kind}_attributes`), trials, "trial_id", kind);
  }
  const known = new Map<string, Distribution>();
  for (const row of query("SELECT * FROM trial_params ORDER BY param_id")) {
    const text = String(row["distribution_json"]);
    if (!known.has(text)) known.set(text, decodeDistribution(text));
    const param = { distribution: known.get(text)!, internal: Number(row["param_value"]) };
    trials.get(row["trial_id"])?.params.set(String(row["param_name"]), param);
  }
  for (const row of query("SELECT * FROM trial_values ORDER BY trial_id, objective")) {
    const trial = trials.get(row["trial_id"]);
    if (trial) trial.values = [...(trial.values ?? []), numberOf(row["value"], row["value_type"])];
  }
  for (const row of query("SELECT * FROM trial_intermediate_values ORDER BY trial_id, step"))
    trials
      .get(row["trial_id"])
      ?.reports.set(Number(row["step"]), numberOf(row["intermediate_value"], row["intermediate_value_type"]));
  return [...studies.values()];
}

/** The version of Optuna that wrote a database, where it says so: `5.0.0`. */
export function libraryVersion(query: Query): string {
  const [info] = query("SELECT library_version FROM version_info");
  return textOf(info?.["library_version"]) ?? "";
}

function checkRevision(query: Query, name: string): void {
  const tables = query("SELECT name FROM sqlite_master WHERE type = 'table'").map((row) => row["name"]);
  if (!["alembic_version", "studies", "trials", "trial_params"].every((table) => tables.includes(table)))
    throw new AttuneError("journal", `${name} is not a database of Optuna's: it has the tables ${show(tables)}`);
  const revision = query("SELECT version_num FROM alembic_version")[0]?.["version_num"];
  if (!REVISIONS.includes(String(revision)))
    throw new AttuneError(
      "journal",
      `${name} has Optuna's schema ${show(revision)}; this attune reads ${REVISIONS.join(" and ")}. For an older one: optuna storage upgrade --storage sqlite:///${name}`,
    );
}

function fill(
  rows: readonly TableRow[],
  owners: ReadonlyMap<unknown, Pick<OptunaStudy, "userAttrs" | "systemAttrs">>,
  id: string,
  kind: "user" | "system",
): void {
  for (const row of rows) {
    const value: PythonJson = decodePython(String(row["value_json"]));
    owners.get(row[id])?.[`${kind}Attrs`].set(String(row["key"]), value);
  }
}

function numberOf(value: unknown, type: unknown): number {
  return value === null ? (NUMBERS[String(type)] ?? NaN) : Number(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function damaged(name: string, problem: string): AttuneError {
  return new AttuneError("journal", `${name} is damaged: ${problem}`);
}
