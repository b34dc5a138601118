import type { TrialReport } from "../core/trial.ts";

const PREFIX = "instances.";

/** What a trial measured on each instance, by column: `instances.<name>.<instance>`. Reports without an instance have none. */
export function instanceCells(reports: readonly TrialReport[] = []): [column: string, value: number][] {
  return reports.flatMap(({ instance, values }) =>
    instance === undefined
      ? []
      : Object.entries(values).map(([name, value]): [string, number] => [`${PREFIX}${name}.${instance}`, value]),
  );
}

/** The columns of {@link instanceCells} among others, with what they hold; `names` are the measured names. */
export function instanceColumns(
  columns: readonly string[],
  names: readonly string[],
): { readonly at: number; readonly name: string; readonly instance: string }[] {
  return columns.flatMap((column, at) => {
    const name = names
      .filter((each) => column.startsWith(`${PREFIX}${each}.`))
      .reduce<string | undefined>(
        (longest, each) => (each.length > (longest?.length ?? -1) ? each : longest),
        undefined,
      );
    return name === undefined ? [] : [{ at, name, instance: column.slice(PREFIX.length + name.length + 1) }];
  });
}

/** The reports of a trial from its cells, one for each instance, in the order of the columns. */
export function instanceReports(
  cells: readonly { readonly name: string; readonly instance: string; readonly value: number }[],
): TrialReport[] {
  const known = new Map<string, Record<string, number>>();
  for (const { name, instance, value } of cells) known.set(instance, { ...known.get(instance), [name]: value });
  return [...known].map(([instance, values], i) => ({ step: i + 1, values, instance }));
}
