"""Trials per second of Optuna's study.optimize with n_jobs=2, in memory, RandomSampler, an empty objective: WARM_S MEASURED_S."""

import json
import sys
import time

import optuna


def main(warm: float, measured: float) -> None:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
    ends: list[float] = []

    def objective(trial: optuna.Trial) -> float:
        return trial.suggest_float("a", 0, 1) + 1

    study.optimize(
        objective, n_jobs=2, timeout=warm + measured, callbacks=[lambda *_: ends.append(time.perf_counter())]
    )
    counted = [end for end in ends if end >= ends[0] + warm]
    print(json.dumps({"rate": (len(counted) - 1) / (counted[-1] - counted[0])}))


main(float(sys.argv[1]), float(sys.argv[2]))
