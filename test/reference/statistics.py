#!/usr/bin/env python3
"""Writes test/golden/problems/statistics.json: rank tests and adjusted p values of scipy.

    pip install scipy==1.17.1
    python3 test/reference/statistics.py > test/golden/problems/statistics.json
"""

import json
import sys

import numpy as np
import scipy
from scipy.stats import mannwhitneyu

random = np.random.RandomState(11)
tests = []
for n, m, shift, digits in ((5, 5, 1, 4), (3, 8, 0, 4), (8, 20, 0.5, 4), (20, 20, 0.4, 4), (20, 20, 0, 1), (7, 7, 0.5, 0), (30, 12, 1, 1), (2, 2, 3, 4)):
    a = np.round(random.normal(0, 1, n), digits)
    b = np.round(random.normal(shift, 1, m), digits)
    result = mannwhitneyu(a, b, alternative="two-sided")
    tests.append({"a": a.tolist(), "b": b.tolist(), "u": float(result.statistic), "p": float(result.pvalue)})
quartiles = []
for n in (1, 2, 5, 20):
    x = np.round(random.normal(0, 1, n), 4)
    quartiles.append({"x": x.tolist(), "quartiles": np.percentile(x, [25, 50, 75]).tolist()})
json.dump({"made": f"test/reference/statistics.py, scipy {scipy.__version__}", "tests": tests, "quartiles": quartiles}, sys.stdout)
