import { parentPort, workerData } from "node:worker_threads";
import type { WorkerMessage } from "./protocol.ts";
import { exchange, type ExchangeData, packForHost, unpackInThread } from "./thread-exchange.ts";
import { afterOutput, type WorkerLink } from "./worker-link.ts";

/** The link of a worker that is a thread of its host. */
export function threadLink(): WorkerLink {
  const port = parentPort!;
  return {
    listen: (receive) => void port.on("message", (posted) => receive(unpackInThread(posted))),
    send: (message) => port.postMessage(packForHost(plain(message))),
    tell: (log) => port.postMessage(log),
    exchange: (report) => exchange(workerData as ExchangeData, report),
    leave: () => afterOutput(() => process.exit()),
  };
}

/** What an objective threw as a failure may hold anything; JSON leaves out what cannot be sent, as between processes. */
function plain(message: WorkerMessage): WorkerMessage {
  if (message.type !== "done" || message.outcome.state !== "failed") return message;
  return JSON.parse(JSON.stringify(message)) as WorkerMessage;
}
