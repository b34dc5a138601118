import { readFileSync } from "node:fs";
import type { SecureContextOptions } from "node:tls";
import { messageOf, show, usage } from "../../core/errors.ts";

/** How a server is reached. */
export interface Access {
  /** Without a slash at its end. */
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What https is to trust, and to show. */
  readonly tls: SecureContextOptions & { readonly rejectUnauthorized?: boolean };
  /** Milliseconds for one request. */
  readonly timeout: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

const INSECURE = "MLFLOW_TRACKING_INSECURE_TLS";
const SERVER_CERT = "MLFLOW_TRACKING_SERVER_CERT_PATH";
const CLIENT_CERT = "MLFLOW_TRACKING_CLIENT_CERT_PATH";
const DEFAULT_URI = "http://127.0.0.1:5000";
/** Seconds; MLflow's own default of 120 would leave a server that hangs unnoticed for long. */
const TIMEOUT = 10;

/**
 * What a URI and the variables of MLflow's own clients come to: `MLFLOW_TRACKING_URI`, `MLFLOW_TRACKING_USERNAME` with
 * `MLFLOW_TRACKING_PASSWORD` (before `MLFLOW_TRACKING_TOKEN`), `MLFLOW_HTTP_REQUEST_TIMEOUT` in seconds; of https
 * `MLFLOW_TRACKING_INSECURE_TLS`, `MLFLOW_TRACKING_SERVER_CERT_PATH` and `MLFLOW_TRACKING_CLIENT_CERT_PATH`. Throws a usage
 * error for a URI that is no server's, and for certificates that cannot be read.
 */
export function accessOf(given: string | undefined, env: Environment): Access {
  const text = given ?? (env["MLFLOW_TRACKING_URI"] || DEFAULT_URI);
  const thing = given === undefined ? "MLFLOW_TRACKING_URI" : "mlflow.uri";
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw usage(
      `Expected \`${thing}\` to be the address of a server, such as ${DEFAULT_URI}, got ${show(text)}. A file or database ` +
        "needs a server: `mlflow server --backend-store-uri URI`",
    );
  const authorization = authorizationOf(url, env);
  url.username = url.password = url.search = url.hash = "";
  return {
    uri: url.href.replace(/\/+$/, ""),
    headers: authorization === undefined ? {} : { authorization },
    tls: tlsOf(env),
    timeout: 1000 * secondsOf(env["MLFLOW_HTTP_REQUEST_TIMEOUT"]),
  };
}

function authorizationOf(url: URL, env: Environment): string | undefined {
  const { MLFLOW_TRACKING_USERNAME: name, MLFLOW_TRACKING_PASSWORD: password, MLFLOW_TRACKING_TOKEN: token } = env;
  if (url.username !== "") return basic(decodeURIComponent(url.username), decodeURIComponent(url.password));
  if (name && password) return basic(name, password);
  return token ? `Bearer ${token}` : undefined;
}

function tlsOf(env: Environment): Access["tls"] {
  const insecure = /^(true|1)$/i.test(env[INSECURE] ?? "");
  const [trusted, own] = [read(SERVER_CERT, env), read(CLIENT_CERT, env)];
  if (insecure && trusted !== undefined) throw usage(`Expected \`${INSECURE}\` or \`${SERVER_CERT}\`, got both`);
  return {
    ...(insecure ? { rejectUnauthorized: false } : {}),
    ...(trusted === undefined ? {} : { ca: trusted }),
    ...(own === undefined ? {} : { cert: own, key: own }),
  };
}

function read(variable: string, env: Environment): string | undefined {
  const path = env[variable];
  if (!path) return undefined;
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw usage(`Expected \`${variable}\` to name a file of certificates (PEM): ${messageOf(error)}`);
  }
}

function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`;
}

function secondsOf(text: string | undefined): number {
  const seconds = Number(text);
  return text && seconds > 0 ? Math.min(seconds, 86_400) : TIMEOUT;
}
