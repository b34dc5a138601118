import { AttuneError } from "../core/errors.ts";
import type { FinishedTrial } from "../core/trial.ts";
import { trialColumns } from "../formats/trial-columns.ts";

/**
 * Trials as an Apache Arrow file (IPC), for data frames: the columns of {@link trialColumns}, null where a trial has no
 * value. Needs the package `@uwdata/flechette`; rejects with an error that says how to install it.
 */
export async function trialsToArrow(trials: readonly FinishedTrial[]): Promise<Uint8Array> {
  const { columnFromArray, float64, int32, tableFromColumns, tableToIPC, utf8 } = await load();
  const types = { integer: int32(), number: float64(), text: utf8() };
  const columns = trialColumns(trials).map(
    ({ name, type, values }) =>
      [
        name,
        columnFromArray(
          Array.from<string | number | undefined, string | number | null>(values, (value) => value ?? null),
          types[type],
        ),
      ] as [string, ReturnType<typeof columnFromArray>],
  );
  return tableToIPC(tableFromColumns(columns), { format: "file" })!;
}

async function load(): Promise<typeof import("@uwdata/flechette")> {
  try {
    return await import("@uwdata/flechette");
  } catch (error) {
    throw new AttuneError("usage", "Arrow files need the package @uwdata/flechette: npm install @uwdata/flechette@1", {
      cause: error,
    });
  }
}
