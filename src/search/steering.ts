import { statSync } from "node:fs";
import type { Control, ControlCommand } from "../core/control.ts";
import { messageOf } from "../core/errors.ts";
import { isNetworked } from "../journals/network.ts";
import type { Loop } from "../study/loop.ts";
import type { Presence } from "../study/presence.ts";
import { FileWatch } from "../system/file-watch.ts";
import { ControlFile } from "./control-file.ts";

/** What another process told a search to do. */
export interface Steered {
  readonly command: ControlCommand;
  readonly now: boolean;
  /** How many trials run. */
  readonly running: number;
}

interface Parts<P> {
  readonly loop: Loop<P>;
  readonly presence: Presence<P>;
  /** Where the journal lives, if it outlives this process. */
  readonly journal: string | undefined;
  readonly warn: (message: string) => void;
  /** Told what another process says. */
  readonly steered: (told: Steered) => void;
}

/** Milliseconds between looks at a file that other machines write: nobody tells of those. */
const EVERY = 2_000;

/** Lets a running search be paused and stopped: by its own process, and by others through the file beside its journal. */
export class Steering<P> {
  readonly #parts: Parts<P>;
  readonly #file: ControlFile | undefined;
  readonly #watch: FileWatch | undefined;
  #last: string | undefined = undefined;
  #complained: string | undefined = undefined;
  #turn: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(parts: Parts<P>) {
    this.#parts = parts;
    const { journal } = parts;
    if (journal === undefined || !statSync(journal, { throwIfNoEntry: false })?.isFile()) return;
    const file = new ControlFile(journal);
    this.#file = file;
    if (!this.#isForOthers()) file.remove(); // left by searches that are gone
    file.make();
    this.#watch = new FileWatch(file.path, {
      changed: () => this.look(),
      make: () => file.make(),
      ...(isNetworked(journal) ? { every: EVERY } : {}),
    });
    this.look();
  }

  /** No new trials; those that run go on. */
  async pause(): Promise<void> {
    await this.#obey({ command: "pause" });
  }

  /** New trials again. */
  async continue(): Promise<void> {
    await this.#obey({ command: "continue" });
  }

  /** Does what the file says, if that is for this session and new. */
  look(): void {
    if (this.#closed) return;
    let told: Control | undefined;
    try {
      told = this.#file?.read();
    } catch (error) {
      const complaint = messageOf(error);
      if (complaint !== this.#complained) this.#parts.warn(`${complaint}; it is ignored`);
      this.#complained = complaint;
    }
    const { presence, loop, steered } = this.#parts;
    if (told === undefined || told.id === this.#last || !told.to.includes(presence.writer)) return;
    this.#last = told.id;
    const { command, id, now = false } = told;
    steered({ command, now, running: loop.running });
    void this.#obey({ command, id, now });
  }

  /** Hears nothing more; resolves once what was heard is in the journal. */
  close(): Promise<void> {
    this.#closed = true;
    this.#watch?.close();
    return this.#turn;
  }

  /** Removes the file unless somebody else is still to read it; others who work on the journal make it anew. */
  tidy(): void {
    if (!this.#isForOthers()) this.#file?.remove();
  }

  /** Whether the file tells another session that lives, and has not obeyed yet. */
  #isForOthers(): boolean {
    try {
      const told = this.#file?.read();
      return told?.to.some((writer) => this.#parts.presence.awaits(writer, told.id)) ?? false;
    } catch {
      return false;
    }
  }

  /** One command after the other: each is in the journal, for others to see, when it has taken effect. */
  #obey(told: { readonly command: ControlCommand; readonly id?: string; readonly now?: boolean }): Promise<void> {
    const { command, id, now = false } = told;
    const { loop, presence, warn } = this.#parts;
    const obeyed = this.#turn.then(async () => {
      if (this.#closed) return;
      if (command === "pause") await loop.pause();
      await presence.obey({ command, ...(id === undefined ? {} : { id }) }).finally(() => {
        if (command === "stop") loop.stop("stopped", { now });
        else if (command === "continue") loop.continue();
      });
    });
    this.#turn = obeyed.catch((error: unknown) =>
      warn(`the journal does not show \`${command}\`: ${messageOf(error)}`),
    );
    return this.#turn;
  }
}
