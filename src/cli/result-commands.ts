import { type Command, Option } from "commander";
import type { End } from "./outside-commands.ts";

/** Adds what is done with the journal of a search: `best`, `apply`, `show`, `doctor` and `export`. */
export function addResultCommands(program: Command, end: End): void {
  program
    .command("best")
    .summary("the best trial, or the Pareto front")
    .argument("<journal>")
    .option("-k, --top <k>", "the k best trials")
    .option("--json", "one trial per line: { number, state, params, values, … }")
    .optionsGroup("For the program that uses it:")
    .addOption(
      new Option("-f, --format <format>", "only the parameters, in this form").choices([
        "json",
        "env",
        "args",
        "ts",
        "c-header",
      ]),
    )
    .option("--template <file>", "a text in which {name} stands for a parameter's value")
    .option("--trial <number>", "of this trial instead of the best, such as one of the front")
    .option("-o, --output <file>", "where to (default: stdout)")
    .action(async (journal: string, options: object) => end(import("./best.ts"), ({ best }) => best(journal, options)));

  program
    .command("apply")
    .summary("put the best parameters into a file that assigns them")
    .argument("<file>", "with lines such as name = value, name: value, NAME=value, #define NAME value")
    .option("--from <journal>", "where the best trial is (default: the only journal beside the file)")
    .option("--trial <number>", "this trial instead of the best")
    .option("--revert", "put back the values that were there before")
    .option("--dry-run", "only show what would be replaced")
    .action(async (file: string, options: object) => end(import("./apply.ts"), ({ apply }) => apply(file, options)));

  program
    .command("show")
    .summary("what a journal holds: settings, counts, results, trials")
    .argument("<journal>")
    .option("-a, --all", "list every trial")
    .option("--json", "every trial, one per line")
    .action(async (journal: string, options: object) => end(import("./show.ts"), ({ show }) => show(journal, options)));

  program
    .command("doctor")
    .summary("check a journal, explain what is wrong, mend it")
    .argument("<journal>")
    .option("--repair", "leave out what cannot be read; the file as it was is kept as JOURNAL.1")
    .option("--compact", "also leave out lines that change nothing")
    .action(async (journal: string, options: object) =>
      end(import("./doctor.ts"), ({ doctor }) => doctor(journal, options)),
    );

  program
    .command("export")
    .summary("the trials as a table")
    .argument("<journal>")
    .addOption(
      new Option(
        "-f, --format <format>",
        "csv; json: one array; jsonl: a trial per line; arrow: for data frames; compileiq: its columns",
      )
        .choices(["csv", "json", "jsonl", "arrow", "compileiq"])
        .default("csv"),
    )
    .option("-o, --output <file>", "where to (default: stdout)")
    .action(async (journal: string, options: object) =>
      end(import("./export.ts"), ({ exportTrials }) => exportTrials(journal, options as never)),
    );
}
