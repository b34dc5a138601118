"""Writes, or reads in a fresh process, an Optuna journal of asked and told trials: write PATH TRIALS | read PATH."""

import json
import os
import sys
import time

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend


def objective(trial: optuna.Trial) -> float:
    for i in range(5):
        trial.suggest_float(f"x{i}", 0, 1)
    return 0.0


def main(what: str, path: str, trials: str = "0") -> None:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    wall, cpu = time.perf_counter(), time.process_time()
    storage = JournalStorage(JournalFileBackend(path))
    if what == "write":
        study = optuna.create_study(storage=storage, study_name="s", sampler=optuna.samplers.RandomSampler(seed=1))
        study.optimize(objective, n_trials=int(trials))
    else:
        study = optuna.load_study(storage=storage, study_name="s")
    count = len(study.get_trials(deepcopy=False))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps({"trials": count, "bytes": os.path.getsize(path), "wall": wall, "cpu": cpu}))


main(*sys.argv[1:])
