import { text as textOf } from "node:stream/consumers";
import { usage } from "../core/errors.ts";
import type { StudyDefinition } from "../core/event.ts";
import type { Values } from "../core/trial.ts";
import { reopenOutside } from "../search/outside.ts";
import type { Told } from "../study/study-options.ts";
import type { Study } from "../study/study.ts";
import { EXIT } from "./exit.ts";
import { writeLine } from "./narration.ts";
import { count, integer } from "./overrides.ts";
import { number as toNumber, readTold, type ToldOptions } from "./told.ts";

/** The options of `attune tell`, as commander gives them. */
export interface TellOptions extends ToldOptions {
  readonly step?: string;
  readonly attempt?: string;
}

/** `attune tell`: the result of a trial that was handed out; with `--step` values on the way to it. */
export async function tell(journal: string, trial: string, options: TellOptions): Promise<number> {
  const number = integer("NUMBER", trial);
  const attempt = options.attempt === undefined ? undefined : count("--attempt", options.attempt);
  const step = options.step === undefined ? undefined : toNumber("--step", options.step);
  const json = options.json === "-" ? await textOf(process.stdin) : options.json;
  const study = await reopenOutside(journal, "telling", { warn: (message) => writeLine(`attune: ${message}`) });
  try {
    const { definition } = study;
    const terms = step === undefined ? definition : { ...definition, constraints: {} };
    const told = readTold(json === undefined ? options : { ...options, json }, terms);
    if (step !== undefined) {
      const verdict = await study.report(number, step, reported(told, definition), attempt);
      process.stdout.write(`${verdict}\n`);
    } else await settle(study, number, told, attempt);
  } finally {
    await study.close();
  }
  return EXIT.done;
}

async function settle(study: Study<unknown>, number: number, told: Told, attempt: number | undefined): Promise<void> {
  const { state, failure } = await study.tell(number, told, attempt);
  process.stdout.write(`${state}\n`);
  if (failure !== undefined) writeLine(`attune: trial ${number} failed (${failure.kind}): ${failure.message}`);
}

/** Values on the way are plain numbers. */
function reported(told: Told, { objectives }: StudyDefinition): Values {
  if (typeof told === "number") return { [objectives[0]!.name]: told };
  if (typeof told === "object" && !("state" in told) && Object.values(told).every((value) => typeof value === "number"))
    return told as Values;
  throw usage("Expected numbers beside --step: --value, --values, or --json with numbers by name");
}
