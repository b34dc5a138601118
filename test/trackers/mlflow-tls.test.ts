import { readFileSync } from "node:fs";
import { request } from "node:http";
import { createServer, type Server, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { defineSearch, float, mlflow } from "../../src/index.ts";
import { Place } from "../cli/attune.ts";
import * as equipment from "../equipment.ts";
import { MlflowServer } from "./mlflow-server.ts";

// Self-signed, for 127.0.0.1, for a hundred years; made with OpenSSL 3.0: openssl req -x509 -newkey ec
// -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj "/CN=attune test server" -addext "subjectAltName=IP:127.0.0.1"
// signed.pem is another one, by authority.pem (openssl x509 -req -CA … -days 36500 -copy_extensions copy), whose key is gone
const file = (name: string): string => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
const pem = (name: string): string => readFileSync(file(name), "utf8");

/** Https in front of a server, as people put it there. */
async function proxy(server: MlflowServer, options: ServerOptions = {}): Promise<{ uri: string; server: Server }> {
  const proxied = createServer({ key: pem("key.pem"), cert: pem("cert.pem"), ...options }, (asked, answer) => {
    const { method = "GET", headers, url = "/" } = asked;
    const passed = request(`${server.uri}${url}`, { method, headers: { ...headers, host: new URL(server.uri).host } });
    passed.on("response", (got) => got.pipe(answer.writeHead(got.statusCode ?? 500, got.headers)));
    passed.on("error", () => answer.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => proxied.listen(0, "127.0.0.1", resolve));
  return { uri: `https://127.0.0.1:${(proxied.address() as AddressInfo).port}`, server: proxied };
}

describe.runIf(equipment.mlflow.found)("the mlflow tracker over https", () => {
  const server = new MlflowServer();
  const proxies: Server[] = [];
  let open: string;
  let closed: string;
  beforeAll(async () => {
    await server.start();
    const [first, second] = [
      await proxy(server),
      await proxy(server, { requestCert: true, rejectUnauthorized: true, ca: pem("client.pem") }),
    ];
    proxies.push(first.server, second.server);
    [open, closed] = [first.uri, second.uri];
  }, 120_000);
  afterAll(async () => {
    for (const each of proxies) each.close();
    await server.end();
  });
  afterEach(() => void vi.unstubAllEnvs());

  const run = async (
    uri: string,
    env: Record<string, string>,
    experiment: string,
    patience = 60_000,
  ): Promise<string[]> => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const said: string[] = [];
    await defineSearch({
      space: { x: float(0, 1) },
      objective: ({ x }) => x,
      trials: 2,
      trackers: [mlflow({ uri, experiment, patience })],
    }).start({ warn: (message) => said.push(message) });
    return said;
  };

  it("trusts no certificate that nobody vouches for", async () => {
    const [said] = await run(open, {}, "unknown", 1_000);
    expect(said).toMatch(/no answer from https:.*: self-signed certificate \(its certificate may be named in MLFLOW_T/);
  });

  it("trusts an authority that is named, and says that one may be", async () => {
    const { uri, server: signed } = await proxy(server, { key: pem("signed-key.pem"), cert: pem("signed.pem") });
    proxies.push(signed);
    expect((await run(uri, {}, "nobody's", 1_000))[0]).toMatch(/\(its certificate may be named in MLFLOW_T/);
    expect(await run(uri, { MLFLOW_TRACKING_SERVER_CERT_PATH: file("authority.pem") }, "signed")).toEqual([]);
    expect((await server.runs("signed")).trials).toHaveLength(2);
  });

  it.each([
    ["MLFLOW_TRACKING_SERVER_CERT_PATH", file("cert.pem")],
    ["MLFLOW_TRACKING_INSECURE_TLS", "true"],
  ])("obeys %s", async (name, value) => {
    expect(await run(open, { [name]: value }, name)).toEqual([]);
    expect((await server.runs(name)).trials).toHaveLength(2);
  });

  it("shows the certificate of MLFLOW_TRACKING_CLIENT_CERT_PATH", async () => {
    const trusted = { MLFLOW_TRACKING_SERVER_CERT_PATH: file("cert.pem") };
    expect((await run(closed, trusted, "shown none", 1_000))[0]).toContain("certificate required");
    const shown = { ...trusted, MLFLOW_TRACKING_CLIENT_CERT_PATH: file("client.pem") };
    expect(await run(closed, shown, "shown one")).toEqual([]);
    expect((await server.runs("shown one")).trials).toHaveLength(2);
  });

  it("takes certificates from NODE_EXTRA_CA_CERTS, as every program of Node does", async () => {
    const place = new Place({
      "tune.mjs": `import { defineSearch, float } from "attune";
export default defineSearch({ space: { x: float(0, 1) }, objective: ({ x }) => x, trials: 2 });`,
    });
    vi.stubEnv("NODE_EXTRA_CA_CERTS", file("cert.pem"));
    vi.stubEnv("MLFLOW_TRACKING_URI", open);
    const { code, stderr } = await place.attune("run", "tune.mjs", "--tracker", "mlflow");
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("MLflow")]);
    expect((await server.runs("attune/tune")).trials).toHaveLength(2);
  });
});

describe("certificates", () => {
  afterEach(() => void vi.unstubAllEnvs());

  it("that cannot be read, or are trusted and not looked at, are refused before anything runs", () => {
    vi.stubEnv("MLFLOW_TRACKING_CLIENT_CERT_PATH", "/nowhere.pem");
    expect(() => mlflow()).toThrow(
      "Expected `MLFLOW_TRACKING_CLIENT_CERT_PATH` to name a file of certificates (PEM): ENOENT",
    );
    vi.unstubAllEnvs();
    vi.stubEnv("MLFLOW_TRACKING_SERVER_CERT_PATH", file("cert.pem"));
    vi.stubEnv("MLFLOW_TRACKING_INSECURE_TLS", "1");
    expect(() => mlflow()).toThrow(
      "Expected `MLFLOW_TRACKING_INSECURE_TLS` or `MLFLOW_TRACKING_SERVER_CERT_PATH`, got both",
    );
  });
});
