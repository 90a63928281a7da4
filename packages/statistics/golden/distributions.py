"""Writes distributions.golden.json beside this folder: what mpmath says of distributions, their logarithms and far tails.

    python -m venv .venv && .venv/bin/pip install scipy==1.17.1 mpmath==1.4.1
    .venv/bin/python packages/statistics/golden/distributions.py
"""

import json
import pathlib

import mpmath
import numpy as np
from mpmath import besselk, erfc as mp_erfc, exp, log, log1p, loggamma, mp, mpf, pi, sqrt

mp.dps = 50


def below(a, b, x, y):
    """I_x(a, b) for y = 1 - x; above the mean and near 1 as 1 less the other side, which may take 300 digits of x and y."""
    a, b = mpf(a), mpf(b)
    if x > 0.5 and (x > (a + 1) / (a + b + 2) or x > mpf("0.999")):
        with mp.workdps(340):
            return 1 - series(b, a, y, x)
    return series(a, b, x, y)


def series(a, b, x, y):
    """I_x(a, b) by the hypergeometric series, all of whose terms are positive (DLMF 8.17.8)."""
    term = total = mpf(1)
    n = 0
    while term > total * mpf(10) ** -mp.dps:
        term *= (a + b + n) / (a + 1 + n) * x
        total += term
        n += 1
    return total * exp(a * log(x) + b * log(y) - log(a) - loggamma(a) - loggamma(b) + loggamma(a + b))


def shares(part, rest):
    """part and rest as shares of their sum, to 340 digits."""
    with mp.workdps(340):
        return mpf(part) / (mpf(part) + rest), rest / (mpf(part) + rest)


def gamma_shares(a, x):
    """log P(a, x) and log Q(a, x): the series below the mean, Legendre's fraction by its convergents above."""
    a, x = mpf(a), mpf(x)
    prefix = a * log(x) - x - loggamma(a)
    if x < a + 1:
        term = total = 1 / a
        n = 1
        while term > total * mpf(10) ** -45:
            term *= x / (a + n)
            total += term
            n += 1
        share = prefix + log(total)
        return share, log1p(-exp(share))
    before, above, below_before, below_ = mpf(0), mpf(1), mpf(1), x + 1 - a
    value, n = above / below_, 1
    while True:
        factor, b = -n * (n - a), x + 2 * n + 1 - a
        before, above = above, b * above + factor * before
        below_before, below_ = below_, b * below_ + factor * below_before
        value, last = above / below_, value
        if abs(value - last) < abs(value) * mpf(10) ** -40:
            share = prefix + log(value)
            return log1p(-exp(share)), share
        n += 1


def number(value):
    """A double, or 0 where it is less than the smallest normal one."""
    return float(value) if abs(value) > mpf("1e-300") else 0.0


def normal_tail():
    for z in [-40, -10, -3, -0.7, 0, 0.3, 0.7, 2, 5.6, 5.7, 20, 37, 100, 1e4, 1e8]:
        tail = mp_erfc(mpf(z) / sqrt(mpf(2))) / 2
        yield {"z": z, "log_sf": float(log(tail)), "erfc_at": z / 2, "erfc": number(mp_erfc(mpf(z) / 2))}


def gamma_tail():
    for a in [0.5, 1, 2.5, 10, 499.5, 20000]:
        for factor in [1e-8, 1e-3, 0.5, 0.9, 1, 1.1, 2, 10, 300]:
            x = a * factor
            log_p, log_q = gamma_shares(a, x)
            yield {"a": a, "x": x, "log_p": float(log_p), "log_q": float(log_q)}


def beta_tail():
    for a, b in [(0.5, 0.5), (0.5, 30), (3, 0.7), (20, 20), (500, 3), (2000, 6000)]:
        for x in [1e-100, 1e-6, 0.01, 0.2, 0.4, 0.7, 0.99, 1 - 1e-6]:
            p, q = below(a, b, mpf(x), 1 - mpf(x)), below(b, a, 1 - mpf(x), mpf(x))
            log_p, log_q = (log(p), log1p(-p)) if p < q else (log1p(-q), log(q))
            yield {"a": a, "b": b, "x": x, "log_p": float(log_p), "log_q": float(log_q)}


def student():
    for df in [0.5, 1, 2, 3.7, 10, 29.5, 400, 12345, 1e6]:
        for t in [-4, -1, -1e-9, 0, 1e-3, 0.5, 1, 1.96, 3, 8, 20, 35, 1e3, 1e10, 1e120]:
            tail = below(mpf(df) / 2, 0.5, *shares(df, mpf(t) ** 2)) / 2
            yield {"t": t, "df": df, "sf": number(tail if t >= 0 else 1 - tail), "cdf": number(1 - tail if t >= 0 else tail)}


def f_distribution():
    for d1, d2 in [(1, 1), (1, 30), (3, 7), (10, 2.5), (40, 60), (500, 3), (1000, 20000)]:
        for x in [1e-30, 1e-4, 0.1, 0.7, 1, 1.2, 2, 7, 100, 1e6, 1e40]:
            part, rest = shares(d1 * mpf(x), d2)
            cdf, sf = below(mpf(d1) / 2, mpf(d2) / 2, part, rest), below(mpf(d2) / 2, mpf(d1) / 2, rest, part)
            yield {"x": x, "d1": d1, "d2": d2, "cdf": number(cdf), "sf": number(sf)}


def binomials():
    for n in [1, 2, 7, 40, 1000, 200_000]:
        for p in [1e-12, 0.001, 0.3, 0.5, 0.97]:
            sd = float(np.sqrt(n * p * (1 - p)))
            for k in sorted({0, n, *(int(np.clip(round(n * p + z * sd), 0, n)) for z in [-30, -8, -2, 0, 1, 5, 34])}):
                q = 1 - mpf(p)
                pmf = exp(loggamma(mpf(n) + 1) - loggamma(mpf(k) + 1) - loggamma(mpf(n - k) + 1) + k * log(mpf(p)) + (n - k) * log(q))
                sf = below(k + 1, n - k, mpf(p), q) if k < n else mpf(0)
                cdf = below(n - k, k + 1, q, mpf(p)) if k < n else mpf(1)
                yield {"k": k, "n": n, "p": p, "pmf": number(pmf), "cdf": number(cdf), "sf": number(sf)}


def cramer_von_mises():
    """The series of Csorgo and Faraway (1996), equation 1.2, for the distribution function: not the room's formula."""
    for x in [0.004, 0.01, 0.03, 0.1, 0.2, 0.46136, 0.74346, 1, 2, 5, 20, 90]:
        mp.dps = 40 + int(2.5 * x)
        total, k = mpf(0), 0
        while True:
            y = mpf(4 * k + 1)
            q = y * y / (16 * mpf(x))
            weight = exp(loggamma(k + mpf(1) / 2) - loggamma(mpf(k) + 1)) / (pi ** mpf(1.5) * sqrt(mpf(x)))
            one = weight * sqrt(y) * exp(-q) * besselk(mpf(1) / 4, q)
            total += one
            if one < mpf(10) ** -mp.dps:
                break
            k += 1
        yield {"x": x, "sf": float(1 - total)}
        mp.dps = 50


golden = {"mpmath": mpmath.__version__}
for part in [normal_tail, gamma_tail, beta_tail, student, f_distribution, binomials, cramer_von_mises]:
    golden[part.__name__] = list(part())
target = pathlib.Path(__file__).parent / "distributions.golden.json"
target.write_text(json.dumps(golden, separators=(",", ":")).replace('],"', '],\n"') + "\n")
