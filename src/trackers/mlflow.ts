import { defineTracker, type TrackerDefinition } from "../core/tracker.ts";
import { accessOf } from "./mlflow/access.ts";
import { Client } from "./mlflow/client.ts";
import { Mirror } from "./mlflow/mirror.ts";
import { Server } from "./mlflow/server.ts";
import { checkMlflowOptions, type MlflowOptions, settingsFor } from "./mlflow/settings.ts";

/**
 * Shows a search on an MLflow server: a run for the search, and one for each trial under it, with parameters, values by
 * their steps, reports, states, the course of the best values, and the results as artifacts. The server is told beside
 * the trials, which never wait for it; while it is away the search goes on, and what it missed is sent when it is back,
 * or when the search is resumed. Reads the variables that MLflow's own clients read for the server, the experiment and
 * the credentials. `docs/mlflow.md` shows what stands where. Throws a usage error for options that are none.
 */
export const mlflow: TrackerDefinition<MlflowOptions> = defineTracker<MlflowOptions>(
  { name: "mlflow", summary: "A run for the search and one for each trial, on an MLflow server." },
  (options) => {
    checkMlflowOptions(options);
    const access = accessOf(options.uri, process.env);
    const { handOver = false, patience = 10_000 } = options;
    return (watched) => {
      const client = new Client(access);
      const mirror = new Mirror(
        client,
        new Server(client),
        settingsFor(options, watched, process.env),
        watched,
        patience,
      );
      return {
        track: (event, trial) => mirror.track(event, trial),
        close: () => mirror.close(),
        ...(handOver ? { environment: (trial) => mirror.environment(trial) } : {}),
      };
    };
  },
);
