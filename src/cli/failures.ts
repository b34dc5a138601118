import { type FailureCause, failureCauses } from "../analysis/failures.ts";
import { readJournal } from "../search/read-journal.ts";
import type { SearchResult } from "../search/result.ts";
import { percentText } from "../formats/quantity.ts";
import { EXIT } from "./exit.ts";
import { table } from "./table.ts";
import { failuresText, failureSummary } from "./trials-text.ts";

/** `attune failures`: how many failed and why, and which values go with it. */
export async function failures(
  journal: string,
  { all, json }: { readonly all?: boolean; readonly json?: boolean },
): Promise<number> {
  const { result, space } = await readJournal(journal);
  const causes = failureCauses(space, result.trials);
  process.stdout.write(json ? `${JSON.stringify(summaryOf(result, causes))}\n` : text(result, causes, all === true));
  return EXIT.done;
}

function summaryOf(result: SearchResult, causes: readonly FailureCause[]): object {
  const failed = result.failures.map(({ kind, count, first }) => ({
    kind,
    count,
    first: { number: first.number, params: first.params, message: first.failure?.message },
  }));
  return { trials: result.trials.filter(({ twin }) => twin === undefined).length, failures: failed, causes };
}

function text(result: SearchResult, causes: readonly FailureCause[], all: boolean): string {
  const summary = failureSummary(result);
  if (summary === "") return "No trial failed\n";
  const rows = causes.map(({ name, label, kind, failed, of, otherFailed, otherOf, p }) => [
    `${name} = ${label}`,
    kind,
    `${failed} of ${of} (${percentText(failed / of)})`,
    `${otherFailed} of ${otherOf} (${percentText(otherFailed / otherOf)})`,
    p < 1e-4 ? "< 0.0001" : p.toPrecision(2),
  ]);
  const found =
    rows.length === 0
      ? "No value goes with failures more than chance explains"
      : `Values that go with failures:\n${table(["value", "failure", "failed", "of the others", "p"], rows)}\np: how likely chance alone would show as much in any of the tables looked at; what goes with a failure need not cause it`;
  return `${[summary, found, all ? failuresText(result.trials) : ""].filter(Boolean).join("\n\n")}\n`;
}
