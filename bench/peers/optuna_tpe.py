"""CPU microseconds of an ask and a tell of Optuna's TPE after trials at random places: SPACE OBJECTIVES TRIALS."""

import random
import sys
import time
import warnings

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

ASKS = 10


def space(name: str) -> dict:
    floats = {f"x{i}": FloatDistribution(0, 1) for i in range(20 if name == "20 floats" else 5)}
    if name != "mixed":
        return floats
    ints = {f"i{i}": IntDistribution(0, 99) for i in range(5)}
    return floats | ints | {f"c{i}": CategoricalDistribution(["a", "b", "c", "d"]) for i in range(5)}


def losses(params: dict, objectives: int) -> list:
    floats = [value for name, value in params.items() if name[0] == "x"]
    total = sum((i + 1) * (value - 0.3) ** 2 for i, value in enumerate(floats))
    return [total] if objectives == 1 else [total, floats[0]]


def draw(distribution: object, chance: random.Random) -> object:
    if isinstance(distribution, CategoricalDistribution):
        return chance.choice(distribution.choices)
    return chance.randint(0, 99) if isinstance(distribution, IntDistribution) else chance.random()


def main(name: str, objectives: int, trials: int) -> None:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.simplefilter("ignore")
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=1), directions=["minimize"] * objectives)
    distributions = space(name)
    chance = random.Random(1)
    told = []
    for _ in range(trials):
        params = {key: draw(distribution, chance) for key, distribution in distributions.items()}
        values = losses(params, objectives)
        told.append(optuna.trial.create_trial(params=params, distributions=distributions, values=values))
    study.add_trials(told)
    costs = []
    for _ in range(ASKS):
        start = time.process_time()
        trial = study.ask(distributions)
        study.tell(trial, losses(trial.params, objectives))
        costs.append((time.process_time() - start) * 1e6)
    print(sorted(costs)[ASKS // 2])


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
