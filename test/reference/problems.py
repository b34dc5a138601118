#!/usr/bin/env python3
"""Writes test/golden/problems/peers.json: values of BoTorch's and pymoo's test functions at random points.

    pip install botorch==0.18.1 torch==2.13.0 pymoo==0.6.2
    python3 test/reference/problems.py > test/golden/problems/peers.json

A problem is named as in src/problems, with its options; `params` are configurations, rounded so that JSON holds them exactly,
`values` the losses and then the constraints (≤ 0 is kept). Where a peer differs from the source that we follow, `adapt` says how
its value was made ours.
"""

import importlib.metadata
import json
import sys

import numpy as np
import torch
from botorch.test_functions import multi_objective, synthetic
from pymoo.problems import get_problem

torch.set_default_dtype(torch.double)  # or constants such as 1.2 are rounded to 32 bits
random = np.random.RandomState(7)
out = []


def of(name, options, draws, values):
    """`draws` are lists of numbers; `values` is called with one of them."""
    out.append(
        {
            "name": name,
            "options": options,
            "params": [{f"x{i + 1}": x for i, x in enumerate(p)} for p in draws],
            "values": [[float(v) for v in values(p)] for p in draws],
        }
    )


def points(bounds, n=5, integers=(), grid=None):
    drawn = []
    for _ in range(n):
        p = [round(float(random.uniform(l, h)), 5) for l, h in bounds]
        for i in integers:
            p[i] = int(random.randint(bounds[i][0], bounds[i][1] + 1))
        if grid is not None:
            for i in grid[0]:
                p[i] = float(random.randint(1, round(bounds[i][1] / grid[1]) + 1)) * grid[1]
        drawn.append(p)
    return drawn


def botorch(name, f, bounds=None, options=None, adapt=lambda p, v: v, **kinds):
    bounds = bounds or [tuple(map(float, b)) for b in f.bounds.T]

    def values(p):
        x = torch.tensor([p], dtype=torch.double)
        v = f._evaluate_true(x).reshape(-1).tolist()
        if getattr(f, "num_constraints", 0):
            v += (-f._evaluate_slack_true(x)).reshape(-1).tolist()
        return adapt(p, v)

    of(name, options or {}, points(bounds, **kinds), values)


for name, kind, d in (
    ("ackley", synthetic.Ackley, 4),
    ("griewank", synthetic.Griewank, 4),
    ("levy", synthetic.Levy, 4),
    ("powell", synthetic.Powell, 8),
    ("rastrigin", synthetic.Rastrigin, 4),
    ("rosenbrock", synthetic.Rosenbrock, 4),
):
    botorch(name, kind(dim=d), options={"d": d})
botorch("branin", synthetic.Branin())
botorch("hartmann3", synthetic.Hartmann(dim=3))
botorch("hartmann6", synthetic.Hartmann(dim=6))
botorch("sixHumpCamel", synthetic.SixHumpCamel())
botorch("threeHumpCamel", synthetic.ThreeHumpCamel())
botorch("braninCurrin", multi_objective.BraninCurrin())
botorch("constrainedGramacy", synthetic.ConstrainedGramacy())
botorch("keaneBump", synthetic.KeaneBumpFunction(dim=10), options={"d": 10})
botorch("ackleyMixed", synthetic.AckleyMixed(dim=8), options={"d": 8}, integers=range(5))
botorch("trajectoryPlanning", synthetic.TrajectoryPlanning(dim=30, use_smooth_interp=False), options={"d": 30})
# BoTorch rounds the thicknesses only in the cost: here they are multiples of 1/16
botorch("pressureVessel", synthetic.PressureVessel(), [(0.0625, 6.1875), (0.0625, 6.1875), (10, 50), (150, 200)], grid=((0, 1), 0.0625))
# BoTorch cuts the limits at 100
botorch("tensionSpring", synthetic.TensionCompressionString(), [(0.05, 0.5), (0.6, 1.3), (2, 15)])
# BoTorch's buckling load has a factor of 6 where the source divides by 6
botorch("weldedBeam", synthetic.WeldedBeamSO(), adapt=lambda p, v: [*v[:-1], 6000 - (6000 - v[-1]) / 36])
botorch("speedReducer", synthetic.SpeedReducer(), integers=(2,))


def pymoo(name, f, options, integers=()):
    bounds = list(zip(f.xl.tolist(), f.xu.tolist()))
    draws = points(bounds, n=4, integers=integers)
    # the corners and the middle of the distance too, where shapes and biases have their special cases
    draws.append([round(0.35 * h, 5) if l == 0 and h != 1 else round((l + h) / 2, 5) for l, h in bounds])
    if integers:
        draws[-1] = [1 for _ in bounds]

    def values(p):
        x = np.array([p], dtype=bool if integers else float)
        result = f.evaluate(x, return_values_of=["F", "G"])
        return [*result[0].flatten(), *(result[1].flatten() if result[1] is not None else [])]

    of(name, options, draws, values)


for i in (1, 2, 3, 4, 6):
    f = get_problem(f"zdt{i}")
    pymoo(f"zdt{i}", f, {"d": f.n_var})
pymoo("zdt5", get_problem("zdt5", normalize=False), {"d": 11}, integers=range(80))
for i in range(1, 8):
    for m, k in ((3, 5), (2, 4)):
        pymoo(f"dtlz{i}", get_problem(f"dtlz{i}", n_var=m - 1 + k, n_obj=m), {"m": m, "k": k})
for i in range(1, 10):
    for m, k, l in ((2, 4, 6), (3, 4, 10)):
        pymoo(f"wfg{i}", get_problem(f"wfg{i}", n_var=k + l, n_obj=m, k=k), {"m": m, "k": k, "l": l})
for name in ("c1dtlz1", "c1dtlz3", "c2dtlz2", "c3dtlz1", "c3dtlz4"):
    for m, k in ((3, 5), (2, 4)):
        pymoo(name, get_problem(name, n_var=m - 1 + k, n_obj=m), {"m": m, "k": k})

versions = {name: importlib.metadata.version(name) for name in ("botorch", "torch", "pymoo", "numpy")}
json.dump({"made": "test/reference/problems.py", "versions": versions, "problems": out}, sys.stdout)
