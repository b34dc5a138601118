"""CPU milliseconds of Optuna's GPSampler per ask and tell after so many random trials, as gp.ts measures attune's: FLOATS TRIALS ASKS."""

import json
import random
import sys
import time
import warnings

import optuna
import torch


def main(floats: int, trials: int, asks: int) -> None:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    names = [f"x{i}" for i in range(floats)]
    study = optuna.create_study(sampler=optuna.samplers.GPSampler(seed=1))
    chance = random.Random(1)
    distribution = optuna.distributions.FloatDistribution(0, 1)
    for _ in range(trials):
        params = {name: chance.random() for name in names}
        study.add_trial(
            optuna.trial.create_trial(params=params, distributions=dict.fromkeys(names, distribution), value=loss(params))
        )
    times = []
    for _ in range(asks):
        began = time.process_time()
        trial = study.ask()
        params = {name: trial.suggest_float(name, 0, 1) for name in names}
        study.tell(trial, loss(params))
        times.append((time.process_time() - began) * 1e3)
    print(json.dumps(times))


def loss(params: dict) -> float:
    return sum((x - 0.3) ** 2 * (1 + i) for i, x in enumerate(params.values()))


main(*map(int, sys.argv[1:]))
