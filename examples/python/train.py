"""Trains a small classifier on two interleaved spirals, with nothing but Python's standard library.

attune imports this file once per worker and calls `objective` for every trial. Run it with
`attune run examples/python/search.json`, or without any file beside it:

    attune run -p rate=float:0.01:3:log -p momentum=float:0:0.95 -p features=int:2:24 --minimize loss --minimize ms train.py
"""

import math
import random
import time


def spirals(count, seed):
    """Points of two spirals, with their class."""
    draw = random.Random(seed)
    found = []
    for i in range(count):
        turn = 0.5 + 3.5 * draw.random()
        side = i % 2
        angle = turn + math.pi * side
        found.append((turn * math.cos(angle) / 4 + draw.gauss(0, 0.02), turn * math.sin(angle) / 4 + draw.gauss(0, 0.02), side))
    return found


TRAINING, TEST = spirals(240, seed=1), spirals(120, seed=2)  # made once, for all trials of a worker


def objective(params, trial):
    draw = random.Random(trial.seed)
    waves = [(draw.gauss(0, 3), draw.gauss(0, 3), draw.uniform(0, 2 * math.pi)) for _ in range(params["features"])]

    def lift(x, y):
        return [1.0, *(math.cos(a * x + b * y + c) for a, b, c in waves)]

    training = [(lift(x, y), side) for x, y, side in TRAINING]
    test = [(lift(x, y), side) for x, y, side in TEST]
    weights = [0.0] * (len(waves) + 1)
    speed = [0.0] * len(weights)
    began = time.perf_counter()
    for epoch in range(15):
        draw.shuffle(training)
        for features, side in training:
            error = predict(weights, features) - side
            for i, feature in enumerate(features):
                speed[i] = params["momentum"] * speed[i] - params["rate"] * error * feature / 10
                weights[i] += speed[i]
        trial.report(epoch, loss(weights, test))
    return {"loss": loss(weights, test), "ms": (time.perf_counter() - began) * 1000}


def predict(weights, features):
    score = sum(weight * feature for weight, feature in zip(weights, features))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def loss(weights, points):
    """The mean cross-entropy."""
    return -sum(math.log(p if side else 1 - p) for p, side in ((predict(weights, f), s) for f, s in points)) / len(points)
