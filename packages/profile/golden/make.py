"""Writes profile.golden.json: quantiles, moments and PSI bins of samples, as numpy gives them by the rule written out.

    python -m venv venv && venv/bin/pip install numpy
    venv/bin/python packages/profile/golden/make.py
"""

import json
import math
import pathlib

import numpy as np

rng = np.random.default_rng(11)
samples = {
    "one": [3.5],
    "two": [1.0, 2.0],
    "constant": [7.0] * 50,
    "normal": rng.normal(size=237).round(6).tolist(),
    "heavy": (rng.standard_t(2, size=400) * 1e6).tolist(),
    "zeros": np.where(rng.random(300) < 0.4, 0.0, rng.exponential(5, 300).round(3)).tolist(),
    "dice": rng.integers(1, 7, 200).astype(float).tolist(),
    "tenths": np.repeat(np.arange(10.0), 10).tolist(),
    "counts": rng.poisson(8, 500).astype(float).tolist(),
    "offset": (1e9 + rng.random(100)).tolist(),
    "mostly_one": [1.0] * 97 + [0.0, 2.0, 5.0],
}


def bins(values):
    distinct, count = np.unique(values, return_counts=True)
    points = distinct[count > len(values) / 10]
    rest = values[~np.isin(values, points)]
    edges = []
    if len(rest):
        q = max(1, math.floor(10 * len(rest) / len(values) + 0.5))
        edges = np.unique(np.quantile(rest, np.arange(1, q) / q)) if q > 1 else []
    inside = np.histogram(rest, np.concatenate([[-np.inf], edges, [np.inf]]))[0] if len(rest) else [0]
    counts = [int((values == p).sum()) for p in points] + [int(c) for c in inside]
    return {"points": [float(p) for p in points], "edges": [float(e) for e in edges]}, counts


golden = {}
for name, sample in samples.items():
    values = np.sort(np.array(sample))
    found, counts = bins(values)
    exact = math.fsum(sample) / len(sample)
    golden[name] = {
        "values": sample,
        "bins": found,
        "counts": counts,
        "mean": exact,
        "m2": math.fsum((x - exact) ** 2 for x in sample),
        "quantiles": np.quantile(values, [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]).tolist(),
    }

path = pathlib.Path(__file__).parent / "profile.golden.json"
path.write_text(json.dumps({"numpy": np.__version__, "samples": golden}) + "\n")
