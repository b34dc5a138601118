import { type FSWatcher, watch } from "node:fs";
import { realClock } from "./clock.ts";

/** How a file is watched. */
export interface FileWatchOptions {
  /** Called when the file may have changed. */
  readonly changed: () => void;
  /** Makes the file where it is missing: only one that is there is heard of without cost. */
  readonly make: () => void;
  /** Also looked at so often, in milliseconds, where changes by other machines go unheard. @default only where nothing can be heard */
  readonly every?: number;
}

/** Milliseconds between looks where the system has no more watches to give. */
const EVERY = 2_000;

/**
 * Hears of changes of one small file, by other processes of this host at once. The file itself is watched, not its
 * directory, so that whatever else happens there costs nothing; who replaces the file is heard too.
 */
export class FileWatch {
  readonly #path: string;
  readonly #options: FileWatchOptions;
  readonly #over = new AbortController();
  #watcher: FSWatcher | undefined;

  constructor(path: string, options: FileWatchOptions) {
    this.#path = path;
    this.#options = options;
    const heard = this.#arm();
    const { every = heard ? undefined : EVERY } = options;
    if (every !== undefined) void this.#poll(every);
  }

  close(): void {
    this.#over.abort();
    this.#watcher?.close();
  }

  /** Watches the file that is there now, in place of one that was replaced; whether that is possible. */
  #arm(): boolean {
    this.#watcher?.close();
    this.#watcher = undefined;
    for (let made = false; ; made = true) {
      try {
        const watcher = watch(this.#path, { persistent: false }, () => this.#heard());
        watcher.on("error", () => watcher.close());
        this.#watcher = watcher;
        return true;
      } catch (error) {
        if (made || (error as NodeJS.ErrnoException).code !== "ENOENT") return false;
        this.#options.make();
      }
    }
  }

  #heard(): void {
    if (this.#over.signal.aborted) return;
    if (!this.#arm()) void this.#poll(EVERY);
    this.#options.changed();
  }

  async #poll(every: number): Promise<void> {
    const { signal } = this.#over;
    for (;;) {
      await realClock.sleep(every, signal);
      if (signal.aborted) return;
      this.#options.changed();
    }
  }
}
