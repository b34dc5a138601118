import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A real MLflow server with SQLite, on a port and in a directory of its own; `python` has MLflow. */
export async function startMlflow(python: string): Promise<{ readonly uri: string; end(): void }> {
  const directory = mkdtempSync(join(tmpdir(), "attune-bench-mlflow-"));
  const port = await freePort();
  const store = [
    "--backend-store-uri",
    `sqlite:///${directory}/mlflow.db`,
    "--artifacts-destination",
    `${directory}/artifacts`,
  ];
  const args = ["-m", "mlflow", "server", "--host", "127.0.0.1", "--port", String(port), "--workers", "1", ...store];
  const child: ChildProcess = spawn(python, args, {
    cwd: directory,
    detached: true,
    stdio: "ignore",
    env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: "true", MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false" },
  });
  const uri = `http://127.0.0.1:${port}`;
  const isUp = (): Promise<boolean> =>
    fetch(`${uri}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  const kill = (): void => void (child.exitCode === null && process.kill(-child.pid!, "SIGKILL"));
  process.once("exit", kill);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
  while (!(await isUp())) {
    if (child.exitCode !== null) throw new Error("The MLflow server did not start");
    await sleep(200);
  }
  return {
    uri,
    end: () => {
      process.off("exit", kill);
      kill();
      rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
