#!/usr/bin/env node
import { Argument, Command, CommanderError, Option } from "commander";
import { keepCompiledCode } from "../system/compile-cache.ts";
import { version } from "./version.ts";

const program = new Command("attune")
  .description("Tunes anything that can be run: give it a search space, an objective and a budget.")
  .version(version)
  .exitOverride()
  .hook("preAction", keepCompiledCode)
  .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
  .addHelpText(
    "after",
    `
Examples:
  attune init                       writes a commented example, tune.ts
  attune run tune.ts --trials 200   runs it; again goes on with it
  attune best tune.attune.jsonl     the best configuration so far
  attune run --param threads=int:1:64:log --param mode=fast,safe \\
             --minimize ms='time: ([0-9.]+)' -- ./bench -t {threads} -m {mode}

Exit codes: 0 done, 1 error, 2 wrong usage, 3 every trial failed, 130 interrupted.
Times are written 500ms, 10s, 5m, 2h; sizes 512M, 2G, or 512Mi, 2Gi in powers of 1024.`,
  );

const collect = (value: string, all: string[] = []): string[] => [...all, value];
const many = (flags: string, text: string): Option => new Option(flags, text).argParser(collect);

/** Options that `run` and `resume` share. */
function searchOptions(command: Command): Command {
  return command
    .optionsGroup("Budget:")
    .option(
      "-n, --trials <n>",
      "how many trials may be complete, pruned or failed, earlier ones included (default: 100)",
    )
    .option("--generations <n>", "how many generations, for a generational sampler")
    .option("--time-limit <time>", "limit of the whole search")
    .optionsGroup("Each attempt:")
    .option("--timeout <time>", "how long it may take; one that takes longer is ended and recorded as failed")
    .option(
      "--memory <size>",
      "how much memory its processes may hold together, e.g. 512M, 2Gi; more ends them (kind memory)",
    )
    .option("--cpu-time <time>", "how much processor time they may use together; more ends them")
    .option(
      "--retry <kind=times,…>",
      "how often a trial that failed so is run again: error, invalid, timeout, memory, crash, lost (default: lost=1)",
    )
    .addOption(
      new Option("--keep <when>", "which directories {dir} of attempts outlive them (default: never)").choices([
        "never",
        "failed",
        "always",
      ]),
    )
    .option("--scratch <dir>", "where these directories are made (default: $ATTUNE_SCRATCH, else the system's)")
    .addOption(
      many(
        "--resource <name[:each]=tokens>",
        "lease each attempt a token that no other on this host has: gpu=0,1,2, ports=8001,8002, licence=4 (that is 0 to 3), gpu:2=0,1,2,3 (two each); may be repeated",
      ),
    )
    .optionsGroup("How it runs:")
    .option("-w, --workers <n>", "trials at a time (default: one per core)")
    .option("-s, --sampler <name>", "who proposes, e.g. genetic, random (default: the file's, else genetic)")
    .option(
      "-e, --evaluator <name>",
      "who runs trials: inline, threads, processes, isolated (default: the file's, else processes; for a command inline, or processes where it has limits on memory or processor time)",
    )
    .option("--seed <n>", "the same seed gives the same trials (default: random, recorded in the journal)")
    .optionsGroup("What it tells:")
    .addOption(
      many(
        "-t, --tracker <name[=file]>",
        "who follows: progress, log, csv, profile, summary, disabled, or none; csv=FILE says where to; may be repeated (default: the file's, else progress)",
      ),
    )
    .option("--csv <file>", "where the table of trials is written (default: beside the journal)")
    .option("-q, --quiet", "no progress, only the report")
    .option("--json", "print the best trial as JSON, of several objectives the Pareto front, one trial per line");
}

searchOptions(
  program
    .command("run")
    .summary("run a search, or go on with it")
    .usage("[options] FILE\n       attune run [options] --param … --minimize … -- COMMAND…")
    .description(
      "Runs the search that FILE exports by default (TypeScript or JavaScript), or that a JSON file describes, or the " +
        "one that --param, --minimize and a command after -- describe. If its journal exists, the search goes on from there.",
    )
    .argument("[file]", "a program or a JSON search")
    .argument("[command...]", "after --: the command to tune; {name} stands for a parameter"),
)
  .optionsGroup("Where it is kept:")
  .option("-j, --journal <file>", "the file that the search lives in (default: ./NAME.attune.jsonl)")
  .option("--fresh", "start over; an existing journal is kept under another name")
  .option("--adopt", "go on with a changed space or objective; trials that no longer fit are listed and set aside")
  .optionsGroup("A command instead of a file:")
  .addOption(
    many(
      "-p, --param <name=domain>",
      "int:1:64[:log], float:0:1[:log], range:0:9:2, loggrid:1:1000:4, ordinal:a,b,c, or a,b,c",
    ),
  )
  .option("--space <file>", "the space as a JSON file (schema/space.schema.json); --param adds to it")
  .addOption(
    many(
      "--minimize <name[=regex]>",
      "a value to make small: what the regex captures last in the output; without one, the number or the name in the JSON object on the last line; `wall` is the run time in ms",
    ),
  )
  .addOption(many("--maximize <name[=regex]>", "the same, larger is better"))
  .addOption(many("--measure <name[=regex]>", "a further value, recorded and for --limit"))
  .addOption(many("--limit <name=min..max>", "only trials that keep it can be best, e.g. p99=..50"))
  .addOption(many("--baseline <name=value>", "a value of the untuned program; one for every parameter"))
  .option("--print", "print the equivalent program instead of running it")
  .addHelpText(
    "after",
    `
The command runs without a shell, once per trial. {name} stands for a parameter,
{params.json} for a JSON file of all, {dir} for an empty directory of the attempt,
{lease.gpu} for what it holds of --resource gpu=…, {{ for a brace. The parameters are
in its environment too: ATTUNE_PARAM_NAME, and all as JSON in ATTUNE_PARAMS.

Examples:
  attune run tune.ts                          100 trials, one per core at a time
  attune run tune.ts --trials 500             goes on to 500
  attune run tune.ts --fresh --seed 1 -w 1    starts over, reproducibly
  attune run -p level=int:1:9 -p long=--long,--short --minimize wall --minimize size='size: (\\d+)' \\
             --baseline level=6 --baseline long=--short --trials 40 -- ./pack {long} -{level} data.bin
  attune run -p threads=int:1:64:log --maximize rps --limit p99=..50 --timeout 30s -- ./bench -t {threads}
  attune run train.ts --resource gpu=0,1,2,3 -w 4 --retry crash=1 --keep failed`,
  )
  .action(async (file: string | undefined, words: string[], options: object) => {
    const given = file === undefined ? [] : [file, ...words];
    const dashes = process.argv.indexOf("--");
    const command = dashes < 0 ? [] : process.argv.slice(dashes + 1);
    const files = given.slice(0, given.length - command.length);
    await end(import("./run.ts"), ({ run }) => run(files, command, options), true);
  });

searchOptions(
  program
    .command("resume")
    .summary("go on with a search from its journal alone")
    .description(
      "Finds the program in the journal's header and goes on with the search, from any directory, with the settings of its last run. With --trials it gets a larger budget.",
    )
    .argument("<journal>"),
)
  .optionsGroup("Where it is kept:")
  .option("--adopt", "go on with a changed space or objective; trials that no longer fit are listed and set aside")
  .action(async (journal: string, options: object) =>
    end(import("./resume.ts"), ({ resume }) => resume(journal, options), true),
  );

program
  .command("sample")
  .summary("print configurations without running anything")
  .description("Draws configurations from the search space and prints them. The objective is not called.")
  .argument("<file>", "a program or a JSON search")
  .option("-n, --number <n>", "how many", "1")
  .option("--seed <n>", "the same seed gives the same configurations")
  .option("--json", "one JSON value per line")
  .action(async (file: string, options: object) => end(import("./sample.ts"), ({ sample }) => sample(file, options)));

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

program
  .command("init")
  .summary("write a commented example")
  .argument("[file]", "where to", "tune.ts")
  .action(async (file: string) => end(import("./init.ts"), ({ init }) => init(file)));

/** Calls a command, whose file is loaded only now, and ends with its exit code; one that is `lasting` does its work even if nobody reads its output. */
async function end<M>(loading: Promise<M>, call: (module: M) => Promise<number>, lasting = false): Promise<void> {
  const [module, { exitWritten, fail, outliveOutput }] = await Promise.all([loading, import("./exit.ts")]);
  outliveOutput(lasting);
  process.exitCode = await call(module).catch(fail);
  if (lasting) await exitWritten(process.exitCode);
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else process.exitCode = (await import("./exit.ts")).fail(error);
}
