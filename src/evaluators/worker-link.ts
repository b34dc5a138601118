import type { HostMessage, WorkerMessage } from "./protocol.ts";

/** The worker's end of a transport. */
export interface WorkerLink {
  /** Gives on what the host says, from now on. */
  listen(receive: (message: HostMessage) => void): void;
  send(message: WorkerMessage): void;
  /** Sends a line to be logged; blocks while the host is behind, so that a flood of them fills no memory. */
  tell(log: WorkerMessage): void;
  /** Sends a report and blocks until its answer is here. */
  exchange(report: WorkerMessage): HostMessage;
  /** Ends this worker, once what it has written is on its way. */
  leave(): void;
}

/** Calls back when everything written to stdout and stderr has been handed over, or cannot be. */
export function afterOutput(act: () => void): void {
  const ignore = (): void => {};
  process.stdout.on("error", ignore).write("", () => process.stderr.on("error", ignore).write("", act));
}
