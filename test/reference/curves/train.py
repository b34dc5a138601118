"""Records real learning curves: python train.py digits|breast-cancer|wine > NAME.jsonl.

Trains a perceptron with one hidden layer in numpy, by stochastic gradient descent with momentum, on a data set that comes
with scikit-learn (digits: UCI "Optical recognition of handwritten digits", 1,797 images of 8 × 8; breast-cancer: UCI "Breast
Cancer Wisconsin (Diagnostic)", 569 rows; wine: UCI "Wine", 178 rows), once for each of 300 configurations drawn at random. After every epoch it notes
the cross-entropy on held-out rows and the share of them that it gets wrong when noise is added to them. What is noted is
rounded; `size` is the number of weights, `ms` the median milliseconds of an epoch.
"""

import json
import sys
import time

import numpy as np
import sklearn
from sklearn.datasets import load_breast_cancer, load_digits, load_wine

CONFIGURATIONS, EPOCHS = 300, 27
DATA = {"digits": (load_digits, 1.2), "breast-cancer": (load_breast_cancer, 1.5), "wine": (load_wine, 1.5)}


def data_of(name):
    load, noise = DATA[name]
    features, classes = load(return_X_y=True)
    features = (features - features.mean(0)) / (features.std(0) + 1e-9)
    random = np.random.default_rng(0)
    order = random.permutation(len(features))
    features, classes = features[order], classes[order]
    held = len(features) // 3
    noisy = features[:held] + noise * random.standard_normal(features[:held].shape)
    return (features[held:], classes[held:]), (features[:held], noisy, classes[:held])


def configuration(random):
    return {
        "rate": float(10 ** random.uniform(-4, 0.5)),
        "momentum": float(random.uniform(0, 0.98)),
        "decay": float(10 ** random.uniform(-6, -1)),
        "batch": int(2 ** random.integers(3, 8)),
        "hidden": int(round(2 ** random.uniform(1, 7))),
        "drop": float(random.uniform(0, 0.6)),
    }


def train(config, seed, training, held_out):
    random = np.random.default_rng(seed)
    (x, y), (clean, noisy, truth) = training, held_out
    classes, hidden = int(y.max()) + 1, config["hidden"]
    weights = [
        random.standard_normal((x.shape[1], hidden)) * np.sqrt(2 / x.shape[1]),
        np.zeros(hidden),
        random.standard_normal((hidden, classes)) * np.sqrt(2 / hidden),
        np.zeros(classes),
    ]
    speed = [np.zeros_like(w) for w in weights]
    keep = 1 - config["drop"]

    def probabilities(rows):
        scores = np.maximum(rows @ weights[0] + weights[1], 0) @ weights[2] + weights[3]
        shifted = np.exp(scores - scores.max(1, keepdims=True))
        return shifted / shifted.sum(1, keepdims=True)

    losses, errors, times = [], [], []
    for _ in range(EPOCHS):
        began = time.perf_counter()
        order = random.permutation(len(x))
        for start in range(0, len(x), config["batch"]):
            rows = order[start : start + config["batch"]]
            layer = np.maximum(x[rows] @ weights[0] + weights[1], 0)
            layer *= (random.random(layer.shape) < keep) / keep
            scores = layer @ weights[2] + weights[3]
            shifted = np.exp(scores - scores.max(1, keepdims=True))
            out = shifted / shifted.sum(1, keepdims=True)
            out[np.arange(len(rows)), y[rows]] -= 1
            out /= len(rows)
            back = (out @ weights[2].T) * (layer > 0) / keep
            for i, gradient in enumerate([x[rows].T @ back, back.sum(0), layer.T @ out, out.sum(0)]):
                speed[i] = config["momentum"] * speed[i] - config["rate"] * (gradient + config["decay"] * weights[i])
                weights[i] += speed[i]
        times.append(1000 * (time.perf_counter() - began))
        chance = probabilities(clean)[np.arange(len(truth)), truth]
        loss = float(-np.log(np.maximum(chance, 1e-9)).mean()) if np.isfinite(chance).all() else float("nan")
        wrong = float((probabilities(noisy).argmax(1) != truth).mean()) if np.isfinite(loss) else 1.0
        losses.append(round(loss, 4) if np.isfinite(loss) else 20.0)
        errors.append(round(wrong, 4))
    return {"loss": losses, "noisy": errors, "ms": round(float(np.median(times)), 2), "size": sum(w.size for w in weights)}


name = sys.argv[1]
training, held_out = data_of(name)
draw = np.random.default_rng(1)
np.seterr(all="ignore")
print(json.dumps({"data": name, "epochs": EPOCHS, "numpy": np.__version__, "scikit-learn": sklearn.__version__}))
for i in range(CONFIGURATIONS):
    config = configuration(draw)
    rounded = {key: float(f"{value:.4g}") for key, value in config.items()}
    print(json.dumps({**rounded, **train(config, i, training, held_out)}, separators=(",", ":")), flush=True)
