import { setMaxListeners } from "node:events";
import { messageOf } from "../../core/errors.ts";
import { isRecord } from "../../core/json.ts";
import { underEither } from "../../system/waiting.ts";
import type { Access } from "./access.ts";
import { Exchange } from "./exchange.ts";
import { Refusal, Unavailable } from "./trouble.ts";

/** What is sent: JSON, or the bytes of an artifact as they are. */
type Body = { readonly json: unknown } | { readonly text: string };

/** Requests to one MLflow server. */
export class Client {
  readonly #access: Access;
  readonly #exchange: Exchange;
  readonly #closing: AbortController = new AbortController();

  constructor(access: Access) {
    this.#access = access;
    this.#exchange = new Exchange(access);
    setMaxListeners(0, this.#closing.signal); // one per request under way
  }

  get uri(): string {
    return this.#access.uri;
  }

  /** Ends what still waits for an answer. */
  close(): void {
    this.#closing.abort();
    this.#exchange.close();
  }

  /** The answer of `{uri}/api/2.0/{path}`. Rejects with {@link Unavailable} or {@link Refusal}. */
  async call(method: "GET" | "POST" | "PUT", path: string, body?: Body): Promise<Record<string, unknown>> {
    const { uri, headers, timeout } = this.#access;
    let status: number;
    let text: string;
    try {
      [status, text] = await underEither([AbortSignal.timeout(timeout), this.#closing.signal], async (signal) => {
        const isJson = body !== undefined && "json" in body;
        const sent = body === undefined ? {} : { body: isJson ? JSON.stringify(body.json) : body.text };
        const type = { "content-type": isJson ? "application/json" : "text/plain" };
        const answer = await this.#exchange.send(`${uri}/api/2.0/${path}`, {
          method,
          headers: { ...headers, ...type },
          signal,
          ...sent,
        });
        return [answer.status, answer.text];
      });
    } catch (error) {
      throw new Unavailable(`no answer from ${uri}: ${causeOf(error)}`, { cause: error });
    }
    const found = parsed(text);
    if (status >= 200 && status < 300 && (found !== undefined || method === "PUT")) return found ?? {};
    throw this.#problem(status, found, text);
  }

  #problem(status: number, found: Record<string, unknown> | undefined, text: string): Error {
    const { uri, headers } = this.#access;
    if (status === 401)
      return new Unavailable(
        headers["authorization"] === undefined
          ? `${uri} wants credentials: set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN`
          : `${uri} does not accept the credentials of MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD or MLFLOW_TRACKING_TOKEN (401)`,
        { refused: true },
      );
    const code = found?.["error_code"];
    const said = typeof found?.["message"] === "string" ? found["message"] : text.trim().slice(0, 200);
    if (status === 403) {
      const hint = /host header/i.test(said) ? "; start it with `mlflow server --allowed-hosts`" : "";
      return new Unavailable(`${uri} refuses (403): ${said}${hint}`, { refused: true });
    }
    // two processes sent the same points at once: the server leaves out what it has, but not at that moment
    const collided = status === 400 && /IntegrityError|UNIQUE constraint/i.test(said);
    if (status === 408 || status === 429 || status >= 500 || collided)
      return new Unavailable(`${uri} answers ${status}${said === "" ? "" : `: ${said}`}`);
    if (typeof code === "string") return new Refusal(code, said);
    return new Unavailable(`${uri} is no MLflow server: it answers ${status} and nothing that MLflow would`, {
      refused: true,
    });
  }
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Several addresses of a host that all fail say it once each. */
function causeOf(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") return "it took too long";
  const text = messageOf(error instanceof AggregateError ? (error.errors as unknown[])[0] : error).trim();
  const unknown = /SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/.test((error as { code?: string } | undefined)?.code ?? "");
  return unknown ? `${text} (its certificate may be named in MLFLOW_TRACKING_SERVER_CERT_PATH)` : text;
}
