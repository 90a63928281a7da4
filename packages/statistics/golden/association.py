"""Writes association.golden.json beside this file: what scikit-learn, scipy and plain loops say.

    python -m venv .venv && .venv/bin/pip install scikit-learn==1.9.1 scipy==1.17.1
    .venv/bin/python packages/statistics/golden/association.py
"""

import itertools
import json
import pathlib

import numpy as np
from scipy import stats
from sklearn.metrics import roc_auc_score

rng = np.random.default_rng(20260102)


def loop_lambda(groups, classes):
    most_common = np.bincount(classes).argmax()
    errors = 0
    for i in range(len(classes)):
        others = [classes[j] for j in range(len(classes)) if j != i and groups[j] == groups[i]]
        guess = most_common
        if len(others) >= 9:
            counts = np.bincount(others)
            best = np.flatnonzero(counts == counts.max())
            # The row's own class is right or wrong by itself alone: a tie of which it is no part errs either way.
            if classes[i] not in best or len(best) == 1:
                guess = best[0]
        errors += guess != classes[i]
    return 1 - errors / (len(classes) - np.bincount(classes).max())


def loop_ratio(groups, values):
    left = total = 0.0
    for i in range(len(values)):
        rest = np.delete(np.arange(len(values)), i)
        same = rest[groups[rest] == groups[i]]
        left += (values[i] - values[same if len(same) >= 9 else rest].mean()) ** 2
        total += (values[i] - values[rest].mean()) ** 2
    return 1 - left / total


def worst_area(values, classes):
    has = ~np.isnan(values)
    values, classes = values[has], classes[has]
    kept = [c for c in np.unique(classes) if (classes == c).sum() >= 10]
    areas = []
    for a, b in itertools.combinations(kept, 2):
        pair = np.isin(classes, [a, b])
        area = roc_auc_score(classes[pair] == b, values[pair])
        areas.append(max(area, 1 - area))
    return min(areas)


cases = []
for n, k, kinds, noise in [(60, 2, 4, 0.2), (120, 3, 6, 0.5), (200, 2, 60, 0.1), (150, 4, 8, 1.0), (90, 2, 3, 0.0)]:
    classes = rng.integers(0, k, n)
    groups = np.where(rng.random(n) < noise, rng.integers(0, kinds, n), classes % kinds)
    values = np.round(classes + rng.normal(0, noise, n), 2)
    holed = np.where(rng.random(n) < 0.1, np.nan, values)
    other = np.round(values**3 + rng.normal(0, noise, n), 2)
    cases.append(
        {
            "groups": groups.tolist(),
            "classes": classes.tolist(),
            "values": values.tolist(),
            "holed": [None if np.isnan(v) else v for v in holed],
            "other": other.tolist(),
            "lambda": loop_lambda(groups, classes),
            "separation": worst_area(holed, classes),
            "pearson": stats.pearsonr(values, other)[0],
            "spearman": stats.spearmanr(values, other)[0],
            "correlation_ratio": loop_ratio(groups, values),
        }
    )
pathlib.Path(__file__).with_name("association.golden.json").write_text(json.dumps(cases) + "\n")
