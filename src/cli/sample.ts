import { EXIT } from "./exit.ts";
import { flat } from "./flat.ts";
import { loadSearch } from "./load-search.ts";
import { count, integer } from "./overrides.ts";
import { table } from "./table.ts";

/** `attune sample`: configurations from the prior, nothing is run. */
export async function sample(
  file: string,
  { number = "1", seed, json }: { number?: string; seed?: string; json?: boolean },
): Promise<number> {
  const { search } = await loadSearch(file);
  const seeded = seed === undefined ? search : search.with({ seed: integer("--seed", seed) });
  const configurations = await seeded.sample(count("--number", number));
  if (json) for (const params of configurations) process.stdout.write(`${JSON.stringify(params)}\n`);
  else {
    const rows = configurations.map((params) => flat(params));
    const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    process.stdout.write(
      `${table(
        names,
        rows.map((row) => names.map((name) => row[name] ?? "")),
        "",
      )}\n`,
    );
  }
  return EXIT.done;
}
