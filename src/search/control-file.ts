import { readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { AttuneError, messageOf } from "../core/errors.ts";
import type { Control } from "../core/control.ts";
import { decodeControl, encodeControl } from "../formats/control.ts";
import { writeFileAtomic } from "../system/atomic-file.ts";

/** The file beside a journal, `JOURNAL.control`, in which other processes tell a running search what to do. */
export class ControlFile {
  readonly path: string;

  constructor(journal: string) {
    this.path = `${realpathSync(journal)}.control`;
  }

  /** What it says; undefined where it says nothing or is not there. Throws an `AttuneError` ("journal") for anything else. */
  read(): Control | undefined {
    let text: string;
    try {
      text = readFileSync(this.path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw new AttuneError("journal", `Cannot read ${this.path}: ${messageOf(error)}`, { cause: error });
    }
    return decodeControl(text, this.path);
  }

  /** Replaces what it says. Rejects with an `AttuneError` ("journal"). */
  async write(control: Control): Promise<void> {
    try {
      await writeFileAtomic(this.path, encodeControl(control));
    } catch (error) {
      throw new AttuneError("journal", `Cannot write ${this.path}: ${messageOf(error)}`, { cause: error });
    }
  }

  /** Makes it, empty, where it is missing; where that cannot be, it stays missing. */
  make(): void {
    try {
      writeFileSync(this.path, "", { flag: "wx" });
    } catch {
      // it is there, or this directory is not ours: then it is looked for from time to time
    }
  }

  remove(): void {
    try {
      rmSync(this.path, { force: true });
    } catch {
      // the next search takes it for what it is: addressed to nobody who lives
    }
  }
}
