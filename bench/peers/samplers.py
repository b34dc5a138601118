"""Other optimisers, driven by themselves and evaluated by samplers.ts: a point a line out, what came of it a line in."""

import json
import sys
import time
import warnings

warnings.filterwarnings("ignore")
BAD = 1e30


class Stop(BaseException):
    pass


def exchange(point):
    """Losses of a point; None where it failed; "forbidden" where it may not be."""
    print(json.dumps([float(x) for x in point]), flush=True)
    answer = json.loads(sys.stdin.readline())
    if "stop" in answer:
        raise Stop
    if "forbidden" in answer:
        return "forbidden"
    return None if "failed" in answer else answer["losses"]


def optuna_run(job, make):
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(sampler=make(optuna, job), directions=["minimize"] * job["objectives"])
    State = optuna.trial.TrialState
    while True:
        trial = study.ask()
        point = []
        for p in job["params"]:
            if "cells" not in p:
                point.append(trial.suggest_float(p["name"], p["low"], p["high"]))
            elif p["ordered"]:
                point.append(trial.suggest_int(p["name"], 0, p["cells"] - 1))
            else:
                point.append(trial.suggest_categorical(p["name"], list(range(p["cells"]))))
        losses = exchange(point)
        if losses == "forbidden":
            study.tell(trial, state=State.PRUNED if job["objectives"] == 1 else State.FAIL)
        elif losses is None:
            study.tell(trial, state=State.FAIL)
        else:
            study.tell(trial, losses)


def pycma_run(job):
    """BIPOP without bounds, from a uniform point of the inner 80 % with a step of a fifth of the range."""
    import cma
    import numpy as np

    random = np.random.RandomState(job["seed"] + 1)
    low = np.array([p["low"] for p in job["params"]])
    span = np.array([p["high"] for p in job["params"]]) - low
    while True:
        cma.fmin2(
            lambda u: (exchange(low + span * np.asarray(u)) or [BAD])[0],
            lambda: random.uniform(0.1, 0.9, len(low)),
            0.2,
            {"verbose": -9, "seed": random.randint(1, 2**31), "maxfevals": 10**9},
            restarts=9,
            bipop=True,
        )


def cmaes_run(job):
    import cmaes
    import numpy as np

    bounds = np.array([[p["low"], p["high"]] for p in job["params"]], dtype=float)
    size = 4 + int(3 * np.log(len(bounds)))
    random = np.random.RandomState(job["seed"])
    while True:
        start = random.uniform(bounds[:, 0], bounds[:, 1])
        optimiser = cmaes.CMA(
            mean=start, sigma=(bounds[0, 1] - bounds[0, 0]) / 5, bounds=bounds, population_size=size,
            seed=random.randint(2**31),
        )
        while not optimiser.should_stop():
            told = []
            for _ in range(optimiser.population_size):
                x = optimiser.ask()
                told.append((x, (exchange(x) or [BAD])[0]))
            optimiser.tell(told)
        size *= 2


def pymoo_run(job, name):
    import numpy as np
    from pymoo.algorithms.moo.nsga2 import NSGA2
    from pymoo.algorithms.moo.nsga3 import NSGA3
    from pymoo.core.problem import ElementwiseProblem
    from pymoo.optimize import minimize
    from pymoo.util.ref_dirs import get_reference_directions

    class Ours(ElementwiseProblem):
        def __init__(self):
            super().__init__(
                n_var=len(job["params"]),
                n_obj=job["objectives"],
                xl=np.array([p["low"] for p in job["params"]]),
                xu=np.array([p["high"] for p in job["params"]]),
            )

        def _evaluate(self, x, out, *args, **kwargs):
            out["F"] = np.array(exchange(x) or [BAD] * job["objectives"])

    if name == "nsga2":
        algorithm = NSGA2(pop_size=100)
    else:
        partitions = 99 if job["objectives"] == 2 else 12
        algorithm = NSGA3(ref_dirs=get_reference_directions("das-dennis", job["objectives"], n_partitions=partitions))
    minimize(Ours(), algorithm, ("n_gen", 10**9), seed=job["seed"] + 1, verbose=False)


def nevergrad_run(job):
    import nevergrad as ng

    def one(p):
        if "cells" not in p:
            return ng.p.Scalar(lower=p["low"], upper=p["high"])
        values = list(range(p["cells"]))
        return ng.p.TransitionChoice(values) if p["ordered"] else ng.p.Choice(values)

    space = ng.p.Tuple(*[one(p) for p in job["params"]])
    space.random_state.seed(job["seed"])
    optimiser = ng.optimizers.NGOpt(parametrization=space, budget=job["budget"])
    while True:
        candidate = optimiser.ask()
        losses = exchange(candidate.value)
        good = losses is not None and losses != "forbidden"
        optimiser.tell(candidate, (losses if job["objectives"] > 1 else losses[0]) if good else BAD)


def smac_run(job):
    from ConfigSpace import Categorical, ConfigurationSpace, Float, Integer
    from smac import HyperparameterOptimizationFacade, Scenario

    space = ConfigurationSpace(seed=job["seed"])
    for p in job["params"]:
        if "cells" not in p:
            space.add(Float(p["name"], (p["low"], p["high"])))
        elif p["ordered"]:
            space.add(Integer(p["name"], (0, p["cells"] - 1)))
        else:
            space.add(Categorical(p["name"], list(range(p["cells"]))))

    def target(config, seed=0):
        losses = exchange([config[p["name"]] for p in job["params"]])
        if losses is None or losses == "forbidden":
            raise ValueError("failed")
        return losses[0]

    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        scenario = Scenario(
            space, deterministic=True, n_trials=10**6, seed=job["seed"], output_directory=folder
        )
        HyperparameterOptimizationFacade(
            scenario, target, overwrite=True, logging_level=False
        ).optimize()


METHODS = {
    "Optuna random": lambda job: optuna_run(job, lambda o, j: o.samplers.RandomSampler(seed=j["seed"])),
    "Optuna TPE": lambda job: optuna_run(job, lambda o, j: o.samplers.TPESampler(seed=j["seed"])),
    "Optuna CMA-ES": lambda job: optuna_run(job, lambda o, j: o.samplers.CmaEsSampler(seed=j["seed"])),
    "Optuna GP": lambda job: optuna_run(job, lambda o, j: o.samplers.GPSampler(seed=j["seed"])),
    "Optuna NSGA-II": lambda job: optuna_run(job, lambda o, j: o.samplers.NSGAIISampler(seed=j["seed"])),
    "Optuna NSGA-III": lambda job: optuna_run(job, lambda o, j: o.samplers.NSGAIIISampler(seed=j["seed"])),
    "pycma BIPOP": pycma_run,
    "cmaes IPOP": cmaes_run,
    "pymoo NSGA-II": lambda job: pymoo_run(job, "nsga2"),
    "pymoo NSGA-III": lambda job: pymoo_run(job, "nsga3"),
    "Nevergrad NGOpt": nevergrad_run,
    "SMAC3": smac_run,
}


def main():
    for line in sys.stdin:
        job = json.loads(line)
        start = time.process_time()
        error = None
        try:
            METHODS[job["method"]](job)
        except Stop:
            pass
        except Exception as problem:  # a peer that gives up is reported, not hidden
            error = f"{type(problem).__name__}: {problem}"
        result = {"cpu": time.process_time() - start}
        print(json.dumps(result if error is None else {**result, "error": error}), flush=True)


main()
