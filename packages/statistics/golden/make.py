"""Writes statistics.golden.json beside this folder: what scipy and mpmath say, for the tests of this room.

    python -m venv .venv && .venv/bin/pip install scipy==1.17.1 mpmath==1.4.1
    .venv/bin/python packages/statistics/golden/make.py
"""

import json
import pathlib
import warnings

import numpy as np
import scipy
from mpmath import betainc, gammainc, inf, loggamma, mp, mpf, ncdf
from scipy import stats
from scipy.spatial.distance import jensenshannon

warnings.simplefilter("ignore")
mp.dps = 60
rng = np.random.default_rng(20260101)


def draw(n, kind, shift):
    values = {
        "normal": lambda: rng.normal(shift, 1, n),
        "ties": lambda: rng.integers(0, 6, n) + (rng.random(n) < shift) * 1.0,
        "lognormal": lambda: np.exp(rng.normal(shift, 1.5, n)),
        "constant": lambda: np.full(n, 3.0 + (shift > 0.5)),
        "disjoint": lambda: rng.normal(50 * shift, 1, n),
    }[kind]()
    return np.sort(np.round(values, 3))


def two_samples():
    sizes = [(1, 1), (1, 5), (2, 3), (3, 3), (4, 9), (7, 12), (10, 10), (12, 10), (30, 20), (40, 40), (61, 97), (100, 75)]
    for n, m in sizes:
        for kind in ["normal", "ties", "lognormal", "constant", "disjoint"]:
            for shift in [0, 0.7, 1.5]:
                a, b = draw(n, kind, 0), draw(m, kind, shift)
                ks = stats.ks_2samp(a, b)
                yield {"a": a.tolist(), "b": b.tolist(), "statistic": ks.statistic, "p": ks.pvalue,
                       "wasserstein": stats.wasserstein_distance(a, b)}


def grids():
    """Large samples that need no file: a = i/n, b = shift + scale * j/m."""
    cases = [(2400, 600, 0.0, 1), (2400, 600, 0.02, 1), (2400, 600, 0.1, 1), (9000, 700, 0.3, 1), (3000, 3000, 0.01, 1),
             (3000, 3000, 0.04, 1), (3001, 2999, 0.05, 1), (10000, 9999, 0.02, 1), (10001, 1, 0.3, 1), (10001, 2, 0.0, 1),
             (10001, 7, 0.1, 1), (10001, 60, 0.05, 1), (10001, 130, 0.08, 1), (10001, 400, 0.0, 1.01), (20000, 10000, 0.005, 1),
             (20000, 10000, 0.02, 1), (20000, 10000, 0.1, 1), (30000, 150, 0.2, 1), (50000, 50000, 0.004, 1),
             (50000, 50000, 0.01, 1), (50000, 50000, 0.05, 1), (50001, 49999, 0.5, 1), (10002, 10000, 0.0, 0.98)]
    for n, m, shift, scale in cases:
        a, b = np.arange(n) / n, shift + scale * (np.arange(m) / m)
        ks = stats.ks_2samp(a, b)
        yield {"n": n, "m": m, "shift": shift, "scale": scale, "statistic": ks.statistic, "p": ks.pvalue,
               "wasserstein": stats.wasserstein_distance(a, b)}


def kolmogorov():
    for n in [1, 2, 3, 5, 10, 40, 139, 140, 141, 500, 5000, 100000, 100001, 400000]:
        for z in [0.3, 0.45, 0.6, 0.8, 1.0, 1.3, 1.48, 1.6, 1.99, 2.1, 3, 6, 12, 18]:
            d = z / np.sqrt(n)
            if d < 1:
                yield {"n": n, "d": d, "sf": float(stats.kstwo.sf(d, n))}


def counts():
    for k in [2, 3, 5, 10, 40]:
        for n, m in [(5, 7), (60, 40), (1000, 200), (100000, 1000)]:
            for sharpness in [0.05, 0.5, 5]:
                p = rng.dirichlet(np.full(k, 1.0))
                q = p if sharpness > 1 else rng.dirichlet(p * 20 / sharpness + 0.01)
                a, b = rng.multinomial(n, p), rng.multinomial(m, q)
                table = np.array([a, b])
                table = table[:, table.sum(axis=0) > 0]
                chi2 = stats.chi2_contingency(table, correction=False)
                kept = table.shape[1]
                pa, pb = (table[0] + 0.5) / (n + 0.5 * kept), (table[1] + 0.5) / (m + 0.5 * kept)
                yield {"a": a.tolist(), "b": b.tolist(), "statistic": chi2.statistic, "df": int(chi2.dof), "p": chi2.pvalue,
                       "psi": float(np.sum((pa - pb) * np.log(pa / pb))), "js": float(jensenshannon(a, b)),
                       "total_variation": float(np.abs(a / n - b / m).sum() / 2)}


def chi_square():
    for df in [1, 2, 3, 9, 50, 999]:
        for factor in [1e-6, 0.1, 0.5, 0.9, 1, 1.1, 1.5, 3, 10]:
            x = df * factor
            yield {"x": x, "df": df, "sf": float(gammainc(mpf(df) / 2, mpf(x) / 2, inf, regularized=True))}


def beta():
    for _ in range(120):
        a, b = 10 ** rng.uniform(-0.5, 3), 10 ** rng.uniform(-0.5, 3)
        mean = a / (a + b)
        sd = np.sqrt(mean * (1 - mean) / (a + b + 1))
        x = float(np.clip(mean + rng.uniform(-6, 6) * sd, 1e-4, 1 - 1e-4))
        p = betainc(mpf(a), mpf(b), 0, mpf(x), regularized=True)
        yield {"a": a, "b": b, "x": x, "p": float(p), "q": float(betainc(mpf(b), mpf(a), 0, 1 - mpf(x), regularized=True))}


def gamma():
    for _ in range(120):
        a = 10 ** rng.uniform(-0.3, 3)
        x = a * 10 ** rng.uniform(-0.6, 0.6)
        yield {"a": a, "x": x, "p": float(gammainc(mpf(a), 0, mpf(x), regularized=True)),
               "q": float(gammainc(mpf(a), mpf(x), inf, regularized=True)), "lgamma": float(loggamma(mpf(a)))}


def normal():
    for z in [-37, -20, -8.3, -5.7, -5.6, -3, -1.96, -0.7, -0.3, -1e-9, 0, 0.2, 0.68, 1, 2.5, 5, 8]:
        yield {"z": z, "cdf": float(ncdf(mpf(z))), "sf": float(ncdf(mpf(-z)))}


def holm():
    for n in [1, 2, 5, 20]:
        p = np.sort(rng.random(n) ** 3)
        expected = np.minimum(1, np.maximum.accumulate(p * np.arange(n, 0, -1)))
        order = rng.permutation(n)
        yield {"p": p[order].tolist(), "adjusted": expected[order].tolist()}


golden = {"scipy": scipy.__version__, "numpy": np.__version__}
for part in [two_samples, grids, kolmogorov, counts, chi_square, beta, gamma, normal, holm]:
    golden[part.__name__] = list(part())
target = pathlib.Path(__file__).parent / "statistics.golden.json"
target.write_text(json.dumps(golden, separators=(",", ":")).replace('],"', '],\n"') + "\n")
