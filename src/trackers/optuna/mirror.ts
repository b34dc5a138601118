import { randomUUID } from "node:crypto";
import { AttuneError, show } from "../../core/errors.ts";
import type { Tracker, Watched } from "../../core/tracker.ts";
import { isFinal, type Trial } from "../../core/trial.ts";
import type { OptunaStudy, OptunaTrial } from "../../formats/optuna/fold.ts";
import type { OptunaRecord } from "../../formats/optuna/record.ts";
import { ID, OptunaScript, TRIAL } from "../../formats/optuna/script.ts";
import type { TimeForm } from "../../formats/optuna/times.ts";
import { readSpace } from "../../space/read.ts";
import { realClock } from "../../system/clock.ts";
import type { LockKind } from "./lock.ts";
import { OptunaJournalFile } from "./journal-file.ts";

/** How a study is mirrored. */
export interface MirrorOptions {
  readonly file: string;
  /** The name of the study. */
  readonly study: string;
  /** Whether somebody chose that name. Otherwise a number is added to it where it is another search's. */
  readonly named: boolean;
  readonly lock: LockKind;
  readonly times: TimeForm;
}

/** Milliseconds in which what happens is gathered, to be written as one. */
const GATHER = 50;
/** The most trials that are written under one lock. */
const BATCH = 250;

/**
 * Brings Optuna's view of a study to where attune's is, trial by trial, whatever was or was not written before: by this
 * session, a former one, or another process that mirrors the same study. What is there is found by the number that each
 * mirrored trial carries.
 */
export class Mirror implements Tracker {
  readonly #watched: Watched;
  readonly #options: MirrorOptions;
  readonly #script: OptunaScript<unknown>;
  readonly #over = new AbortController();
  #file: OptunaJournalFile | undefined;
  /** The fold that {@link Mirror.#known} is about. */
  #of: OptunaStudy | undefined;
  readonly #known = new Map<number, OptunaTrial>();
  #listed = 0;
  /** Trials to look at. */
  #dirty = new Map<number, Trial>();
  /** Trials that others may end: twins end with the trial that they follow. */
  readonly #open = new Map<number, Trial>();
  #draining: Promise<void> | undefined;

  constructor(watched: Watched, options: MirrorOptions) {
    this.#watched = watched;
    this.#options = options;
    const { study } = watched;
    this.#script = new OptunaScript(readSpace(study.space), study, {
      worker: `attune-${randomUUID()}`,
      times: options.times,
    });
  }

  track(_: unknown, trial?: Trial): Promise<void> | undefined {
    if (trial !== undefined) this.#dirty.set(trial.number, trial);
    if (this.#draining !== undefined) return undefined;
    this.#draining = this.#drain().finally(() => {
      this.#draining = undefined;
    });
    return this.#draining;
  }

  async close(): Promise<void> {
    this.#over.abort();
    try {
      await this.#draining?.catch(() => {}); // tried once more here
      await this.#write();
    } finally {
      await this.#file?.close();
    }
  }

  async #drain(): Promise<void> {
    await realClock.sleep(GATHER, this.#over.signal);
    await this.#write();
  }

  async #write(): Promise<void> {
    this.#file ??= new OptunaJournalFile(this.#options.file, this.#options.lock);
    const file = this.#file;
    do {
      await file.hold(() => {
        const study = this.#study(file);
        this.#dirty = new Map([...this.#open, ...this.#dirty]);
        const taken = [...this.#dirty.values()].slice(0, BATCH);
        const records = taken.flatMap((trial) => this.#follow(file, study, trial));
        file.append(records);
        for (const { number } of taken) this.#dirty.delete(number);
      });
      if (this.#dirty.size > 0) await realClock.sleep(0);
    } while (this.#dirty.size > 0);
  }

  #follow(file: OptunaJournalFile, study: OptunaStudy, trial: Trial): OptunaRecord[] {
    const { number } = trial;
    if (isFinal(trial.state)) this.#open.delete(number);
    else this.#open.set(number, trial);
    const records = this.#script.follow(trial, study.id, this.#known.get(number));
    for (const record of records) {
      const changed = file.apply(record);
      if (changed !== undefined) this.#known.set(number, changed);
    }
    return records;
  }

  /** The study in the file, which is made where it is not there; and which of its trials are ours. */
  #study(file: OptunaJournalFile): OptunaStudy {
    const name = this.#name(file);
    let study = file.fold.study(name);
    if (study === undefined || study !== this.#of) {
      const write = (records: readonly OptunaRecord[]): void => {
        for (const record of records) file.apply(record);
        file.append(records);
      };
      if (study === undefined) write([this.#script.createStudy(name)]);
      else if (study.systemAttrs.get(ID) !== this.#watched.id) this.#expectFree(file, study);
      study = file.fold.study(name)!;
      if (!this.#script.isDescribed(study.systemAttrs)) write(this.#script.describeStudy(study.id, this.#watched.id));
      this.#of = study;
      this.#listed = 0;
      this.#known.clear();
      const all = this.#watched.trials.map((trial): [number, Trial] => [trial.number, trial]);
      this.#dirty = new Map([...all, ...this.#dirty]);
      this.#script.avoid(study.domains);
    }
    for (; this.#listed < study.trials.length; this.#listed++) {
      const trial = study.trials[this.#listed]!;
      const number = trial.userAttrs.get(TRIAL);
      if (typeof number === "number" && !this.#known.has(number)) this.#known.set(number, trial);
    }
    return study;
  }

  /** The name that nobody chose is left to the search that has it, as when one is started afresh. */
  #name(file: OptunaJournalFile): string {
    const { study, named } = this.#options;
    for (let n = 1; ; n++) {
      const name = n === 1 ? study : `${study} ${n}`;
      const owner = file.fold.study(name)?.systemAttrs.get(ID);
      if (named || owner === undefined || owner === this.#watched.id) return name;
    }
  }

  /** A study that Optuna made may be joined, if it is after the same; one of another search may not. */
  #expectFree(file: OptunaJournalFile, { name, systemAttrs, directions }: OptunaStudy): void {
    const hint = "give the tracker another `study` or `file`";
    if (systemAttrs.has(ID))
      throw new AttuneError("journal", `The study ${show(name)} in ${file.path} mirrors another search: ${hint}`);
    const wanted = this.#script.directions;
    if (directions.length !== wanted.length || directions.some((way, i) => way !== 0 && way !== wanted[i]))
      throw new AttuneError(
        "journal",
        `The study ${show(name)} in ${file.path} has the directions ${directions.map(wayText).join(", ")}, the search ${wanted.map(wayText).join(", ")}: ${hint}`,
      );
  }
}

function wayText(direction: number): string {
  return ["not set", "minimize", "maximize"][direction]!;
}
