import { AttuneError, messageOf } from "../core/errors.ts";

/** What both drivers have in common. */
interface Statement {
  all(): unknown[];
}
interface Database {
  prepare(sql: string): Statement;
  close(): void;
}
type Open = (path: string) => Database;

/**
 * Reads a SQLite file: with `node:sqlite` where this Node has it, else with the package libsql. Throws an `AttuneError`
 * ("usage") that names the command to install it.
 */
export async function readSqlite<T>(
  path: string,
  work: (query: (sql: string) => Record<string, unknown>[]) => T,
): Promise<T> {
  const open = builtIn() ?? (await fromLibsql());
  let database: Database;
  try {
    database = open(path);
  } catch (error) {
    throw new AttuneError("journal", `Cannot open the database ${path}: ${messageOf(error)}`, { cause: error });
  }
  try {
    return work((sql) => database.prepare(sql).all() as Record<string, unknown>[]);
  } finally {
    database.close();
  }
}

function builtIn(): Open | undefined {
  const found = process.getBuiltinModule?.("node:sqlite") as
    | { readonly DatabaseSync: new (path: string, options: { readonly readOnly: true }) => Database }
    | undefined;
  return found && ((path) => new found.DatabaseSync(path, { readOnly: true }));
}

async function fromLibsql(): Promise<Open> {
  try {
    const { default: Libsql } = await import("libsql");
    return (path) => new Libsql(path, { readonly: true, fileMustExist: true });
  } catch (error) {
    throw new AttuneError(
      "usage",
      `Reading SQLite needs Node ≥ 22.13, or the package libsql beside attune: npm install libsql (${messageOf(error)})`,
      { cause: error },
    );
  }
}
