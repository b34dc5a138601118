import { Argument, type Command, Option } from "commander";
import type { End } from "./outside-commands.ts";

/** Adds what is done with the journal of a search: `best`, `apply`, `show`, `report`, `plot`, `doctor`, `export` and `import`. */
export function addResultCommands(program: Command, end: End): void {
  program
    .command("best")
    .summary("the best trial, or the Pareto front")
    .argument("<journal>")
    .option("-k, --top <k>", "the k best trials")
    .option("--json", "one trial per line: { number, state, params, values, … }")
    .option("--per-instance", "the best trial on each instance, of an objective with instances")
    .option("--portfolio <k>", "at most k trials that serve all instances together")
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
    .option("--trial <number>", "one trial, with what it measured on each instance")
    .option("--json", "every trial, one per line")
    .action(async (journal: string, options: object) => end(import("./show.ts"), ({ show }) => show(journal, options)));

  program
    .command("report")
    .summary("a page with charts of everything, in one HTML file")
    .description("Writes one HTML file that needs no network: what was found, and charts and tables of all trials.")
    .argument("<journal>")
    .option("-o, --output <file>", "where to, - for stdout (default: NAME.attune.html beside the journal)")
    .action(async (journal: string, options: object) =>
      end(import("./html-report.ts"), ({ htmlReport }) => htmlReport(journal, options)),
    );

  program
    .command("plot")
    .summary("a chart in the terminal, or as SVG")
    .description("Draws what was found in the terminal; with --svg, one chart into a file.")
    .argument("<journal>")
    .addArgument(
      new Argument("[chart]", "which one (default: those that say most)").choices([
        "history",
        "front",
        "hypervolume",
        "importance",
        "parallel",
        "slices",
        "contour",
        "curves",
        "failures",
        "timeline",
      ]),
    )
    .option("--objective <name>", "of this objective instead of the first")
    .option(
      "--svg <file>",
      "where to draw it as SVG, - for stdout; parallel, contour, curves and timeline are drawn only so",
    )
    .option("--dark", "the SVG for a dark page")
    .option("--width <pixels>", "of the SVG", "900")
    .action(async (journal: string, chart: string | undefined, options: object) =>
      end(import("./plot.ts"), ({ plot }) => plot(journal, chart, options as never)),
    );

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
    .summary("the trials as a table, or as an Optuna journal")
    .argument("<journal>")
    .addOption(
      new Option(
        "-f, --format <format>",
        "csv; json: one array; jsonl: a trial per line; arrow: for data frames; compileiq: its columns; optuna: a journal of it",
      )
        .choices(["csv", "json", "jsonl", "arrow", "compileiq", "optuna"])
        .default("csv"),
    )
    .option("-o, --output <file>", "where to (default: stdout)")
    .option("--study <name>", "the study's name in an Optuna journal (default: the journal's)")
    .action(async (journal: string, options: object) =>
      end(import("./export.ts"), ({ exportTrials }) => exportTrials(journal, options as never)),
    );

  program
    .command("import")
    .summary("bring in the trials of another tuner")
    .description("Writes the finished trials of a study to a new journal, to look at them or to go on from them.")
    .addArgument(new Argument("<format>", "optuna: its journal, or its SQLite file").choices(["optuna"]))
    .argument("<file>")
    .option("--study <name>", "which study; needed where there are several")
    .option("-o, --output <journal>", "the new journal (default: the search's with --for, else ./FILE.attune.jsonl)")
    .option("--for <file>", "the search that is to go on: takes the trials that its space allows")
    .option("--names <a,b,…>", "names for the objectives (default: the study's, else value, or value_0, value_1, …)")
    .addHelpText(
      "after",
      `
  Examples:
    attune import optuna old.log                       its journal, for show, best and export
    attune import optuna old.db --study svm --for tune.ts && attune run tune.ts --trials 300`,
    )
    .action(async (format: "optuna", file: string, options: object) =>
      end(import("./import.ts"), ({ importStudy }) => importStudy(format, file, options)),
    );
}
