#!/usr/bin/env node
import { Command, CommanderError, Option } from "commander";
import { keepCompiledCode } from "../system/compile-cache.ts";
import { addAnalysisCommands } from "./analysis-commands.ts";
import { addBenchCommand } from "./bench-command.ts";
import { addOutsideCommands } from "./outside-commands.ts";
import { addResultCommands } from "./result-commands.ts";
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
  attune check tune.ts              runs the baseline: seconds per trial, noise, what to expect
  attune run tune.ts --trials 200   runs it; again goes on with it
  attune best tune.attune.jsonl     the best configuration so far
  attune run --param threads=int:1:64:log --param mode=fast,safe \\
             --minimize ms='time: ([0-9.]+)' -- ./bench -t {threads} -m {mode}

Exit codes: 0 done, 1 error, 2 wrong usage, 3 every trial failed, 4 nobody works on the
journal, 5 no more trials, 6 none now, 7 nothing kept, 130 interrupted.
Times are written 500ms, 10s, 5m, 2h; sizes 512M, 2G, or 512Mi, 2Gi in powers of 1024.`,
  );

const collect = (value: string, all: string[] = []): string[] => [...all, value];
const many = (flags: string, text: string): Option => new Option(flags, text).argParser(collect);

/** Options that `run`, `resume` and `check` share. */
function trialOptions(command: Command): Command {
  return command
    .optionsGroup("Budget:")
    .option(
      "-n, --trials <n>",
      "how many trials may be complete, pruned or failed, earlier ones included (default: 100)",
    )
    .option("--generations <n>", "how many generations, for a generational sampler")
    .option("--time-limit <time>", "limit of the whole search")
    .option("--cost <amount>", "what trials may cost together, of the `cost` that each returns beside its values")
    .option(
      "--failures <n>",
      "how many failed trials end the search: 5, 20% (of the trials, once 5 have failed), or any (default: it ends when the first trials all fail)",
    )
    .optionsGroup("Each attempt:")
    .option(
      "--timeout <time>",
      "how long it may take; one that takes longer is ended and recorded as failed. 3xbest or 3xbaseline: so many times what the best trial or the baseline took, recorded as at least this slow; 3xbest,10s: and at most 10s",
    )
    .option(
      "--memory <size>",
      "how much memory its processes may hold together, e.g. 512M, 2Gi; more ends them (kind memory)",
    )
    .option("--cpu-time <time>", "how much processor time they may use together; more ends them")
    .option(
      "--retry <kind=times,…>",
      "how often a trial that failed so is run again: error, invalid, timeout, memory, crash, lost (default: lost=1)",
    )
    .option("--min-steps <n>", "no attempt is pruned at a step before this one")
    .option("--max-steps <n>", "an attempt that reports this step is ended, complete with what it reported there")
    .addOption(
      new Option("--keep <when>", "which directories {dir} of attempts outlive them (default: never)").choices([
        "never",
        "failed",
        "always",
      ]),
    )
    .addOption(
      new Option(
        "--directory <whose>",
        "whether {dir} is each attempt's own, or the trial's, so that what was interrupted resumes (default: attempt)",
      ).choices(["attempt", "trial"]),
    )
    .option("--scratch <dir>", "where these directories are made (default: $ATTUNE_SCRATCH, else the system's)")
    .addOption(
      many(
        "--resource <name[:each]=tokens>",
        "lease each attempt a token that no other on this host has: gpu=0,1,2, ports=8001,8002, licence=4 (that is 0 to 3), gpu:2=0,1,2,3 (two each); may be repeated",
      ),
    )
    .optionsGroup("How it is measured:")
    .option("--repeats <n>", "how often each attempt runs the objective (default: 1)")
    .addOption(
      new Option("--reduce <how>", "what becomes of the values of the repeats (default: median)").choices([
        "median",
        "mean",
        "min",
        "max",
      ]),
    )
    .option("--normalize", "compare values relative to the baseline's, which is measured alone first on each device")
    .option("--normalize-every <n>", "the same, and measure the baseline again after every n trials of a device")
    .option("--interleave", "the same, but measure the baseline in turn with the candidate within each attempt")
    .optionsGroup("How it runs:")
    .option("-w, --workers <n>", "trials at a time (default: one per core)")
    .option(
      "--pruner <name>",
      "who stops trials early by what they report, e.g. median, or none (default: the file's, else none)",
    )
    .option("-s, --sampler <name>", "who proposes, e.g. tpe, genetic (default: the file's, else auto)")
    .option(
      "-e, --evaluator <name>",
      "who runs trials: inline, threads, processes, isolated, simulated (default: the file's, else processes; for a command inline, or processes where it has limits on memory or processor time)",
    )
    .option("--seed <n>", "the same seed gives the same trials (default: random, recorded in the journal)");
}

/** Options that `run` and `resume` share. */
function searchOptions(command: Command): Command {
  return trialOptions(command)
    .option(
      "--no-check",
      "begin without the short check, which runs the baseline for about a second and refuses one that fails",
    )
    .optionsGroup("What it tells:")
    .addOption(
      many(
        "-t, --tracker <name[=file]>",
        "who follows: progress, log, csv, profile, summary, mlflow, optuna, disabled, or none; csv=FILE says where to; may be repeated (default: the file's, else progress)",
      ),
    )
    .option("--csv <file>", "where the table of trials is written (default: beside the journal)")
    .option("-q, --quiet", "no progress, only the report")
    .option("--json", "print the best trial as JSON, of several objectives the Pareto front, one trial per line");
}

/** Options that `run` and `check` share: a command instead of a file. */
function inlineOptions(command: Command): Command {
  return command
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
    .addOption(many("--instance <text>", "every trial is measured on each of these: {instance} in the command"))
    .addOption(many("--holdout <text>", "a further instance, which only attune validate measures on"))
    .option(
      "--reports <json|regex>",
      'lines of its output that report on the way, for --pruner: JSON objects with a number `step`, or what the regex\'s named groups capture, e.g. "epoch (?<step>\\d+): loss (?<loss>\\S+)"',
    )
    .option("--report-file <file>", "the file to which it appends such JSON objects instead, e.g. {dir}/reports.jsonl")
    .option(
      "--worker-program",
      "the command is a worker program: started once per worker, it speaks JSON lines (docs/worker-protocol.md)",
    )
    .option("--python <program>", "the Python that runs FILE.py (default: python3, else python, of the PATH)");
}

/** What stands before and after `--`. */
function wordsOf(file: string | undefined, words: readonly string[]): [files: string[], command: string[]] {
  const given = file === undefined ? [] : [file, ...words];
  const dashes = process.argv.indexOf("--");
  const command = dashes < 0 ? [] : process.argv.slice(dashes + 1);
  return [given.slice(0, given.length - command.length), command];
}

inlineOptions(
  searchOptions(
    program
      .command("run")
      .summary("run a search, or go on with it")
      .usage(
        "[options] FILE\n       attune run [options] --param … --minimize … FILE.py[:FUNCTION]\n       attune run [options] --param … --minimize … -- COMMAND…",
      )
      .description(
        "Runs the search that FILE exports by default (TypeScript or JavaScript), or that a JSON file describes, or the " +
          "one that --param, --minimize and a Python function, or a command after --, describe. If its journal exists, the search goes on from there.",
      )
      .argument("[file]", "a program or a JSON search; with --param a Python file")
      .argument("[command...]", "after --: the command to tune; {name} stands for a parameter"),
  )
    .optionsGroup("Where it is kept:")
    .option("-j, --journal <file>", "the file that the search lives in (default: ./NAME.attune.jsonl)")
    .option("--fresh", "start over; an existing journal is kept under another name")
    .option("--adopt", "go on with a changed space or objective; trials that no longer fit are listed and set aside"),
)
  .option("--print", "print the equivalent program instead of running it")
  .addHelpText(
    "after",
    `
The command runs without a shell, once per trial. {name} stands for a parameter,
{params.json} for a JSON file of all, {dir} for an empty directory of the attempt,
{lease.gpu} for what it holds of --resource gpu=…, {instance} for an --instance, {{ for a brace. The parameters are
in its environment too: ATTUNE_PARAM_NAME, and all as JSON in ATTUNE_PARAMS.

Examples:
  attune run tune.ts                          100 trials, one per core at a time
  attune run tune.ts --trials 500             goes on to 500
  attune run tune.ts --fresh --seed 1 -w 1    starts over, reproducibly
  attune run -p level=int:1:9 -p long=--long,--short --minimize wall --minimize size='size: (\\d+)' \\
             --baseline level=6 --baseline long=--short --trials 40 -- ./pack {long} -{level} data.bin
  attune run -p lr=float:1e-5:0.1:log --minimize loss train.py:objective
  attune run -p threads=int:1:64:log --maximize rps --limit p99=..50 --timeout 30s -- ./bench -t {threads}
  attune run train.ts --resource gpu=0,1,2,3 -w 4 --retry crash=1 --keep failed`,
  )
  .action(async (file: string | undefined, words: string[], options: object) => {
    const [files, command] = wordsOf(file, words);
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

inlineOptions(
  trialOptions(
    program
      .command("check")
      .summary("know before running: seconds per trial, noise, the smallest gain that can be shown")
      .usage("[options] FILE\n       attune check [options] --param … --minimize … -- COMMAND…")
      .description(
        "Runs the baseline of a search several times, as the search would, and prints what was understood, seconds per " +
          "trial, noise, the step of the clock, the smallest gain that the search can show, and the time that the budget " +
          "takes. Without a baseline the first configuration is run, or one drawn from the space. Nothing is recorded. " +
          "A configuration that fails is refused, with exit code 3.",
      )
      .argument("[file]", "a program or a JSON search; with --param a Python file")
      .argument("[command...]", "after --: the command to tune; {name} stands for a parameter"),
  )
    .optionsGroup("The check:")
    .option("--runs <n>", "how often it is run (default: 10, or as often as fits, at least 3)")
    .option("--max-time <time>", "when no further run begins that need not (default: 60s)")
    .option("-q, --quiet", "nothing of what the objective writes")
    .option("--json", "print one JSON value"),
).action(async (file: string | undefined, words: string[], options: object) => {
  const [files, command] = wordsOf(file, words);
  await end(import("./check.ts"), ({ check }) => check(files, command, options), true);
});

program
  .command("sample")
  .summary("print configurations without running anything")
  .description("Draws configurations from the search space and prints them. The objective is not called.")
  .argument("<file>", "a program or a JSON search")
  .option("-n, --number <n>", "how many", "1")
  .option("--seed <n>", "the same seed gives the same configurations")
  .option("--json", "one JSON value per line")
  .action(async (file: string, options: object) => end(import("./sample.ts"), ({ sample }) => sample(file, options)));

addResultCommands(program, end);
addAnalysisCommands(program, end);
addOutsideCommands(program, end, many);
addBenchCommand(program, end, many);

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
