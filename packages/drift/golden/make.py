"""Writes drift.golden.json: what scipy says of the example tables, column by column.

    python -m venv .venv && .venv/bin/pip install scipy==1.17.1
    .venv/bin/python packages/drift/golden/make.py
"""

import csv
import json
import pathlib
from collections import Counter

import numpy as np
import scipy
from scipy import stats
from scipy.spatial.distance import jensenshannon

HERE = pathlib.Path(__file__).parent
CHURN = HERE / "../../../examples/churn/data"
FLIGHTS = HERE / "../fixtures"
PAIRS = {
    "churn": (CHURN / "churn.csv", CHURN / "churn-current.csv"),
    "churn-drifted": (CHURN / "churn.csv", CHURN / "churn-current-drifted.csv"),
    "flights-july": (FLIGHTS / "flights-2013-01.csv", FLIGHTS / "flights-2013-07.csv"),
}


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: [row[name] for row in rows] for name in rows[0]}


def numbers(cells):
    try:
        return np.array([float(c) for c in cells if c != ""])
    except ValueError:
        return None


def bins(reference):
    values, counts = np.unique(reference, return_counts=True)
    points = values[counts > len(reference) / 10]
    rest = reference[~np.isin(reference, points)]
    q = max(1, int(np.floor(10 * len(rest) / len(reference) + 0.5)))
    edges = np.unique(np.quantile(rest, np.arange(1, q) / q)) if len(rest) else np.array([])
    return points, edges


def counted(values, points, edges):
    at_points = [int((values == p).sum()) for p in points]
    rest = values[~np.isin(values, points)]
    inside = np.bincount(np.searchsorted(edges, rest, side="right"), minlength=len(edges) + 1)
    return at_points + inside.tolist()


def psi(a, b):
    a, b = np.array(a, float), np.array(b, float)
    kept = a + b > 0
    a, b = a[kept], b[kept]
    n, m, k = a.sum(), b.sum(), len(a)
    p, q = (a + 0.5) / (n + 0.5 * k), (b + 0.5) / (m + 0.5 * k)
    return float(((p - q) * np.log(p / q)).sum()), float((k - 1) * (1 / n + 1 / m))


def folded(a, b):
    a, b = np.array(a), np.array(b)
    n, m = a.sum(), b.sum()
    rare = (a + b) * min(n, m) / (n + m) < 5
    if rare.any():
        a, b = np.append(a[~rare], a[rare].sum()), np.append(b[~rare], b[rare].sum())
        assert (a[-1] + b[-1]) * min(n, m) / (n + m) >= 5
    return np.array([a, b])


def measure(reference, current):
    x, y = numbers(reference), numbers(current)
    r = [c for c in reference if c != ""]
    c = [c for c in current if c != ""]
    found = {}
    if x is not None and y is not None:
        test = stats.ks_2samp(x, y)
        a, b = (counted(v, *bins(x)) for v in (x, y))
        found["test"], found["ks"], found["wasserstein"] = "ks", test.statistic, stats.wasserstein_distance(x, y)
        found["statistic"], found["p"] = test.statistic, test.pvalue
    else:
        names = sorted(set(r) | set(c))
        a, b = ([Counter(side)[n] for n in names] for side in (r, c))
        test = stats.chi2_contingency(folded(a, b), correction=False)
        found["test"], found["statistic"], found["p"] = "chi2", test.statistic, test.pvalue
    found["psi"], found["psi_null"] = psi(a, b)
    found["js"] = float(jensenshannon(a, b))
    found["effect"] = max(0.0, found["psi"] - found["psi_null"])
    nulls = [reference.count(""), current.count("")]
    if sum(nulls):
        table = [[len(r), nulls[0]], [len(c), nulls[1]]]
        found["null_p"] = stats.chi2_contingency(table, correction=False).pvalue
    return found


def holm(p):
    order = np.argsort(p)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(1, np.maximum.accumulate(np.array(p)[order] * np.arange(len(p), 0, -1)))
    return adjusted


golden = {"scipy": scipy.__version__}
for name, (before, after) in PAIRS.items():
    reference, current = read(before), read(after)
    columns = {c: measure(reference[c], current[c]) for c in reference if c != "date"}
    tests = [(c, key) for c in columns for key in ("p", "null_p") if key in columns[c]]
    for (c, key), value in zip(tests, holm([columns[c][key] for c, key in tests])):
        columns[c][key + "_adjusted"] = float(value)
    golden[name] = {"family": len(tests), "columns": columns}
(HERE / "drift.golden.json").write_text(json.dumps(golden, indent=1) + "\n")
