#!/usr/bin/env python3
"""Writes test/golden/problems/bbob.json: values of COCO's own C code, by `pip install coco-experiment==2.8.2`.

    python3 test/reference/bbob.py > test/golden/problems/bbob.json

For each d: `points`, rounded to four decimals so that JSON holds them exactly, the last one outside of the domain. For each
function, d and instance: the losses there, and `fopt` at COCO's best parameter.
"""

import json
import os
import sys
import tempfile

import cocoex
import numpy as np

DIMENSIONS = (2, 5, 20)
INSTANCES = (1, 2, 3)
random = np.random.RandomState(2009)
points = {}
for d in DIMENSIONS:
    drawn = random.uniform(-5, 5, (5, d))
    drawn[-1] *= 1.6
    drawn[-1, 0] = 6.5
    points[d] = np.round(drawn, 4)


def best_parameter(problem):
    """COCO tells its best parameter only through a file."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        try:
            problem._best_parameter("print")
            return np.loadtxt("._bbob_problem_best_parameter.txt")
        finally:
            os.chdir(before)


suite = cocoex.Suite("bbob", "instances:" + ",".join(map(str, INSTANCES)), "dimensions:" + ",".join(map(str, DIMENSIONS)))
values = []
for problem in suite:
    f, d, instance = problem.id_triple
    best = best_parameter(problem)
    values.append(
        {
            "f": f,
            "d": d,
            "instance": instance,
            "fopt": problem(best),
            "optimum": best.tolist() if d == 2 else None,
            "losses": [problem(x) for x in points[d]],
        }
    )
json.dump(
    {
        "made": f"test/reference/bbob.py, coco-experiment {cocoex.__version__}, numpy {np.__version__}",
        "points": {d: x.tolist() for d, x in points.items()},
        "values": values,
    },
    sys.stdout,
)
