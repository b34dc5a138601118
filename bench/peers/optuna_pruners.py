"""What Optuna's pruners make of recorded curves: FILE, with JSON lines of {pruner, options, order, curves}; one JSON line each."""

import json
import sys
import time
import warnings

import optuna
from optuna.trial import TrialState

optuna.logging.set_verbosity(optuna.logging.CRITICAL)
warnings.simplefilter("ignore")

PRUNERS = {
    "median": lambda: optuna.pruners.MedianPruner(),
    "percentile": lambda: optuna.pruners.PercentilePruner(25),
    "successiveHalving": lambda: optuna.pruners.SuccessiveHalvingPruner(1, 4),
    "hyperband": lambda: optuna.pruners.HyperbandPruner(1, 27),
    "patient": lambda: optuna.pruners.PatientPruner(optuna.pruners.MedianPruner(), 3),
}

with open(sys.argv[1]) as file:
    for line in file:
        job = json.loads(line)
        study = optuna.create_study(study_name="study", pruner=PRUNERS[job["pruner"]]())
        reports, complete, verdicts = 0, [], ""
        began = time.perf_counter()
        for losses in job["curves"]:
            trial = study.ask()
            for step, loss in enumerate(losses):
                trial.report(loss, step)
                reports += 1
                # the last report completes the trial, as in a training loop that ends there
                pruned = trial.should_prune() and step < len(losses) - 1
                verdicts += "p" if pruned else "c"
                if pruned:
                    study.tell(trial, state=TrialState.PRUNED)
                    break
            else:
                study.tell(trial, losses[-1])
                complete.append(losses[-1])
        seconds = time.perf_counter() - began
        print(json.dumps({"reports": reports, "best": min(complete), "verdicts": verdicts, "seconds": seconds}))
