import * as evaluators from "../../src/evaluators/index.ts";
import { commandProgram, functionProgram, libraryProgram } from "./programs.ts";

/** A way of running a search: how it is written, started, and gone on with. */
export interface Scenario {
  readonly name: string;
  /** What the program's file is called. */
  readonly file: string;
  program(trials: number, seed: number, directory: string): string;
  readonly run: readonly string[];
  readonly resume: readonly string[];
}

const JOURNAL = "tune.attune.jsonl";

/** Every evaluator that there is, with a function and with a command; and one that is not ours. */
export const scenarios: readonly Scenario[] = [
  ...Object.values(evaluators).flatMap(({ info: { name } }): Scenario[] => {
    const cli = (program: Scenario["program"], what: string): Scenario => ({
      name: `${name}, ${what}`,
      file: "tune.ts",
      program,
      run: ["attune", "run", "tune.ts", "--no-check", "-q", "-w", "2", "-e", name],
      resume: ["attune", "resume", JOURNAL, "--no-check", "-q"],
    });
    return [cli(functionProgram, "function"), cli(commandProgram, "command")];
  }),
  {
    name: "custom, library",
    file: "drive.mjs",
    program: libraryProgram,
    run: ["drive.mjs", JOURNAL],
    resume: ["drive.mjs", JOURNAL],
  },
];
