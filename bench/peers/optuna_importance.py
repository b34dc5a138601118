"""Parameter importance by Optuna of trials that a benchmark recorded: METHOD FILE; the last line is JSON."""

import json
import sys
import time

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.importance import FanovaImportanceEvaluator, PedAnovaImportanceEvaluator, get_param_importances

method, path = sys.argv[1:]
with open(path) as file:
    recorded = json.load(file)


def distribution_of(parameter):
    if parameter["type"] == "choice":
        return CategoricalDistribution(parameter["values"])
    kind = IntDistribution if parameter["type"] == "int" else FloatDistribution
    return kind(parameter["low"], parameter["high"], log=parameter.get("log", False))


distributions = {name: distribution_of(parameter) for name, parameter in recorded["space"].items()}
optuna.logging.set_verbosity(optuna.logging.ERROR)
study = optuna.create_study()
study.add_trials(
    [
        optuna.trial.create_trial(params=params, distributions=distributions, value=value)
        for params, value in recorded["trials"]
    ]
)
evaluator = FanovaImportanceEvaluator(seed=1) if method == "fanova" else PedAnovaImportanceEvaluator()
began = time.perf_counter()
shares = get_param_importances(study, evaluator=evaluator)
print(json.dumps({"seconds": time.perf_counter() - began, "shares": shares}))
