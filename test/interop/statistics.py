"""Random inputs to the statistics room, and what scipy, numpy and statsmodels answer.

python statistics.py [SEED]: one JSON object a line: name, args, answer {key: number}, and slack {key: number}: how far, absolutely,
the library's own rounding may put that answer off, where it subtracts numbers that nearly cancel. To add a function, write a
generator of (name, args, answer[, slack]) and name it in CASES; statistics.ts says which of our functions answers to the name.
"""

import json
import math
import sys
import warnings
from fractions import Fraction

import numpy as np
from scipy import special, stats
from scipy.spatial.distance import jensenshannon
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint, proportions_ztest

warnings.simplefilter("ignore")
rng = np.random.default_rng(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
EPS = np.finfo(float).eps

SHAPES = {
    "normal": lambda n: rng.normal(0, 1, n),
    "offset": lambda n: rng.normal(1000, 1, n),
    "uniform": lambda n: rng.random(n),
    "exponential": lambda n: rng.exponential(1, n),
    "cauchy": lambda n: rng.standard_cauchy(n),
    "lognormal": lambda n: np.exp(rng.normal(0, 2, n)),
    "rounded": lambda n: np.round(rng.normal(0, 1, n), 1),
    "few values": lambda n: rng.integers(0, 4, n) * 1.0,
    "heavy value": lambda n: np.where(rng.random(n) < 0.7, 0.0, rng.exponential(1, n)),
    "bimodal": lambda n: rng.normal(0, 1, n) + 8 * (rng.random(n) < 0.4),
    "tiny": lambda n: rng.normal(0, 1e-9, n),
}


def size(largest):
    return int(round(2 * (largest / 2) ** rng.random()))


def two_samples(repetitions, largest):
    for _ in range(repetitions):
        n, m = size(largest), size(largest)
        if rng.random() < 0.15:
            m = n
        shape = rng.choice(list(SHAPES))
        a, b = SHAPES[shape](n), SHAPES[shape](m)
        kind = rng.random()
        if kind < 0.4:
            b = b + rng.choice([0.1, 0.5, 1, 3, 30]) * (np.std(a) + 1e-12)
        elif kind < 0.55:
            b = b * rng.choice([0.3, 1.1, 4])
        elif kind < 0.65:
            b = SHAPES[rng.choice(list(SHAPES))](m)
        yield np.sort(a), np.sort(b)


def result(found):
    return {"statistic": float(found.statistic), "p": float(found.pvalue)}


def pair(a, b):
    return [a.tolist(), b.tolist()]


def kolmogorov_smirnov():
    for a, b in [*two_samples(150, 300), *two_samples(6, 14000)]:
        yield "ks two-sided", pair(a, b), result(stats.ks_2samp(a, b))
    for a, b in two_samples(120, 60):
        # Unequal sizes: scipy counts paths by differences of binomial coefficients, which costs it the tail.
        slack = 0 if len(a) == len(b) else 1e-9
        for side in ["less", "greater"]:
            yield f"ks {side}", pair(a, b), result(stats.ks_2samp(a, b, alternative=side)), {"p": slack}
    for _ in range(4):
        a, b = np.sort(rng.normal(0, 1, 10_001 + size(4000))), np.sort(rng.normal(0.02, 1, 500 + size(12_000)))
        for side in ["less", "greater"]:
            yield f"ks {side}", pair(a, b), result(stats.ks_2samp(a, b, alternative=side))
    for _ in range(300):
        n = size(200_000)
        d = float(min(0.999, rng.choice([0.3, 1, 2, 4, 12]) * rng.random() / np.sqrt(n)))
        yield "kolmogorov", [d, n], {"p": float(stats.kstwo.sf(d, n))}


def mann_whitney():
    for a, b in [*two_samples(200, 300), *two_samples(100, 12), *two_samples(8, 8000)]:
        if min(len(a), len(b)) <= 8 and max(len(a), len(b)) > 2000:
            continue  # scipy's exact count takes minutes there.
        for side in ["two-sided", "less", "greater"]:
            # An exact upper tail near 1 is scipy's 1 - cdf + pmf; below, its cumulative sum.
            yield f"mann-whitney {side}", pair(a, b), result(stats.mannwhitneyu(a, b, alternative=side))


def anderson_darling():
    for a, b in [*two_samples(200, 300), *two_samples(6, 8000)]:
        if len(a) + len(b) >= 4 and np.unique(np.r_[a, b]).size > 1:
            found = stats.anderson_ksamp([a, b], variant="midrank")
            yield "anderson-darling", [pair(a, b)], result(found), {"statistic": 1e-12}
    for _ in range(80):
        shape = SHAPES[rng.choice(list(SHAPES))]
        samples = [np.sort(shape(1 + size(40)) + 0.3 * rng.random()) for _ in range(rng.integers(2, 7))]
        if np.unique(np.concatenate(samples)).size > 1:
            found = stats.anderson_ksamp(samples, variant="midrank")
            yield "anderson-darling", [[s.tolist() for s in samples]], result(found), {"statistic": 1e-12 * len(samples)}


def cramer_von_mises():
    for a, b in [*two_samples(200, 300), *two_samples(120, 20), *two_samples(6, 8000)]:
        n, m = len(a), len(b)
        if n < 2 or m < 2 or np.unique(np.r_[a, b]).size < 2:
            continue
        lost = 8 * EPS * (4 * n * m - 1) / (6 * (n + m))
        answer, slack = result(stats.cramervonmises_2samp(a, b)), {"statistic": lost}
        if max(n, m) > 20:
            # scipy ends its series at terms of 1e-7; here it goes on. It stays 1 minus a distribution function.
            total = n + m
            variance = (total + 1) * (4 * n * m * total - 3 * (n**2 + m**2) - 2 * n * m) / (180 * total**2 * n * m)
            x = 1 / 6 + (answer["statistic"] - (1 + 1 / total) / 6) / math.sqrt(45 * variance)
            if x >= 0.003:
                k = np.arange(int(20 + 10 * math.sqrt(x)))
                q = (4 * k + 1) ** 2 / (16 * x)
                weights = np.exp(special.gammaln(k + 0.5) - special.gammaln(k + 1)) / (math.pi**1.5 * math.sqrt(x))
                answer["p"] = float(max(0, 1 - np.sum(weights * np.sqrt(4 * k + 1) * np.exp(-2 * q) * special.kve(0.25, q))))
            slack["p"] = 1e-14 + 10 * lost / math.sqrt(45 * variance)
        yield "cramer-von-mises", pair(a, b), answer, slack


def t_tests():
    for a, b in [*two_samples(250, 300), *two_samples(6, 8000)]:
        for name, equal in [("student", True), ("welch", False)]:
            if len(a) + len(b) < 3 or (not equal and min(len(a), len(b)) < 2):
                continue
            found = stats.ttest_ind(a, b, equal_var=equal)
            t, df = float(found.statistic), float(found.df)
            if not np.isfinite(t) or t == 0:
                continue
            # The means are rounded at the size of the values, and a variance loses what the values are above their spread.
            error = abs(np.mean(a) - np.mean(b)) / abs(t)
            largest = max(np.abs(a).max(), np.abs(b).max())
            lost = 20 * EPS * largest / error * (1 + abs(t) * EPS * largest / error)
            slack = {"statistic": lost, "p": float(2 * stats.t.sf(max(0, abs(t) - lost), df) - 2 * stats.t.sf(abs(t), df))}
            yield name, pair(a, b), {**result(found), "df": df}, {**slack, "df": 1e-11 * df}


def epps_singleton():
    for a, b in [*two_samples(250, 300), *two_samples(6, 8000)]:
        pooled = np.r_[a, b]
        if min(len(a), len(b)) < 5 or stats.iqr(pooled) < 1e-9 * np.abs(pooled).max():
            continue
        angle = np.array([0.4, 0.8])[:, None] / (stats.iqr(pooled) / 2)
        waves = [np.r_[np.cos(angle * x), np.sin(angle * x)] for x in (a, b)]
        covariance = sum(len(pooled) / len(x) * np.cov(w, bias=True) for x, w in zip((a, b), waves))
        condition = np.linalg.cond(covariance)
        if condition > 1e10:
            continue  # Where a rank is a matter of rounding there is no answer to agree with.
        found = stats.epps_singleton_2samp(a, b)
        w = float(found.statistic)
        rounding = 8 * EPS * (1 + np.abs(angle * pooled).max())
        lost = rounding * (condition * w + np.sqrt(len(pooled) * w / np.linalg.eigvalsh(covariance)[0]))
        slack = {"statistic": lost, "p": float(stats.chi2.sf(max(0, w - lost), 4) - stats.chi2.sf(w, 4))}
        yield "epps-singleton", pair(a, b), result(found), slack


def chi_squares():
    for _ in range(250):
        k, n, m = int(rng.integers(2, 40)), size(1_000_000) + 5, size(1_000_000) + 5
        p = rng.dirichlet(np.full(k, rng.choice([0.3, 1, 10])))
        q = p if rng.random() < 0.5 else rng.dirichlet(p * rng.choice([20, 1000]) + 1e-3)
        a, b = rng.multinomial(n, p), rng.multinomial(m, q)
        kept = a + b > 0
        if kept.sum() > 1:
            found = stats.chi2_contingency(np.array([a[kept], b[kept]]), correction=False)
            yield "homogeneity", pair(a, b), {**result(found), "df": int(found.dof)}, {"statistic": 1e-11 * (n + m) * EPS}
            pa, pb = (a[kept] + 0.5) / (n + 0.5 * kept.sum()), (b[kept] + 0.5) / (m + 0.5 * kept.sum())
            yield "population stability", pair(a, b), {"distance": float(np.sum((pa - pb) * np.log(pa / pb)))}, {"distance": 1e-15}
            js = float(jensenshannon(a, b))
            # A square root: what the sum under it is rounded by counts the more, the smaller it is.
            yield "jensen-shannon", pair(a, b), {"distance": js}, {"distance": 4 * EPS / max(js, 1e-8)}
            pk, qk = a / n, b / m
            if (b[a > 0] > 0).all():
                yield "kullback-leibler", pair(a, b), {"distance": float(stats.entropy(a, b))}, {"distance": 4 * EPS}
            roots = float(np.linalg.norm(np.sqrt(pk) - np.sqrt(qk)) / np.sqrt(2))
            yield "hellinger", pair(a, b), {"distance": roots}, {"distance": 4 * EPS}
            yield "l-infinity", pair(a, b), {"distance": float(np.abs(pk - qk).max())}, {"distance": 1e-15}
            yield "total variation", pair(a, b), {"distance": float(np.abs(a / n - b / m).sum() / 2)}, {"distance": 1e-15}
        wanted = p * n
        if (wanted > 0).all():
            for name, power in [("pearson", 1), ("log-likelihood", 0)]:
                found = stats.power_divergence(a, wanted, lambda_=power)
                w = float(found.statistic)
                # A sum of x log(x / e), whose terms are as large as the counts.
                lost = 0 if power == 1 else 8 * EPS * n
                lost += float(np.sum(4 * EPS * np.abs(a - wanted)))
                slack = {"statistic": lost, "p": float(stats.chi2.sf(max(0, w - lost), k - 1) - stats.chi2.sf(w, k - 1))}
                yield f"goodness of fit {name}", pair(a, wanted), result(found), slack


def fisher():
    for i in range(300):
        top = int(10 ** rng.uniform(0.5, 6 if i % 10 == 0 else 2.7))
        a, b, c, d = (int(v) for v in rng.integers(0, top + 1, 4))
        if i % 3 == 0:
            c, d = b, a  # Margins that are equal make ties.
        if 0 in (a + b, c + d, a + c, b + d):
            continue
        found = stats.fisher_exact([[a, b], [c, d]])
        if a + b + c + d < 4000:
            row, column, total = a + b, a + c, a + b + c + d
            ways = [math.comb(row, x) * math.comb(total - row, column - x) for x in range(max(0, column - total + row), min(row, column) + 1)]
            seen = math.comb(row, a) * math.comb(total - row, c)
            exact = Fraction(sum(w for w in ways if w <= seen), math.comb(total, column))
            yield "fisher by whole numbers", [[[a, b], [c, d]]], {"p": float(exact)}
        odds = float(found.statistic)
        yield "fisher", [[[a, b], [c, d]]], {"p": float(found.pvalue), **({"odds": odds} if np.isfinite(odds) else {})}


def proportions():
    for _ in range(200):
        n, m = size(1_000_000), size(1_000_000)
        x, y = int(rng.binomial(n, p := rng.random())), int(rng.binomial(m, min(1, p * rng.choice([1, 1, 1.1]))))
        if 0 < x + y < n + m:
            z, value = proportions_ztest([x, y], [n, m])
            # The difference of the shares, and 1 minus the pooled one, are rounded at the size of 1.
            lost = 4 * EPS * (x / n) / (abs(x / n - y / m) / abs(z)) + 4 * EPS * abs(z) * (n + m) / (n + m - x - y) if z != 0 else 0
            slack = {"statistic": lost, "p": float(2 * (stats.norm.sf(max(0, abs(z) - lost)) - stats.norm.sf(abs(z))))}
            yield "proportions", [x, n, y, m], {"statistic": float(z), "p": float(value)}, slack


def distances():
    for a, b in [*two_samples(200, 300), *two_samples(4, 8000)]:
        largest = float(max(np.abs(a).max(), np.abs(b).max()))
        area = float(stats.wasserstein_distance(a, b))
        yield "wasserstein", pair(a, b), {"distance": area}, {"distance": 4 * EPS * largest}
        # A square root of squared differences of shares, each of which is rounded at the size of 1.
        energy = float(stats.energy_distance(a, b))
        yield "energy", pair(a, b), {"distance": energy}, {"distance": 4 * EPS * (area + largest) / max(energy, 1e-12)}


def corrections():
    methods = {"holm": "holm", "bonferroni": "bonferroni", "benjamini-hochberg": "fdr_bh", "benjamini-yekutieli": "fdr_by"}
    for _ in range(60):
        p = rng.random(int(rng.integers(1, 60))) ** rng.integers(1, 9)
        if rng.random() < 0.3:
            p = np.round(p, 2)
        for name, method in methods.items():
            yield name, [p.tolist()], {f"p{i}": float(v) for i, v in enumerate(multipletests(p, method=method)[1])}


def bca():
    for _ in range(60):
        values = SHAPES[rng.choice(["normal", "exponential", "rounded"])](8 + size(60))
        confidence = float(rng.choice([0.8, 0.9, 0.95]))
        found = stats.bootstrap((values,), np.std, n_resamples=199, confidence_level=confidence, method="BCa", rng=rng)
        low, high = (float(end) for end in found.confidence_interval)
        if np.isfinite(low) and np.isfinite(high):
            jackknife = [float(np.std(np.delete(values, i))) for i in range(len(values))]
            args = [float(np.std(values)), found.bootstrap_distribution.tolist(), jackknife, confidence]
            yield "bca", args, {"low": low, "high": high}, {"low": 1e-11 * abs(low), "high": 1e-11 * abs(high)}


def log_uniform(low, high):
    return float(10 ** rng.uniform(low, high))


def distributions():
    for _ in range(400):
        z = float(rng.normal() * rng.choice([1, 6, 20]))
        yield "normal", [z], {"p": float(stats.norm.sf(z)), "log": float(stats.norm.logsf(z))}
        x = float(rng.normal() * rng.choice([0.1, 1, 8]))
        yield "erfc", [x], {"p": float(special.erfc(x))}
        df, t = log_uniform(-0.3, 5), float(rng.standard_t(2) * rng.choice([0.1, 1, 5]))
        yield "student t", [t, df], {"p": float(stats.t.sf(t, df)), "cdf": float(stats.t.cdf(t, df))}
        d1, d2 = log_uniform(0, 4), log_uniform(0, 4)
        f = float(stats.f.isf(log_uniform(-200, 0) if rng.random() < 0.5 else rng.random(), d1, d2))
        if np.isfinite(f) and 0 < f < 1e250:
            yield "f", [f, d1, d2], {"p": float(stats.f.sf(f, d1, d2)), "cdf": float(stats.f.cdf(f, d1, d2))}
        n, p = size(1_000_000), float(rng.choice([rng.random(), log_uniform(-6, -0.3)]))
        k = int(np.clip(round(n * p + rng.normal() * rng.choice([1, 5, 15]) * math.sqrt(n * p * (1 - p))), 0, n))
        answer = {"p": float(stats.binom.sf(k, n, p)), "cdf": float(stats.binom.cdf(k, n, p)), "pmf": float(stats.binom.pmf(k, n, p))}
        yield "binomial", [k, n, p], answer
        df = int(size(2000))
        x = df * log_uniform(-1, 1)
        yield "chi-square", [x, df], {"p": float(stats.chi2.sf(x, df)), "cdf": float(stats.chi2.cdf(x, df))}


def quantiles():
    for _ in range(300):
        p = log_uniform(-250, -0.31) if rng.random() < 0.5 else float(rng.random())
        yield "normal quantile", [p], {"quantile": float(stats.norm.ppf(p))}, {"quantile": 1e-15}
        df = size(2000)
        yield "chi-square quantile", [p, df], {"quantile": float(stats.chi2.isf(p, df))}
        a, b, share = log_uniform(-0.3, 3), log_uniform(-0.3, 3), float(rng.random())
        x = float(stats.beta.ppf(share, a, b))
        if 1e-100 < x < 0.999:
            yield "beta quantile", [share, a, b], {"quantile": x}


def shares_and_correlations():
    for _ in range(200):
        n = size(100_000)
        k = int(rng.binomial(n, rng.random()))
        low, high = proportion_confint(k, n, 0.1, "wilson")
        yield "wilson", [k, n, 0.9], {"low": float(low), "high": float(high)}, {"low": 1e-15}
        gained, lost = size(500), size(500)
        yield "mcnemar", [gained, lost], {"p": float(mcnemar([[0, gained], [lost, 0]], exact=True).pvalue)}
        x = SHAPES[rng.choice(["normal", "few values", "rounded", "exponential"])](3 + size(300))
        y = rng.choice([0, 1]) * x + rng.normal(0, 1, len(x)).round(rng.integers(0, 8))
        if np.ptp(x) > 0 and np.ptp(y) > 0:
            found = {"pearson": float(stats.pearsonr(x, y).statistic), "spearman": float(stats.spearmanr(x, y).statistic)}
            yield "correlation", pair(x, y), found, {"pearson": 1e-14, "spearman": 1e-15}


CASES = [kolmogorov_smirnov, mann_whitney, anderson_darling, cramer_von_mises, t_tests, epps_singleton, chi_squares, fisher,
         proportions, distances, corrections, bca, distributions, quantiles, shares_and_correlations]

for cases in CASES:
    for name, args, answer, *slack in cases():
        print(json.dumps({"name": name, "args": args, "answer": answer, "slack": slack[0] if slack else {}}, allow_nan=False))
