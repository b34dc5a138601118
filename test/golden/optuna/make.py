"""Writes what the reference files beside this hold: make.py PATH (an Optuna journal) or make.py sqlite:///PATH.

With each VERSION of Optuna these wrote those that are kept; they are never edited:
python make.py optuna-VERSION.log; for STUDY in svm ü and two:
python ../../fixtures/real_optuna.py dump optuna-VERSION.log STUDY > optuna-VERSION.svm.json (or two), what Optuna itself reads there.
"""

import math
import sys
import warnings

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState, create_trial

warnings.simplefilter("ignore")
optuna.logging.disable_default_handler()
optuna.logging.set_verbosity(optuna.logging.CRITICAL)
place = sys.argv[1]
storage = place if place.startswith("sqlite") else JournalStorage(JournalFileBackend(place))


def svm(trial: optuna.Trial) -> float:
    c = trial.suggest_float("C", 1e-5, 10, log=True)
    kernel = trial.suggest_categorical("kernel", ["rbf", "poly", None, True, 1.5, "ü NaN"])
    if kernel == "poly":
        trial.suggest_int("degree", 2, 8, step=2)
    trial.suggest_float("dropout", 0, 1, step=0.1)
    trial.suggest_int("width", 1, 64, log=True)
    trial.suggest_float("growing", 0, 1 + trial.number % 3)
    trial.suggest_categorical("only", ["x"])
    trial.set_user_attr("rss", 12.5)
    trial.set_user_attr("note", {"a": [1, math.nan, None]})
    for step in range(3):
        trial.report(c + step if step else math.inf, step)
    if trial.number % 7 == 3:
        raise optuna.TrialPruned
    if trial.number % 11 == 5:
        raise ValueError("x")
    return math.nan if trial.number % 13 == 6 else c


study = optuna.create_study(
    storage=storage, study_name="svm ü", direction="maximize", sampler=optuna.samplers.RandomSampler(seed=1)
)
study.set_user_attr("who", {"é": [1.0, -math.inf]})
study.enqueue_trial({"C": 1.0, "kernel": "poly", "growing": 7.0})
study.optimize(svm, n_trials=16, catch=(ValueError,))
study.enqueue_trial({"C": 2.0})
study.ask()
study.enqueue_trial({"C": 3.0})

optuna.create_study(storage=storage, study_name="gone").ask()
optuna.delete_study(study_name="gone", storage=storage)

two = optuna.create_study(
    storage=storage,
    study_name="two",
    directions=["minimize", "maximize"],
    sampler=optuna.samplers.NSGAIISampler(seed=2, constraints_func=lambda trial: trial.user_attrs["excess"]),
)
two.set_metric_names(["ms", "rate"])


def pair(trial: optuna.Trial) -> tuple[float, float]:
    x = trial.suggest_float("x", -1, 1)
    trial.set_user_attr("excess", (x + 0.2, -1.0))
    return x, -x


two.optimize(pair, n_trials=6)
two.add_trial(
    create_trial(
        state=TrialState.COMPLETE,
        values=[3.0, 4.0],
        params={"x": 1.0, "k": 5, "z": None},
        distributions={
            "x": FloatDistribution(-1, 1),
            "k": IntDistribution(1, 9, step=4),
            "z": CategoricalDistribution([None, 2]),
        },
        system_attrs={"constraints": [0.0, 0.0]},
        intermediate_values={2: 0.5, 1: math.nan},
    )
)
