"""pymoo's NSGA-III (and NSGA-II) on one problem and seed per line of stdin; one JSON line per run on stdout.

Input:  {"problem": "dtlz2", "algorithm": "nsga3", "pool": 92, "generations": 250, "partitions": 12, "seed": 1}
Output: {"losses": [[...], ...], "cpu": seconds of CPU time}, after a first line with the versions.
"""

import json
import platform
import sys
import time

import numpy as np
import pymoo
from pymoo.algorithms.moo.nsga2 import NSGA2
from pymoo.algorithms.moo.nsga3 import NSGA3
from pymoo.optimize import minimize
from pymoo.problems import get_problem
from pymoo.util.ref_dirs import get_reference_directions

VERSIONS = {"pymoo": pymoo.__version__, "numpy": np.__version__, "python": platform.python_version()}


def algorithm(job, objectives):
    if job["algorithm"] == "nsga2":
        return NSGA2(pop_size=job["pool"])
    directions = get_reference_directions("das-dennis", objectives, n_partitions=job["partitions"])
    return NSGA3(ref_dirs=directions, pop_size=job["pool"])


def run(job):
    problem = get_problem("dtlz2", n_var=12, n_obj=3) if job["problem"] == "dtlz2" else get_problem(job["problem"])
    before = time.process_time()
    result = minimize(
        problem, algorithm(job, problem.n_obj), ("n_gen", job["generations"]), seed=job["seed"], verbose=False
    )
    cpu = time.process_time() - before
    return {"losses": result.pop.get("F").tolist(), "cpu": cpu}


print(json.dumps(VERSIONS), flush=True)
for line in sys.stdin:
    print(json.dumps(run(json.loads(line))), flush=True)
