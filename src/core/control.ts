/** What a running search can be told from outside. */
export type ControlCommand = "stop" | "pause" | "continue";

/** The last command that a session obeyed; as a field of its settings in the journal it shows others that it did. */
export interface Obeyed {
  readonly command: ControlCommand;
  /** Of a command that came through the control file: which one. */
  readonly id?: string;
}

/** A command in the control file beside a journal. */
export interface Control {
  readonly command: ControlCommand;
  /** Tells commands apart: a session that has obeyed it names it in the journal. */
  readonly id: string;
  /** Of a stop: running trials are cancelled, not awaited. */
  readonly now?: true;
  /** The sessions that it is for, by their names in the journal. */
  readonly to: readonly string[];
}
