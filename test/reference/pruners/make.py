"""Records what the pruners of the real Optuna decide about curves: python make.py > optuna-5.0.0.jsonl.

Needs optuna==5.0.0 and scipy (WilcoxonPruner asks it for its test). The first line says which versions it were; every
other line is a case: the pruner with its options in attune's names, the direction, and what happened in order:
[number, step, value, verdict] a report with 1 for prune, [number, "complete", value], [number, "pruned"], [number,
"failed"]. Not a number is null, the infinities are "inf" and "-inf".
"""

import json
import math
import random
import sys
import warnings

import numpy
import optuna
import scipy
from optuna.pruners import (
    HyperbandPruner,
    MedianPruner,
    PatientPruner,
    PercentilePruner,
    SuccessiveHalvingPruner,
    ThresholdPruner,
    WilcoxonPruner,
)
from optuna.trial import TrialState

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.CRITICAL)

TRIALS = 40


def curve(draw, kind):
    """The reports of one trial: steps and values."""
    length = draw.choice([3, 8, 12, 20]) if kind != "instances" else 16
    level, speed, noise = draw.uniform(0, 1), draw.uniform(0.05, 1), draw.uniform(0, 0.3)
    reports = []
    for i in range(length):
        value = level + math.exp(-speed * i) + draw.gauss(0, noise)
        if kind == "instances":
            value = level + 0.2 * (i % 5) + draw.gauss(0, 0.3)
        if kind == "coarse":
            value = round(4 * value) / 4
        reports.append([i, round(value, 4)])
    if kind == "holes" and draw.random() < 0.3:
        for report in reports:
            if draw.random() < (1 if draw.random() < 0.2 else 0.3):
                report[1] = math.nan
    if kind == "infinite":
        for report in reports:
            if draw.random() < 0.05:
                report[1] = draw.choice([math.inf, -math.inf, math.nan])
    if kind == "untidy":
        reports = [report for report in reports if draw.random() < 0.8] or reports
        for _ in range(draw.randrange(4)):
            i = draw.randrange(len(reports))
            j = draw.randrange(len(reports))
            reports[i], reports[j] = reports[j], reports[i]
        if draw.random() < 0.4:
            reports.insert(draw.randrange(len(reports)), [draw.choice(reports)[0], 0.5])
    if kind == "instances":
        draw.shuffle(reports)
        if draw.random() < 0.3:
            reports = reports[: draw.randrange(1, len(reports))]
    return reports


def play(pruner, direction, kind, workers, seed):
    """Trials side by side; one that is to be pruned is, except that some do not listen."""
    draw = random.Random(seed)
    study = optuna.create_study(study_name="study", direction=direction, pruner=pruner)
    running, events, begun = [], [], 0
    while begun < TRIALS or running:
        if begun < TRIALS and len(running) < workers:
            running.append([study.ask(), curve(draw, kind), draw.random() < 0.1, draw.random() < 0.08])
            begun += 1
            continue
        slot = draw.choice(running)
        trial, left, deaf, fails = slot
        if left and not (fails and draw.random() < 0.2):
            step, value = left.pop(0)
            trial.report(value, step)
            pruned = trial.should_prune()
            events.append([trial.number, step, plain(value), int(pruned)])
            if not pruned or deaf:
                continue
            study.tell(trial, state=TrialState.PRUNED)
            events.append([trial.number, "pruned"])
        elif fails or not numbers(study, trial):
            study.tell(trial, state=TrialState.FAIL)
            events.append([trial.number, "failed"])
        else:
            value = numbers(study, trial)[-1]
            study.tell(trial, value)
            events.append([trial.number, "complete", plain(value)])
        running.remove(slot)
    return events


def numbers(study, trial):
    reported = study.trials[trial.number].intermediate_values.values()
    return [value for value in reported if math.isfinite(value)]


def plain(value):
    return value if math.isfinite(value) else None if math.isnan(value) else "inf" if value > 0 else "-inf"


CASES = [
    ("median", {}, lambda: MedianPruner()),
    ("median", {"startup": 0, "warmup": 3, "interval": 4}, lambda: MedianPruner(0, 3, 4)),
    ("median", {"startup": 3, "interval": 2, "minTrials": 6}, lambda: MedianPruner(3, 0, 2, n_min_trials=6)),
    ("percentile", {"percentile": 25}, lambda: PercentilePruner(25)),
    (
        "percentile",
        {"percentile": 70, "startup": 2, "warmup": 1, "interval": 3, "minTrials": 2},
        lambda: PercentilePruner(70, 2, 1, 3, n_min_trials=2),
    ),
    ("percentile", {"percentile": 0, "startup": 1}, lambda: PercentilePruner(0, 1)),
    ("successiveHalving", {}, lambda: SuccessiveHalvingPruner()),
    ("successiveHalving", {"minResource": 2, "factor": 2}, lambda: SuccessiveHalvingPruner(2, 2)),
    (
        "successiveHalving",
        {"minResource": 1, "factor": 3, "skip": 1, "bootstrap": 2},
        lambda: SuccessiveHalvingPruner(1, 3, 1, 2),
    ),
    ("hyperband", {"key": "study"}, lambda: HyperbandPruner()),
    ("hyperband", {"key": "study", "maxResource": 20, "factor": 2}, lambda: HyperbandPruner(1, 20, 2)),
    (
        "hyperband",
        {"key": "study", "minResource": 2, "maxResource": 18, "bootstrap": 1},
        lambda: HyperbandPruner(2, 18, 3, 1),
    ),
    ("threshold", {"upper": 1.2}, lambda: ThresholdPruner(upper=1.2)),
    (
        "threshold",
        {"lower": 0.2, "upper": 1.5, "warmup": 2, "interval": 3},
        lambda: ThresholdPruner(0.2, 1.5, 2, 3),
    ),
    ("patient", {"patience": 2}, lambda: PatientPruner(None, 2)),
    ("patient", {"patience": 0, "minDelta": 0.1}, lambda: PatientPruner(None, 0, 0.1)),
    ("patient", {"patience": 1, "of": {"name": "median"}}, lambda: PatientPruner(MedianPruner(), 1)),
    (
        "patient",
        {"patience": 3, "minDelta": 0.05, "of": {"name": "threshold", "upper": 1}},
        lambda: PatientPruner(ThresholdPruner(upper=1), 3, 0.05),
    ),
    ("wilcoxon", {}, lambda: WilcoxonPruner()),
    ("wilcoxon", {"p": 0.3, "startup": 5}, lambda: WilcoxonPruner(p_threshold=0.3, n_startup_steps=5)),
]

versions = {"optuna": optuna.__version__, "scipy": scipy.__version__, "numpy": numpy.__version__}
print(json.dumps({**versions, "python": sys.version.split()[0]}))
for i, (name, options, make) in enumerate(CASES):
    kinds = ["instances", "coarse", "untidy"] if name == "wilcoxon" else ["plain", "coarse", "holes", "untidy"]
    kinds = kinds + (["infinite"] if name in ("median", "wilcoxon", "threshold") else [])
    for j, kind in enumerate(kinds):
        direction = ["minimize", "maximize"][(i + j) % 2]
        workers = [1, 4, 2, 3, 1][j]
        events = play(make(), direction, kind, workers, 100 * i + j)
        case = {"pruner": {"name": name, **options}, "direction": direction, "kind": kind, "events": events}
        print(json.dumps(case, separators=(",", ":")))
