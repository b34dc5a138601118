/// <reference lib="esnext.disposable" preserve="true" />
import type { StudyEvent } from "./event.ts";

/** The append-only log that a study lives in. */
export interface Journal extends AsyncDisposable {
  /**
   * Appends the events as one: all of them or none, locked for this append only. Resolves with the index of the first
   * one, once the operating system has the bytes, so that they survive kill −9 of this process.
   */
  append(events: readonly StudyEvent[]): Promise<number>;
  /** Resolves once everything appended is on the disk. */
  flush(): Promise<void>;
  /** The events from an index on, also those of other processes; ends at the present end. */
  read(from?: number): AsyncIterable<StudyEvent>;
}

/** What a journal module exports. */
export interface JournalInfo {
  readonly name: string;
  readonly summary: string;
  /** Outlives the process: opening it again gives what was appended. */
  readonly durable?: true;
}

/** A kind of journal; `location` is a path for those that live in files. */
export interface JournalDefinition {
  (location: string): JournalFactory;
  readonly info: JournalInfo;
}

/** A configured journal, not yet open. */
export interface JournalFactory {
  readonly info: JournalInfo;
  readonly location: string;
  open(): Promise<Journal>;
}
