"""Golden values of delong.ts and intervals.ts, made by scipy and by the definitions written out with numpy.

    python -m venv venv && venv/bin/pip install scipy==1.17.1
    venv/bin/python packages/statistics/golden/comparison.py
"""

import json
import pathlib

import numpy as np
import scipy
from scipy import optimize, stats

rng = np.random.default_rng(7)


def delong(y, scores):
    """Areas and covariance from the structural components, every pair of rows compared."""
    y = np.asarray(y)
    v10, v01 = [], []
    for s in map(np.asarray, scores):
        up, down = s[y == 1], s[y == 0]
        psi = (up[:, None] > down[None, :]) + 0.5 * (up[:, None] == down[None, :])
        v10.append(psi.mean(axis=1))
        v01.append(psi.mean(axis=0))
    s10, s01 = np.cov(v10), np.cov(v01)
    auc = [v.mean() for v in v10]
    cov = s10 / (y == 1).sum() + s01 / (y == 0).sum()
    error = np.sqrt(cov[0, 0] + cov[1, 1] - 2 * cov[0, 1])
    delta = auc[1] - auc[0]
    z = stats.norm.ppf(0.95)
    return {
        "actual": y.tolist(), "scores": [list(map(float, s)) for s in scores], "auc": auc, "covariance": cov.tolist(),
        "p": float(2 * stats.norm.sf(abs(delta) / error)), "delta": delta,
        "low": delta - z * error, "high": delta + z * error,
    }


def tango_score(d, b, c, n):
    """Tango's statistic, the nuisance share found by maximising the likelihood numerically."""
    def loss(q):
        p = q + d
        rest = 1 - p - q
        return -(stats.binom.logpmf(0, 0, 0.5) + xlog(b, p) + xlog(c, q) + xlog(n - b - c, rest))
    low, high = max(0, -d), (1 - d) / 2
    q = optimize.minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-14}).x
    return (b - c - n * d) / np.sqrt(n * (2 * q + d * (1 - d)))


def xlog(k, p):
    return 0 if k == 0 else k * np.log(max(p, 1e-300))


def tango(b, c, n):
    z = stats.norm.ppf(0.95)
    at = (b - c) / n
    high = optimize.brentq(lambda d: tango_score(d, b, c, n) + z, at + 1e-9, 1 - 1e-9)
    low = optimize.brentq(lambda d: tango_score(d, b, c, n) - z, -1 + 1e-9, at - 1e-9)
    return {"gained": b, "lost": c, "n": n, "low": low, "high": high}


def wilson(k, n):
    interval = stats.binomtest(k, n).proportion_ci(0.9, method="wilson")
    return {"successes": k, "n": n, "low": float(interval.low), "high": float(interval.high)}


def mcnemar(b, c):
    return {"gained": b, "lost": c, "p": float(stats.binomtest(b, b + c, 0.5).pvalue)}


def main():
    y = rng.integers(0, 2, 60)
    first = np.round(y * 0.3 + rng.random(60), 1)
    golden = {
        "made_by": f"scipy {scipy.__version__}, numpy {np.__version__}",
        "delong": [
            delong([1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1],
                   [[.9, .3, .8, .35, .4, .2, .7, .5, .6, .1, .55, .55], [.8, .4, .6, .5, .45, .1, .75, .35, .65, .3, .7, .5]]),
            delong(y, [first, np.round(first + 0.2 * rng.standard_normal(60), 2)]),
        ],
        "wilson": [wilson(*pair) for pair in [(0, 10), (10, 10), (3, 7), (812, 1000), (1, 100000)]],
        "tango": [tango(*row) for row in [(5, 2, 40), (1, 0, 50), (12, 30, 500), (300, 290, 10000), (9, 1, 12)]],
        "mcnemar": [mcnemar(*pair) for pair in [(12, 4), (4, 12), (1, 0), (7, 7), (150, 190), (3, 40)]],
    }
    pathlib.Path(__file__).with_name("comparison.golden.json").write_text(json.dumps(golden, indent=1) + "\n")


main()
