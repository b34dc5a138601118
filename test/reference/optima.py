#!/usr/bin/env python3
"""Prints the optima of the problems that have none in closed form, by many starts of SLSQP (scipy 1.17.1, numpy 2.4.6).

    python3 test/reference/optima.py

The formulas stand in src/problems; here they are written down a second time, independently of it. What is printed is feasible:
of constrained problems the tolerance was taken off the limits.
"""

import math

import numpy as np
from scipy.optimize import NonlinearConstraint, minimize


def search(name, f, bounds, limits=None, starts=200, fixed=None):
    random = np.random.RandomState(1)
    low, high = np.array(bounds).T
    best = None
    for _ in range(starts):
        x0 = random.uniform(low, high)
        constraints = [] if limits is None else [{"type": "ineq", "fun": lambda x: -np.array(limits(x)) - 1e-9}]
        r = minimize(f, x0, bounds=bounds, constraints=constraints, method="SLSQP", options={"ftol": 1e-15, "maxiter": 1000})
        if limits is not None and max(limits(r.x)) > 0:
            continue
        if best is None or r.fun < best.fun:
            best = r
    worst = 0 if limits is None else max(limits(best.x))
    print(name, repr(float(best.fun)), [float(x) for x in best.x], f"worst limit {worst:.1e}")


def hartmann(a, p):
    alpha = np.array([1, 1.2, 3, 3.2])
    a, p = np.array(a), np.array(p) / 1e4
    return lambda x: -float(alpha @ np.exp(-(a * (x - p) ** 2).sum(axis=1)))


search(
    "hartmann3",
    hartmann(
        [[3, 10, 30], [0.1, 10, 35], [3, 10, 30], [0.1, 10, 35]],
        [[3689, 1170, 2673], [4699, 4387, 7470], [1091, 8732, 5547], [381, 5743, 8828]],
    ),
    [(0, 1)] * 3,
)
search(
    "hartmann6",
    hartmann(
        [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]],
        [
            [1312, 1696, 5569, 124, 8283, 5886],
            [2329, 4135, 8307, 3736, 1004, 9991],
            [2348, 1451, 3522, 2883, 3047, 6650],
            [4047, 8828, 8732, 5743, 1091, 381],
        ],
    ),
    [(0, 1)] * 6,
)
search("sixHumpCamel", lambda x: (4 - 2.1 * x[0] ** 2 + x[0] ** 4 / 3) * x[0] ** 2 + x[0] * x[1] + (4 * x[1] ** 2 - 4) * x[1] ** 2, [(-3, 3), (-2, 2)])
search(
    "constrainedGramacy",
    lambda x: x[0] + x[1],
    [(0, 1)] * 2,
    lambda x: [1.5 - x[0] - 2 * x[1] - 0.5 * math.sin(2 * math.pi * (x[0] ** 2 - 2 * x[1])), x[0] ** 2 + x[1] ** 2 - 1.5],
)


def keane(x):
    c = np.cos(x)
    return -abs((c**4).sum() - 2 * (c**2).prod()) / math.sqrt((np.arange(1, len(x) + 1) * x**2).sum())


for d, starts in ((2, 400),):
    search(f"keaneBump {d}", keane, [(1e-3, 10)] * d, lambda x: [0.75 - x.prod(), x.sum() - 7.5 * len(x)], starts)


def vessel(x1, x2):
    return (
        lambda x: 0.6224 * x1 * x[0] * x[1] + 1.7781 * x2 * x[0] ** 2 + 3.1661 * x1**2 * x[1] + 19.84 * x1**2 * x[0],
        lambda x: [0.0193 * x[0] - x1, 0.00954 * x[0] - x2, (1296000 - math.pi * x[0] ** 2 * x[1] - 4 / 3 * math.pi * x[0] ** 3) / 1e6],
    )


# every thickness that can be best: the volume needs a radius of at least 38.8, so that x1 > 0.75; both grow the cost
found = []
for i in range(12, 40):
    for j in range(6, 20):
        f, limits = vessel(i / 16, j / 16)
        r = minimize(f, [45, 150], bounds=[(10, 200), (10, 200)], method="SLSQP",
                     constraints=[{"type": "ineq", "fun": lambda x: -np.array(limits(x)) - 1e-9}], options={"ftol": 1e-14, "maxiter": 1000})
        if max(limits(r.x)) <= 0:
            found.append((float(r.fun), i / 16, j / 16, [float(x) for x in r.x], max(limits(r.x))))
print("pressureVessel", min(found))


def spring(x):
    x1, x2, x3 = x
    return [
        1 - x2**3 * x3 / (71785 * x1**4),
        (4 * x2**2 - x1 * x2) / (12566 * x1**3 * (x2 - x1)) + 1 / (5108 * x1**2) - 1,
        1 - 140.45 * x1 / (x3 * x2**2),
        (x1 + x2) / 1.5 - 1,
    ]


search("tensionSpring", lambda x: x[0] ** 2 * x[1] * (x[2] + 2), [(0.05, 2), (0.25, 1.3), (2, 15)], spring, 400)


def beam(x):
    x1, x2, x3, x4 = x
    p, l, e, g = 6000, 14, 30e6, 12e6
    m = p * (l + x2 / 2)
    r = math.sqrt(x2**2 / 4 + ((x1 + x3) / 2) ** 2)
    j = 2 * math.sqrt(2) * x1 * x2 * (x2**2 / 12 + ((x1 + x3) / 2) ** 2)
    pc = 4.013 * e * math.sqrt(x3**2 * x4**6 / 36) / l**2 * (1 - x3 / (2 * l) * math.sqrt(e / (4 * g)))
    t1, t2 = p / (math.sqrt(2) * x1 * x2), m * r / j
    t = math.sqrt(t1**2 + 2 * t1 * t2 * x2 / (2 * r) + t2**2)
    return [
        t / 13600 - 1,
        6 * p * l / (x4 * x3**2) / 30000 - 1,
        x1 - x4,
        (0.10471 * x1**2 + 0.04811 * x3 * x4 * (14 + x2) - 5) / 5,
        4 * p * l**3 / (e * x3**3 * x4) - 0.25,
        1 - pc / p,
    ]


search("weldedBeam", lambda x: 1.10471 * x[0] ** 2 * x[1] + 0.04811 * x[2] * x[3] * (14 + x[1]), [(0.125, 10)] + [(0.1, 10)] * 3, beam, 400)


def learning(width, steps=50):
    def loss(x):
        z, decay = x
        end = 0.05 + 0.03 * (z + 2) ** 2 + 0.2 / math.sqrt(width) + 10 * (decay - 0.03) ** 2
        return end + (1 - end) * (1 + steps / (0.2 * (0.01 / 10**z) ** 0.5 * (width / 64) ** 0.3)) ** -0.8

    return minimize(loss, [-1.5, 0.03], bounds=[(-4, 0), (0, 0.1)], method="L-BFGS-B", options={"ftol": 1e-16, "gtol": 1e-12})


found = min(((float(r.fun), w, 10 ** float(r.x[0]), float(r.x[1])) for w in range(8, 513) for r in [learning(w)]))
print("learningCurves 50", found)

hartmann6 = hartmann(
    [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]],
    [[1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991], [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381]],
)
# with the first four coordinates given, the rest is smooth: from a grid of starts
coarse = sorted(
    (min(hartmann6(np.array([a / 3, b / 3, c / 19, d / 19, u, v])) for u in (0.1, 0.3, 0.5, 0.8) for v in (0.1, 0.4, 0.65, 0.9)), a, b, c, d)
    for a in range(4) for b in range(4) for c in range(20) for d in range(20)
)[:300]
best = None
for _, a, b, c, d in coarse:
    for u in (0.2, 0.5, 0.8):
        for v in (0.1, 0.4, 0.7):
            r = minimize(lambda x: hartmann6(np.array([a / 3, b / 3, c / 19, d / 19, *x])), [u, v], bounds=[(0, 1)] * 2, options={"ftol": 1e-16})
            if best is None or r.fun < best[0]:
                best = (float(r.fun), [a, b, c, d, *map(float, r.x)])
print("discreteHartmann", best)


def rosen(x):
    return float((100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum())


# the discrete part alone: 4^6 prefixes; what follows is at least 0, so only the best prefixes can win
import itertools

prefixes = sorted((rosen(np.array(p) * 5.0 - 5), p) for p in itertools.product(range(4), repeat=6))[:200]
best = None
for _, p in prefixes:
    for start in ([0.0] * 4, [1.0] * 4, [0.5] * 4):
        head = np.array(p) * 5.0 - 5
        r = minimize(lambda x: rosen(np.concatenate([head, x])), start, bounds=[(-5, 10)] * 4, method="L-BFGS-B", options={"ftol": 1e-16, "gtol": 1e-10, "maxiter": 5000})
        if best is None or r.fun < best[0]:
            best = (float(r.fun), [*p, *map(float, r.x)])
print("discreteRosenbrock", best)
