import { type Command, Option } from "commander";
import type { End } from "./outside-commands.ts";

/** Adds what tells what the trials of a journal say: `importance`, `effects`, `failures`, `compare` and `validate`. */
export function addAnalysisCommands(program: Command, end: End): void {
  program
    .command("importance")
    .summary("which parameters matter")
    .argument("<journal>")
    .addOption(
      new Option(
        "-m, --method <method>",
        "ped-anova: what sets the best trials apart; fanova: what makes values differ anywhere in the space",
      )
        .choices(["ped-anova", "fanova"])
        .default("ped-anova"),
    )
    .option("--objective <name>", "the measured name to explain (default: all objectives; fanova needs one)")
    .option("--best <share>", "the share of trials that are the best ones, for ped-anova (default: 0.1)")
    .option("--json", "one JSON object")
    .addHelpText(
      "after",
      "\nExamples:\n  attune importance tune.attune.jsonl\n  attune importance tune.attune.jsonl --method fanova --objective ms",
    )
    .action(async (journal: string, options: object) =>
      end(import("./importance.ts"), ({ importance }) => importance(journal, options as never)),
    );

  program
    .command("effects")
    .summary("how a value goes with each parameter")
    .argument("<journal>")
    .option("--objective <name>", "the measured name (default: the first objective)")
    .option("--param <name>", "only this parameter")
    .option("--json", "one JSON object")
    .addHelpText(
      "after",
      "\nExamples:\n  attune effects tune.attune.jsonl\n  attune effects tune.attune.jsonl --objective rss --param threads",
    )
    .action(async (journal: string, options: object) =>
      end(import("./effects.ts"), ({ effects }) => effects(journal, options)),
    );

  program
    .command("failures")
    .summary("what failed, why, and which values go with it")
    .argument("<journal>")
    .option("-a, --all", "list every failed trial")
    .option("--json", "one JSON object")
    .addHelpText("after", "\nExample:\n  attune failures tune.attune.jsonl --all")
    .action(async (journal: string, options: object) =>
      end(import("./failures.ts"), ({ failures }) => failures(journal, options)),
    );

  program
    .command("compare")
    .summary("two trials, or two ways of searching: is one better, or is it noise?")
    .usage("[options] JOURNAL TRIAL TRIAL\n       attune compare [options] JOURNAL… --with JOURNAL…")
    .description(
      'Compares two trials by their standard errors, or the runs of two ways of searching after equally many trials, by Welch\'s test and a bootstrap interval. "No difference is shown" is an answer.',
    )
    .argument("<journal>")
    .argument("<others...>", "the numbers of two trials, or further journals")
    .option("--with <journals...>", "the runs of the other way of searching")
    .option("--confidence <percent>", "the level of the intervals (default: 95)")
    .option("--json", "one JSON value")
    .addHelpText(
      "after",
      `
Examples:
  attune compare tune.attune.jsonl 0 17
  attune compare genetic-1.jsonl genetic-2.jsonl genetic-3.jsonl --with tpe-1.jsonl tpe-2.jsonl tpe-3.jsonl`,
    )
    .action(async (journal: string, others: string[], options: object) =>
      end(import("./compare.ts"), ({ compare }) => compare(journal, others, options)),
    );

  program
    .command("validate")
    .summary("measure the best trials again beside the baseline; keep or reject each")
    .usage("[options] FILE\n       attune validate [options] JOURNAL")
    .description(
      "The best of many trials looks better than it is. Runs the baseline and the best trials in turn, round by round, as the search would, and keeps those that are better beyond the noise. Ends early where it is clear. Nothing is written to the journal.",
    )
    .argument("<file>", "a program, a JSON search, or a journal that says which program it came from")
    .option("-k, --top <k>", "how many of the best trials (default: 3)")
    .option("--repeats <n>", "how many rounds at most, at least 3 (default: 10)")
    .addOption(
      new Option(
        "--on <which>",
        "of an objective with instances: those that trials saw, those that none saw, or all (default: holdout where there is one)",
      ).choices(["over", "holdout", "all"]),
    )
    .option("--confidence <percent>", "the level of all intervals together (default: 95)")
    .option("--max-time <time>", "when no further round begins (default: 10m)")
    .option("-j, --journal <file>", "where the trials of FILE are (default: its journal)")
    .option("-e, --evaluator <name>", "who runs them (default: as the last run had it)")
    .option("--timeout <time>", "how long a run may take (default: as the last run had it)")
    .option("-o, --output <file>", "also write what was measured, as JSON")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      `
Exit codes: 0 something is kept, 7 nothing is, 3 the baseline fails.

Examples:
  attune validate tune.ts
  attune validate tune.attune.jsonl --top 1 --repeats 20 && attune apply Makefile --from tune.attune.jsonl`,
    )
    .action(async (file: string, options: object) =>
      end(import("./validate.ts"), ({ validate }) => validate(file, options), true),
    );
}
