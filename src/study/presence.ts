import type { Obeyed } from "../core/control.ts";
import type { Fold } from "./fold.ts";
import { Liveness } from "./liveness.ts";
import type { Log } from "./log.ts";
import { sessionStarted } from "./opening.ts";
import type { TrialRecord } from "./record.ts";
import type { StudyOptions } from "./study-options.ts";

/** What a session shows to others in the journal by repeating its `search-started`: that it lives, and what it was told. */
export class Presence<P> {
  /** This session's name in the journal. */
  readonly writer: string;
  readonly liveness: Liveness;
  readonly #options: StudyOptions<P>;
  readonly #fold: Fold<P>;
  readonly #log: Log<TrialRecord<P> | undefined>;
  #obeyed: Obeyed | undefined = undefined;

  constructor(options: StudyOptions<P>, fold: Fold<P>, log: Log<TrialRecord<P> | undefined>, writer: string) {
    this.#options = options;
    this.#fold = fold;
    this.#log = log;
    this.writer = writer;
    this.liveness = new Liveness(fold.writers, writer, { ...options, clock: options.real ?? options.clock });
  }

  /** Every session that wrote to the journal, by its name. */
  get sessions(): Fold<P>["writers"] {
    return this.#fold.writers;
  }

  /** Shows that this session lives, where that is due. */
  async renew(): Promise<void> {
    if (this.liveness.isDue()) await this.#show();
  }

  /** Whether another session lives that has not obeyed a command, as far as the journal was read. */
  awaits(writer: string, id: string): boolean {
    if (writer === this.writer || this.liveness.gone(writer)) return false;
    return this.#fold.writers.get(writer)?.settings.control?.id !== id;
  }

  /** Shows which command this session obeyed last. */
  obey(obeyed: Obeyed): Promise<void> {
    this.#obeyed = obeyed;
    return this.#show();
  }

  async #show(): Promise<void> {
    this.liveness.renewed();
    const { settings, ...rest } = this.#options;
    const control = this.#obeyed;
    await this.#log.append([
      sessionStarted({ ...rest, settings: control === undefined ? settings : { ...settings, control } }, this.writer),
    ]);
  }
}
