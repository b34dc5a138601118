import { Agent as PlainAgent, type ClientRequest, request } from "node:http";
import { Agent as SecureAgent, request as secureRequest } from "node:https";
import type { Access } from "./access.ts";

/** Milliseconds after which an unused connection is closed, before the server does, so that no request meets its end. */
const UNUSED = 1_500;

/** What a server answered. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Connections to one server, kept for more than one request. `fetch` would not take certificates of its own. */
export class Exchange {
  readonly #agent: PlainAgent;
  readonly #request: typeof request;

  constructor({ uri, tls }: Pick<Access, "uri" | "tls">) {
    const shared = { keepAlive: true, timeout: UNUSED };
    const secure = uri.startsWith("https:");
    this.#agent = secure ? new SecureAgent({ ...shared, ...tls }) : new PlainAgent(shared);
    this.#request = secure ? secureRequest : request;
  }

  /** Sends a request and takes the whole answer. Rejects with what broke the connection, or with the signal's reason. */
  send(
    url: string,
    { body, ...options }: { method: string; headers: Record<string, string>; signal: AbortSignal; body?: string },
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const failed = (error: Error): void => reject(options.signal.aborted ? (options.signal.reason as Error) : error);
      const sent: ClientRequest = this.#request(url, { ...options, agent: this.#agent }, (answer) => {
        const parts: Buffer[] = [];
        answer.on("data", (part: Buffer) => parts.push(part)).on("error", failed);
        answer.on("end", () =>
          resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString("utf8") }),
        );
      });
      sent.on("error", failed).end(body);
    });
  }

  /** Ends every connection. */
  close(): void {
    this.#agent.destroy();
  }
}
