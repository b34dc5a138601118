import { usage } from "../core/errors.ts";
import { isRecord } from "../core/json.ts";
import type { StudyDefinition } from "../core/event.ts";
import { readDuration } from "../formats/quantity.ts";
import { readJsonFile } from "../search/json-file.ts";
import { holdsStudy, openOutside, type OutsideOptions, type OutsideSpec, reopenOutside } from "../search/outside.ts";
import { readPruner } from "../search/json-pruner.ts";
import { readJournal } from "../search/read-journal.ts";
import type { AnySpec } from "../search/spec.ts";
import { readSpace } from "../space/read.ts";
import { generations } from "../study/stop-rules/index.ts";
import type { Study } from "../study/study.ts";
import type { AskedTrial } from "../study/study-options.ts";
import { realClock } from "../system/clock.ts";
import { askedText } from "./asked-text.ts";
import { EXIT } from "./exit.ts";
import { type InlineOptions, inlineStudy } from "./inline-spec.ts";
import { loadSearch } from "./load-search.ts";
import { writeLine } from "./narration.ts";
import { count, integer } from "./overrides.ts";

/** The options of `attune ask`, as commander gives them. */
export interface AskOptions extends InlineOptions {
  readonly number?: string;
  readonly json?: boolean;
  readonly timeout?: string;
  readonly wait?: true | string;
  readonly trials?: string;
  readonly generations?: string;
  readonly sampler?: string;
  readonly pruner?: string;
  readonly seed?: string;
  readonly adopt?: boolean;
  readonly fresh?: boolean;
}

/** Milliseconds between tries while there is nothing to hand out. */
const POLL = 200;

/** `attune ask`: hands out the next trials, whose results `attune tell` takes. */
export async function ask(journal: string, file: string | undefined, options: AskOptions): Promise<number> {
  const wanted = options.number === undefined ? 1 : count("--number", options.number);
  const patience =
    options.wait === undefined ? 0 : options.wait === true ? Infinity : readDuration(options.wait, "--wait");
  const study = await open(journal, file, options);
  let given = 0;
  let reason: Study<unknown>["ended"];
  try {
    const began = realClock.now();
    while (given < wanted) {
      const trial: AskedTrial<unknown> | "wait" | undefined = await study.ask();
      if (typeof trial === "object") {
        given++;
        process.stdout.write(`${options.json ? JSON.stringify(trial) : askedText(trial)}\n`);
      } else if (trial === undefined || given > 0 || realClock.now() - began >= patience) {
        reason = trial === undefined ? study.ended : undefined;
        break;
      } else {
        await realClock.sleep(POLL);
        await study.refresh();
      }
    }
  } finally {
    await study.close();
  }
  if (given > 0) return EXIT.done;
  writeLine(
    reason === undefined
      ? `attune: nothing to hand out until one of ${study.running} running trials is told; --wait waits for it`
      : `attune: ${OVER[reason]}: nothing is left to hand out`,
  );
  return reason === undefined ? EXIT.later : EXIT.over;
}

async function open(journal: string, file: string | undefined, options: AskOptions): Promise<Study<unknown>> {
  const opening: OutsideOptions = {
    ...(options.timeout === undefined ? {} : { timeout: readDuration(options.timeout, "--timeout") }),
    ...(options.adopt === undefined ? {} : { adopt: options.adopt }),
    ...(options.fresh === undefined ? {} : { fresh: options.fresh }),
    warn: (message) => writeLine(`attune: ${message}`),
  };
  const { trials, generations: rounds, sampler, pruner, seed } = options;
  const changes = {
    ...(trials === undefined ? {} : { trials: count("--trials", trials) }),
    ...(sampler === undefined ? {} : { sampler }),
    ...(pruner === undefined ? {} : { pruner: readPruner(pruner) }),
    ...(seed === undefined ? {} : { seed: integer("--seed", seed) }),
  };
  const own = rounds === undefined ? {} : { generations: count("--generations", rounds) };
  const said = await saidBy(file, options);
  if (said !== undefined) return openOutside(journal, changed(said, changes, own.generations), opening);
  if (!holdsStudy(journal))
    throw usage(
      `Expected the journal ${journal} to hold a study, or to be told what it is about: attune ask ${journal} FILE, or --param and --minimize`,
    );
  if (seed !== undefined) throw usage("Expected --seed only where a study begins: the journal has one");
  const { definition, settings } = await readJournal(journal);
  if (definition.rules.length === 0) return reopenOutside(journal, { ...changes, ...own }, opening);
  const ruled = await loadSearch(programOf(definition, journal));
  const kept = settings?.trials === undefined ? {} : { trials: settings.trials };
  const { search, source, hash } = ruled;
  const again = { spec: search.spec, source, hash };
  return openOutside(
    journal,
    changed(again, { ...kept, ...changes }, own.generations ?? settings?.generations),
    opening,
  );
}

/** What a file or the command line says that the study is about, if they do. */
async function saidBy(file: string | undefined, options: AskOptions): Promise<OutsideSpec | undefined> {
  const inline = (["param", "space", "minimize", "maximize", "limit", "baseline"] as const).filter(
    (option) => options[option] !== undefined,
  );
  const json = file?.endsWith(".json") ? await readJsonFile("the space file", file) : undefined;
  const isSpaceFile = json !== undefined && !(isRecord(json) && "space" in json && "command" in json);
  if (file !== undefined && !isSpaceFile) {
    if (inline.length > 0) throw usage(`--${inline[0]} needs a space, not a search: ${file} says it itself`);
    const { search, source, hash } = await loadSearch(file);
    return { spec: search.spec, source, hash };
  }
  if (file === undefined && inline.length === 0) return undefined;
  if (file !== undefined && options.space !== undefined)
    throw usage(`Expected one space file, got ${file} and --space ${options.space}`);
  const { space, ...spec } = await inlineStudy({ ...options, ...(file === undefined ? {} : { space: file }) });
  return { spec: { ...spec, space: readSpace(space) } as OutsideSpec["spec"] };
}

/** The specification with what the command line says over it. */
function changed({ spec, ...rest }: OutsideSpec, changes: Partial<AnySpec>, rounds: number | undefined): OutsideSpec {
  const stop = [spec.stop ?? []].flat().filter((rule) => rule.generations === undefined);
  return {
    ...rest,
    spec: { ...spec, ...changes, ...(rounds === undefined ? {} : { stop: [...stop, generations(rounds)] }) },
  };
}

/** The program whose `where` rules the study has. */
function programOf({ source, rules }: StudyDefinition, journal: string): string {
  const file = (source as { readonly file?: string } | undefined)?.file;
  if (file !== undefined) return file;
  throw usage(
    `The study of ${journal} has \`where\` rules (${rules[0]}): they are code, which is never read from a journal. Name the file that exports them: attune ask ${journal} FILE`,
  );
}

const OVER: Readonly<Record<NonNullable<Study<unknown>["ended"]>, string>> = {
  trials: "the budget of trials is used",
  generations: "all generations are done",
  exhausted: "every configuration was tried",
  dropped: "too many reservations in a row were dropped",
};
