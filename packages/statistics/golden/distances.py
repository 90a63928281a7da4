"""Writes distances.golden.json beside this folder: what scipy and statsmodels say of distances, corrections and BCa.

    python -m venv .venv && .venv/bin/pip install scipy==1.17.1 statsmodels==0.15.0
    .venv/bin/python packages/statistics/golden/distances.py
"""

import json
import pathlib
import warnings
from decimal import Decimal, getcontext

import numpy as np
import scipy
import statsmodels
from scipy import stats
from statsmodels.stats.multitest import multipletests

warnings.simplefilter("ignore")
getcontext().prec = 40
rng = np.random.default_rng(20260202)


def counted():
    for k in [2, 3, 10, 40]:
        for n, m in [(7, 9), (400, 60), (100000, 3000)]:
            for near in [False, True]:
                p = rng.dirichlet(np.ones(k))
                a = rng.multinomial(n, p)
                b = a * 3 + (np.arange(k) == 0) if near else rng.multinomial(m, rng.dirichlet(np.ones(k)))
                p, q = [[Decimal(int(c)) / int(side.sum()) for c in side] for side in (a, b)]
                divergence = float(stats.entropy(a, b))
                yield {"a": a.tolist(), "b": b.tolist(),
                       "kullback_leibler": divergence if np.isfinite(divergence) else None,
                       "hellinger": float((sum((x.sqrt() - y.sqrt()) ** 2 for x, y in zip(p, q)) / 2).sqrt()),
                       "l_infinity": float(max(abs(x - y) for x, y in zip(p, q)))}


def energy():
    for n, m in [(1, 1), (1, 6), (5, 4), (40, 25), (200, 190)]:
        for draw in [lambda size: rng.normal(size=size), lambda size: rng.integers(0, 4, size).astype(float),
                     lambda size: np.exp(rng.normal(0, 3, size))]:
            a, b = np.round(draw(n), 3), np.round(draw(m) + 0.5, 3)
            yield {"a": a.tolist(), "b": b.tolist(), "energy": stats.energy_distance(a, b)}


def multiplicity():
    for p in [[0.04], [0.01, 0.04, 0.03], rng.random(6) ** 3, np.repeat(rng.random(4) ** 4, 5), rng.random(60) ** 6,
              np.array([0.0, 1e-300, 1e-12, 0.5, 1.0, 1.0])]:
        p = rng.permutation(np.asarray(p, dtype=float))
        row = {"p": p.tolist()}
        for name, method in [("bonferroni", "bonferroni"), ("holm", "holm"), ("hochberg", "fdr_bh"), ("yekutieli", "fdr_by")]:
            row[name] = multipletests(p, method=method)[1].tolist()
        for name, method in [("hochberg", "bh"), ("yekutieli", "by")]:
            assert np.allclose(row[name], stats.false_discovery_control(p, method=method), rtol=1e-13, atol=0)
        yield row


def bca():
    for n, statistic in [(12, np.mean), (30, np.std), (25, stats.trim_mean), (40, np.median)]:
        for confidence in [0.8, 0.9, 0.95]:
            values = np.round(np.exp(rng.normal(0, 1, n)), 3)
            of = (lambda x, axis=-1: stats.trim_mean(x, 0.1, axis=axis)) if statistic is stats.trim_mean else statistic
            found = stats.bootstrap((values,), of, n_resamples=199, confidence_level=confidence, method="BCa", rng=rng)
            jackknife = [float(of(np.delete(values, i))) for i in range(n)]
            yield {"estimate": float(of(values)), "resampled": found.bootstrap_distribution.tolist(), "jackknife": jackknife,
                   "confidence": confidence, "interval": [float(end) for end in found.confidence_interval]}


golden = {"scipy": scipy.__version__, "statsmodels": statsmodels.__version__, "numpy": np.__version__}
for part in [counted, energy, multiplicity, bca]:
    golden[part.__name__] = list(part())
target = pathlib.Path(__file__).parent / "distances.golden.json"
target.write_text(json.dumps(golden, separators=(",", ":"), allow_nan=False).replace('],"', '],\n"') + "\n")
