"""Trials per second of Optuna's study.optimize with an empty objective and RandomSampler: memory|journal TRIALS."""

import json
import os
import sys
import tempfile
import time

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend


def objective(trial: optuna.Trial) -> float:
    for i in range(5):
        trial.suggest_float(f"x{i}", 0, 1)
    return 0.0


def main(storage: str, trials: int) -> None:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with tempfile.TemporaryDirectory() as directory:
        journal = JournalStorage(JournalFileBackend(os.path.join(directory, "journal.log")))
        study = optuna.create_study(
            storage=journal if storage == "journal" else None, sampler=optuna.samplers.RandomSampler(seed=1)
        )
        wall, cpu = time.perf_counter(), time.process_time()
        study.optimize(objective, n_trials=trials, n_jobs=1)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps({"rate": trials / wall, "wall": wall, "cpu": cpu * 1e6 / trials}))


main(sys.argv[1], int(sys.argv[2]))
