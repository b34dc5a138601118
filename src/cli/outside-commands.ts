import type { Command, Option } from "commander";

/** Ends the process with the exit code of a command, whose module is loaded only then. */
export type End = <M>(loading: Promise<M>, call: (module: M) => Promise<number>, lasting?: boolean) => Promise<void>;

/** Adds what another terminal says of a search: `status`, `stop`, `pause` and `continue`, `ask` and `tell`. */
export function addOutsideCommands(program: Command, end: End, many: (flags: string, text: string) => Option): void {
  program
    .command("status")
    .summary("how a search stands, and who works on it")
    .description(
      "Says from a journal alone what runs, since when and where, how far it is, what is best, and whether anybody still works on it. Nothing is written.",
    )
    .argument("<journal>")
    .option("--json", "one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  attune status tune.attune.jsonl
  attune status tune.attune.jsonl --json | jq .state     "running", "paused", "stopping" or "idle"
  watch attune status tune.attune.jsonl`,
    )
    .action(async (journal: string, options: object) =>
      end(import("./status.ts"), ({ status }) => status(journal, options)),
    );
  const waits = (command: Command): Command => command.option("--no-wait", "do not wait until it has taken effect");
  const codes = "Exit codes: 0 it has taken effect, 1 an error, 4 nobody works on the journal.";
  waits(
    program
      .command("stop")
      .summary("stop the searches that work on a journal")
      .description(
        "As one Ctrl-C in each of their terminals: running trials finish, the report is printed there. Also reaches searches on other hosts that share the file.",
      )
      .argument("<journal>")
      .option("--now", "cancel running trials"),
  )
    .addHelpText(
      "after",
      `\n${codes}\n\nExamples:\n  attune stop tune.attune.jsonl\n  attune stop tune.attune.jsonl --now`,
    )
    .action(async (journal: string, options: object) =>
      end(import("./control.ts"), ({ control }) => control("stop", journal, options)),
    );
  waits(
    program
      .command("pause")
      .summary("begin no new trials until `attune continue`")
      .description(
        "Running trials finish, and no new ones are begun. The time limit of the search stands still, those of trials do not. Waits until no trial runs.",
      )
      .argument("<journal>"),
  )
    .addHelpText(
      "after",
      `\n${codes}\n\nExamples:\n  attune pause tune.attune.jsonl && ./use-the-gpu; attune continue tune.attune.jsonl`,
    )
    .action(async (journal: string, options: object) =>
      end(import("./control.ts"), ({ control }) => control("pause", journal, options)),
    );
  waits(
    program
      .command("continue")
      .summary("go on after `attune pause`")
      .description(
        "Searches that are paused begin trials again. A search whose process is gone is not brought back by this: that is attune resume.",
      )
      .argument("<journal>"),
  )
    .addHelpText("after", `\n${codes}\n\nExample:\n  attune continue tune.attune.jsonl`)
    .action(async (journal: string, options: object) =>
      end(import("./control.ts"), ({ control }) => control("continue", journal, options)),
    );
  addAsk(program, end, many);
  addTell(program, end);
}

function addAsk(program: Command, end: End, many: (flags: string, text: string) => Option): void {
  program
    .command("ask")
    .summary("hand out the next trial, for a loop in any language")
    .description(
      "Prints trials to evaluate, one per line: the number and the parameters. They are running until attune tell says what came of them. The first ask says what the study is about; later the journal says it.",
    )
    .argument("<journal>", "where the study lives; made if it is not there")
    .argument("[file]", "a program or a JSON search, whose objective is not called, or a JSON space file")
    .option("-n, --number <n>", "how many at most (default: 1)")
    .option("--json", "as JSON: { number, attempt, params, baseline, seed }")
    .option("--wait [time]", "wait while there is nothing to hand out until a running trial is told")
    .option(
      "--timeout <time>",
      "trials that are not told in this time are lost, and handed out once more (default: never)",
    )
    .optionsGroup("What the study is about:")
    .addOption(many("-p, --param <name=domain>", "as in attune run"))
    .option("--space <file>", "the space as a JSON file; --param adds to it")
    .addOption(many("--minimize <name>", "a value to make small (default: value)"))
    .addOption(many("--maximize <name>", "the same, larger is better"))
    .addOption(many("--limit <name=min..max>", "only trials that keep it can be best"))
    .addOption(many("--baseline <name=value>", "a value of the untuned configuration; one for every parameter"))
    .option("--trials <n>", "how many trials may be complete, pruned or failed (default: 100)")
    .option("--generations <n>", "how many generations, for a generational sampler")
    .option("-s, --sampler <name>", "who proposes (default: the study's, else auto)")
    .option(
      "--pruner <name>",
      "who judges reports, which attune tell --step prints (default: the study's, else nobody)",
    )
    .option("--seed <n>", "the same seed gives the same trials (default: random, recorded in the journal)")
    .option("--adopt", "go on with a changed space or objective")
    .option("--fresh", "start over; an existing journal is kept under another name")
    .addHelpText(
      "after",
      `
Exit codes: 0 there is at least one, 1 an error, 2 wrong usage, 5 no more trials,
6 none now: the rest is running (--wait waits).

Examples:
  attune ask study.jsonl -p rate=float:0.001:1:log -p layers=int:1:8 --minimize loss --trials 30
  0 rate=0.07233171 layers=4
  attune ask study.jsonl --json
  {"number":1,"attempt":1,"params":{"rate":0.0021,"layers":7},"baseline":false,"seed":288105}
  attune ask study.jsonl tune.ts -n 3 --timeout 10m`,
    )
    .action(async (journal: string, file: string | undefined, options: object) =>
      end(import("./ask.ts"), ({ ask }) => ask(journal, file, options)),
    );
}

function addTell(program: Command, end: End): void {
  program
    .command("tell")
    .summary("tell the result of a trial that was handed out")
    .description(
      "Records what came of a running trial and prints its state then: complete, failed, pruned, cancelled, or queued for another attempt. With --step values on the way; that prints continue or prune.",
    )
    .argument("<journal>")
    .argument("<number>", "the number of the trial")
    .option("--value <number>", "the value of the only objective")
    .option("--values <name=number,…>", "the values of several")
    .option("--json <json>", "a number, samples, or values by name, e.g. '{\"ms\": [1.2, 1.3]}'; - reads it from stdin")
    .option("--failed <message>", "it failed")
    .option("--kind <kind>", "in which way: error, invalid, timeout, memory, crash, lost (default: error)")
    .option("--pruned", "it was given up early")
    .option("--cancelled [reason]", "it does not count, and the configuration may come again")
    .option("--step <n>", "these are values on the way, at this step")
    .option("--attempt <n>", "of which attempt; one that was superseded is dropped with a warning")
    .addHelpText(
      "after",
      `
Examples:
  attune tell study.jsonl 0 --value 1.25
  attune tell study.jsonl 0 --values loss=1.25,seconds=31
  attune tell study.jsonl 0 --step 4 --value 2.5
  ./train --rate 0.07 | attune tell study.jsonl 0 --json -
  attune tell study.jsonl 0 --failed 'does not converge' --kind invalid`,
    )
    .action(async (journal: string, number: string, options: object) =>
      end(import("./tell.ts"), ({ tell }) => tell(journal, number, options)),
    );
}
