#!/usr/bin/env node
import { Command, CommanderError, Option } from "commander";
import { version } from "./version.ts";

const program = new Command("attune")
  .description("Tunes anything that can be run: give it a search space, an objective and a budget.")
  .version(version)
  .exitOverride()
  .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
  .addHelpText(
    "after",
    `
Examples:
  attune init                       writes a commented example, tune.ts
  attune run tune.ts --trials 200   runs it; again resumes it
  attune best tune.attune.jsonl     the best configuration so far
  attune run --param threads=int:1:64:log --param mode=fast,safe \\
             --minimize ms='time: ([0-9.]+)' -- ./bench -t {threads} -m {mode}

Exit codes: 0 done, 1 error, 2 wrong usage, 3 every trial failed, 130 interrupted.
Times are written 500ms, 10s, 5m, 2h.`,
  );

const collect = (value: string, all: string[] = []): string[] => [...all, value];

/** Options that `run` and `resume` share. */
function searchOptions(command: Command): Command {
  return command
    .option("-n, --trials <n>", "how many trials may be complete, pruned or failed, earlier ones included")
    .option("--generations <n>", "how many generations, for a generational sampler")
    .option("--timeout <time>", "limit of one attempt")
    .option("--time-limit <time>", "limit of the whole search")
    .option("-w, --workers <n>", "trials at a time (default: one per core)")
    .option("-s, --sampler <name>", "genetic, random or grid (default: the file's, else genetic)")
    .option("-e, --evaluator <name>", "processes or inline (default: the file's, else processes; commands: inline)")
    .option("--seed <n>", "the same seed gives the same trials (default: random, recorded in the journal)")
    .option("-t, --tracker <name>", "progress, log or none; may be repeated (default: progress)", collect)
    .option("--csv <file>", "where the table of trials is written (default: beside the journal)")
    .option("-q, --quiet", "no progress")
    .option("--json", "print the best trial (several objectives: the Pareto front) as JSON, one per line");
}

searchOptions(
  program
    .command("run")
    .summary("run a search, or go on with it")
    .description(
      "Runs the search that FILE exports by default (TypeScript or JavaScript), that a JSON file describes, or that\n--param and a command after -- define. If its journal exists, the search goes on from there.",
    )
    .argument("[file]", "a program or a JSON search")
    .argument("[command...]", "without a file: the command to tune, after --; {name} stands for a parameter"),
)
  .option("-j, --journal <file>", "where the search is kept (default: ./NAME.attune.jsonl)")
  .option("--fresh", "start over; an existing journal is kept under another name")
  .option("--adopt", "go on with a changed space or objective; trials that no longer fit are listed and set aside")
  .addOption(
    new Option(
      "-p, --param <name=domain>",
      "a parameter: int:1:64[:log], float:0:1[:log], range:0:9:2, loggrid:1:1000:4, ordinal:a,b,c, or a,b,c",
    )
      .argParser(collect)
      .helpGroup("Without a file:"),
  )
  .addOption(new Option("--space <file>", "the space, as a JSON file").helpGroup("Without a file:"))
  .addOption(
    new Option(
      "--minimize <name[=regex]>",
      "an objective: what the regex captures in the output, else the name in the last JSON line; `wall` is the run time in ms",
    )
      .argParser(collect)
      .helpGroup("Without a file:"),
  )
  .addOption(
    new Option("--maximize <name[=regex]>", "the same, larger is better")
      .argParser(collect)
      .helpGroup("Without a file:"),
  )
  .addOption(
    new Option("--limit <name=min..max>", "only trials that keep it can be best, e.g. p99=..50")
      .argParser(collect)
      .helpGroup("Without a file:"),
  )
  .addOption(
    new Option("--baseline <name=value>", "a value of the untuned program; give one for every parameter")
      .argParser(collect)
      .helpGroup("Without a file:"),
  )
  .addOption(new Option("--print", "print the equivalent program instead of running it").helpGroup("Without a file:"))
  .action(async (file: string | undefined, words: string[], options: object) =>
    end((await import("./run.ts")).run(file, words, options)),
  );

searchOptions(
  program
    .command("resume")
    .summary("go on with a search from its journal alone")
    .description(
      "Finds the program in the journal's header and goes on with the search. With --trials it can be given a larger budget.",
    )
    .argument("<journal>"),
)
  .option("--adopt", "go on with a changed space or objective")
  .action(async (journal: string, options: object) => end((await import("./resume.ts")).resume(journal, options)));

program
  .command("sample")
  .summary("print configurations without running anything")
  .argument("<file>", "a program or a JSON search")
  .option("-n, --number <n>", "how many", "1")
  .option("--seed <n>", "the same seed gives the same configurations")
  .option("--json", "one JSON value per line")
  .action(async (file: string, options: object) => end((await import("./sample.ts")).sample(file, options)));

program
  .command("best")
  .summary("the best trial, or the Pareto front")
  .argument("<journal>")
  .option("-k, --top <k>", "the k best trials")
  .option("--json", "one trial per line: { number, state, params, values, … }")
  .action(async (journal: string, options: object) => end((await import("./best.ts")).best(journal, options)));

program
  .command("show")
  .summary("what a journal holds: settings, counts, results, trials")
  .argument("<journal>")
  .option("-a, --all", "list every trial")
  .option("--json", "every trial, one per line")
  .action(async (journal: string, options: object) => end((await import("./show.ts")).show(journal, options)));

program
  .command("export")
  .summary("the trials as a table")
  .argument("<journal>")
  .addOption(new Option("-f, --format <format>", "csv, or json: one array").choices(["csv", "json"]).default("csv"))
  .option("-o, --output <file>", "where to (default: stdout)")
  .action(async (journal: string, options: object) =>
    end((await import("./export.ts")).exportTrials(journal, options as never)),
  );

program
  .command("init")
  .summary("write a commented example")
  .argument("[file]", "where to", "tune.ts")
  .action(async (file: string) => end((await import("./init.ts")).init(file)));

async function end(code: Promise<number>): Promise<void> {
  process.exitCode = await code;
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else process.exitCode = (await import("./exit.ts")).fail(error);
}
