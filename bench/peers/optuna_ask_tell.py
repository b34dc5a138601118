"""CPU microseconds per trial of Optuna's ask and tell, as ask-tell.ts measures attune's: SAMPLER SPACE."""

import json
import sys
import time

import optuna

POINTS = [(100, 50), (1_000, 200), (10_000, 1_000)]


def suggest(trial: optuna.Trial, space: str) -> dict:
    params = {f"x{i}": trial.suggest_float(f"x{i}", 0, 1) for i in range(20 if space == "20 floats" else 5)}
    if space == "mixed":
        for i in range(5):
            params[f"i{i}"] = trial.suggest_int(f"i{i}", 0, 99)
        for i in range(5):
            params[f"c{i}"] = trial.suggest_categorical(f"c{i}", ["a", "b", "c", "d"])
    return params


def main(sampler: str, space: str) -> None:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    several = sampler == "NSGAIISampler"
    study = optuna.create_study(
        sampler=getattr(optuna.samplers, sampler)(seed=1), directions=["minimize"] * (2 if several else 1)
    )
    windows = []
    start = began = time.process_time()
    for n in range(1, POINTS[-1][0] + 1):
        trial = study.ask()
        params = suggest(trial, space)
        x0, x1 = params["x0"], params["x1"]
        study.tell(trial, (x0 * x0 + x1, (x0 - 1) ** 2 + x1) if several else x0 + x1)
        at, window = POINTS[len(windows)]
        if n == at - window:
            began = time.process_time()
        if n == at:
            windows.append((time.process_time() - began) * 1e6 / window)
    print(json.dumps({"windows": windows, "all": (time.process_time() - start) * 1e6 / POINTS[-1][0]}))


main(*sys.argv[1:])
