import { readSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { endGroup, endGroupWith } from "../system/lifeline.ts";
import { encode, type HostMessage, Lines } from "./protocol.ts";
import { afterOutput, type WorkerLink } from "./worker-link.ts";

/**
 * The file descriptors that the host gives a worker process: the protocol's, one that closes when the host is gone, and
 * one for messages whose answers it blocks for, which stays blocking because no socket is ever made of it.
 */
const CHANNEL = 3;
const LIFELINE = 4;
const BLOCKING = 5;
const LINE_END = 10;

/** The link of a worker that is a process of its own. When the host is gone, so is this process group. */
export function processLink(): WorkerLink {
  const channel = new Socket({ fd: CHANNEL });
  channel.on("error", () => {});
  channel.on("close", leave);
  if (process.platform === "win32") endGroupWith(LIFELINE); // elsewhere the host's helper ends what goes on
  return {
    listen(receive) {
      const lines = new Lines((line) => receive(JSON.parse(line) as HostMessage));
      channel.on("data", (bytes: Buffer) => lines.push(bytes));
    },
    send: (message) => void channel.write(encode(message)),
    tell(log) {
      try {
        writeSync(BLOCKING, encode(log));
      } catch {
        // the host is gone, and soon so are we
      }
    },
    exchange(report) {
      writeSync(BLOCKING, encode(report));
      const parts: Buffer[] = [];
      do {
        const bytes = Buffer.alloc(1_024);
        const length = readSync(BLOCKING, bytes);
        if (length === 0) throw new Error("the host is gone");
        parts.push(bytes.subarray(0, length));
      } while (parts.at(-1)!.at(-1) !== LINE_END);
      return JSON.parse(Buffer.concat(parts).toString()) as HostMessage;
    },
    leave,
  };
}

/** What is still to be written makes a request; to look at stdout itself would make the stream, which takes long. */
function leave(): void {
  process.on("exit", endGroup); // after the listeners that end what command() has started
  if (process.getActiveResourcesInfo().some((name) => name.endsWith("WriteWrap"))) afterOutput(() => process.exit());
  else process.exit();
}
