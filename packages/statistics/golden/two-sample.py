"""Writes two-sample.golden.json beside this folder: what scipy and statsmodels say of two samples; Fisher's test by whole numbers.

    python -m venv .venv && .venv/bin/pip install scipy==1.17.1 statsmodels==0.15.0
    .venv/bin/python packages/statistics/golden/two-sample.py
"""

import json
import pathlib
import warnings
from fractions import Fraction
from math import comb

import numpy as np
import scipy
from scipy import stats
from statsmodels.stats.proportion import proportions_ztest

warnings.simplefilter("ignore")
rng = np.random.default_rng(20260104)


def draw(n, kind, shift):
    values = {
        "normal": lambda: rng.normal(shift, 1, n),
        "ties": lambda: rng.integers(0, 6, n) + (rng.random(n) < shift) * 1.0,
        "lognormal": lambda: np.exp(rng.normal(shift, 1.5, n)),
        "offset": lambda: 1e4 + rng.normal(shift, 1, n),
        "disjoint": lambda: rng.normal(50 * shift, 1, n),
    }[kind]()
    return np.sort(np.round(values, 3))


def tests(a, b):
    yield "greater", stats.ks_2samp(a, b, alternative="greater")
    yield "less", stats.ks_2samp(a, b, alternative="less")
    yield "mann_whitney", stats.mannwhitneyu(a, b)
    yield "mann_whitney_greater", stats.mannwhitneyu(a, b, alternative="greater")
    yield "mann_whitney_less", stats.mannwhitneyu(a, b, alternative="less")
    yield "cramer_von_mises", stats.cramervonmises_2samp(a, b)
    yield "student", stats.ttest_ind(a, b)
    yield "welch", stats.ttest_ind(a, b, equal_var=False)
    if np.unique(np.concatenate([a, b])).size > 1:
        yield "anderson_darling", stats.anderson_ksamp([a, b], variant="midrank")
    if min(len(a), len(b)) >= 5 and stats.iqr(np.concatenate([a, b])) > 0:
        yield "epps_singleton", stats.epps_singleton_2samp(a, b)


def two_samples():
    for n, m in [(2, 2), (2, 3), (3, 2), (5, 5), (6, 9), (8, 40), (9, 9), (12, 10), (17, 20), (20, 20), (21, 20), (25, 13), (60, 45)]:
        for kind in ["normal", "ties", "lognormal", "offset", "disjoint"]:
            for shift in [0, 1]:
                a, b = draw(n, kind, 0), draw(m, kind, shift)
                yield {"a": a.tolist(), "b": b.tolist(),
                       "tests": {name: [float(r.statistic), float(r.pvalue)] for name, r in tests(a, b)}}


def grids():
    """Large samples that need no file: a = i/n, b = shift + scale * j/m, both rounded to whole multiples of a step where given."""
    for n, m, shift, scale, step in [(2400, 600, 0.0, 1, 0), (2400, 600, 0.02, 1, 0), (3000, 3000, 0.04, 1, 1 / 64),
                                     (9001, 700, 0.1, 1, 1 / 8), (20000, 10000, 0.01, 1, 0), (20000, 10000, 0.05, 1, 1 / 256),
                                     (8, 5000, 0.1, 1, 0), (3, 70000, 0.4, 1, 0)]:
        a, b = np.arange(n) / n, shift + scale * (np.arange(m) / m)
        if step:
            a, b = np.floor(a / step) * step, np.floor(b / step) * step
        found = {name: [float(r.statistic), float(r.pvalue)] for name, r in
                 [("cramer_von_mises", stats.cramervonmises_2samp(a, b)),
                  ("student", stats.ttest_ind(a, b)), ("welch", stats.ttest_ind(a, b, equal_var=False)),
                  ("anderson_darling", stats.anderson_ksamp([a, b], variant="midrank")),
                  *([("mann_whitney", stats.mannwhitneyu(a, b))] if min(n, m) > 8 else []),
                  *([("greater", stats.ks_2samp(a, b, alternative="greater"))] if max(n, m) > 10_000 else []),
                  *([("epps_singleton", stats.epps_singleton_2samp(a, b))] if min(n, m) > 8 else [])]}
        yield {"n": n, "m": m, "shift": shift, "scale": scale, "step": step, "tests": found}


def several_samples():
    for sizes in [(3, 4, 5), (10, 10, 10, 10), (50, 20, 7), (6, 6, 6, 6, 6, 6, 6)]:
        for kind in ["normal", "ties"]:
            samples = [draw(n, kind, 0.2 * i) for i, n in enumerate(sizes)]
            found = stats.anderson_ksamp(samples, variant="midrank")
            yield {"samples": [s.tolist() for s in samples], "statistic": float(found.statistic), "p": float(found.pvalue)}


def fisher_by_whole_numbers(a, b, c, d):
    row, column, total = a + b, a + c, a + b + c + d
    ways = [comb(row, x) * comb(total - row, column - x) for x in range(max(0, column - total + row), min(row, column) + 1)]
    seen = comb(row, a) * comb(total - row, c)
    return float(Fraction(sum(w for w in ways if w <= seen), comb(total, column)))


def fisher():
    tables = [(1, 0, 0, 1), (12, 3, 17, 16), (8, 2, 1, 5), (0, 10, 10, 0), (0, 9, 4, 1), (5, 5, 5, 5), (3, 7, 7, 3), (30, 70, 45, 55),
              (40, 160, 60, 140), (2, 300, 19, 400), (900, 100, 850, 150), (500, 500, 500, 501), (700, 300, 300, 700), (1400, 40, 60, 1500)]
    tables += [tuple(int(v) for v in rng.integers(0, top, 4)) for top in [4, 10, 30, 200] for _ in range(8)]
    for a, b, c, d in tables:
        if 0 not in (a + b, c + d, a + c, b + d):
            ratio = None if b * c == 0 else a * d / (b * c)
            yield {"table": [[a, b], [c, d]], "odds_ratio": ratio, "p": fisher_by_whole_numbers(a, b, c, d)}


def goodness_of_fit():
    for k in [2, 3, 10, 40]:
        for n in [20, 1000, 200_000]:
            p = rng.dirichlet(np.full(k, 3.0))
            q = rng.dirichlet(np.full(k, 3.0)) if n == 1000 else p
            seen, wanted = rng.multinomial(n, q), p * n
            found = {"pearson": stats.chisquare(seen, wanted), "log-likelihood": stats.power_divergence(seen, wanted, lambda_="log-likelihood")}
            yield {"seen": seen.tolist(), "wanted": wanted.tolist(),
                   "tests": {name: [float(r.statistic), float(r.pvalue)] for name, r in found.items()}}


def proportions():
    for n, m in [(10, 7), (200, 150), (100_000, 3000)]:
        for p, q in [(0.5, 0.5), (0.1, 0.14), (0.02, 0.9)]:
            x, y = int(rng.binomial(n, p)), int(rng.binomial(m, q))
            if 0 < x + y < n + m:
                z, value = proportions_ztest([x, y], [n, m])
                yield {"x": x, "n": n, "y": y, "m": m, "statistic": float(z), "p": float(value)}


golden = {"scipy": scipy.__version__, "numpy": np.__version__}
for part in [two_samples, grids, several_samples, fisher, goodness_of_fit, proportions]:
    golden[part.__name__] = list(part())
target = pathlib.Path(__file__).parent / "two-sample.golden.json"
target.write_text(json.dumps(golden, separators=(",", ":")).replace('],"', '],\n"') + "\n")
