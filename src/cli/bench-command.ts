import type { Command, Option } from "commander";
import type { End } from "./outside-commands.ts";

/** Adds `bench`. */
export function addBenchCommand(program: Command, end: End, many: (flags: string, text: string) => Option): void {
  program
    .command("bench")
    .summary("compare samplers on test problems, with statistics")
    .description(
      "Runs searches of test problems by several samplers, each with several seeds, and compares the samplers with the first by what their searches found: medians and quartiles, a bootstrap interval of the difference of medians, the Mann–Whitney test with Holm's adjustment, and A12, the probability of doing better than the first. A difference that is not shown is a tie. Scores are true losses: of noisy problems that of the trial that looked best; of several objectives the hypervolume, scaled by the true front.",
    )
    .addOption(
      many(
        "-p, --problem <names>",
        "hartmann6, six-hump-camel, bbob:f=8:d=20 …, with commas between several; docs/problems.md lists them; may be repeated",
      ),
    )
    .addOption(many("--table <file>", "a recorded tuning space, as JSON, may be gzipped; may be repeated"))
    .addOption(
      many(
        "-s, --sampler <names>",
        "samplers, with commas between them, the first is what others are compared with: tpe,cma-es,genetic:pool=20 (default: random, auto, genetic, tpe, cma-es, those that can)",
      ),
    )
    .option("-n, --trials <n>", "the trials of each search", "100")
    .option("--seeds <n>", "how many searches of each, at least 2", "10")
    .option("--noise <sd>", "add Gaussian noise of this deviation to what searches see")
    .option("-w, --workers <n>", "searches at a time, each in a process (default: 2, or 1 where there is one core)")
    .option("-q, --quiet", "no progress")
    .option("--json", "one JSON list, with the scores of each search")
    .addHelpText(
      "after",
      `
Examples:
  attune bench --problem hartmann6 --sampler tpe,cma-es --trials 200 --seeds 20
  attune bench -p branin,levy:d=4,zdt1 -s random,genetic
  attune bench -p bbob:f=8:d=5,bbob:f=15:d=5 -s tpe,cma-es --noise 0.1 --json > result.json
  attune bench --table kernel.json.gz -s random,tpe -n 200`,
    )
    .action(async (options: object) => end(import("./bench.ts"), ({ bench }) => bench(options as never), true));
}
