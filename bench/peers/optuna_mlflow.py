"""Seconds and requests of trials with Optuna's MLflowCallback: URI TRIALS MS_PER_TRIAL TRACKED(0 or 1)."""

import json
import os
import sys
import time
import warnings

import optuna
import requests

warnings.simplefilter("ignore")
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
count = 0
send = requests.Session.send


def counted(self, *args, **kwargs):
    global count
    count += 1
    return send(self, *args, **kwargs)


def main(uri: str, trials: int, ms: float, tracked: bool) -> None:
    from optuna_integration import MLflowCallback

    requests.Session.send = counted
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(study_name=f"optuna-{time.time_ns()}", sampler=optuna.samplers.RandomSampler(seed=1))

    def objective(trial: optuna.Trial) -> float:
        total = sum(trial.suggest_float(name, 0, 1) for name in "abcde")
        time.sleep(ms / 1000)
        return total

    callbacks = [MLflowCallback(tracking_uri=uri, metric_name="value")] if tracked else []
    began = time.perf_counter()
    study.optimize(objective, n_trials=trials, callbacks=callbacks)
    seconds = time.perf_counter() - began
    print(json.dumps({"tuning": seconds, "whole": seconds, "requests": count}))


main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4] == "1")
