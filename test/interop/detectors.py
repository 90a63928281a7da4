"""Random streams and where river's change detectors warn and call a drift on them, for detectors.ts.

    VENV/bin/python test/interop/detectors.py FILE [SEED] [STREAMS]
"""

import json
import random
import sys

from river import drift


def parameters(r, kind):
    if r.random() < 0.4:
        return {"seed": r.randrange(2**r.choice([1, 31, 33, 50]))} if kind == "KSWIN" else {}
    if kind == "DDM":
        return {"warm_start": r.randint(0, 120), "warning_threshold": r.uniform(0.5, 3), "drift_threshold": r.uniform(1, 5)}
    if kind == "EDDM":
        beta = r.uniform(0.3, 0.99)
        return {"warm_start": r.randint(0, 90), "alpha": r.uniform(beta, 1), "beta": beta}
    if kind == "ADWIN":
        return {"delta": 10 ** r.uniform(-5, -0.1), "clock": r.choice([1, 2, 7, 32, 100]), "max_buckets": r.randint(2, 9),
                "min_window_length": r.randint(1, 30), "grace_period": r.randint(0, 200)}
    if kind == "PageHinkley":
        return {"min_instances": r.randint(0, 100), "delta": r.choice([0.0, 0.005, 0.1]), "threshold": 10 ** r.uniform(-0.5, 2.5),
                "alpha": r.choice([1.0, 0.9999, 0.99, 0.5]), "mode": r.choice(["up", "down", "both"])}
    stat = r.randint(1, 60)
    return {"alpha": 10 ** r.uniform(-6, 0), "stat_size": stat, "window_size": stat * 2 + r.randint(0, 300), "seed": r.randrange(2**31)}


def law(r):
    """One stretch of a stream of numbers, ties, constants, small and large scales included."""
    shift, scale = r.choice([0, 0, 0.1, -3, 50]), r.choice([0.01, 1, 1, 30])
    return r.choice([lambda: r.gauss(shift, scale), lambda: r.random() * scale + shift, lambda: float(r.randint(0, 3)) + shift,
                     lambda: shift, lambda: r.lognormvariate(0, 1) * scale, lambda: float(r.random() < 0.3)])


def stream(r, binary):
    """Up to four stretches: none, sudden, gradual and recurring changes."""
    length = r.randint(1, 1500)
    pieces = [r.choice([0, 0.02, 0.1, 0.2, 0.5, 0.9, 1]) if binary else law(r) for _ in range(r.choice([1, 1, 2, 2, 3, 4]))]
    values = []
    for i in range(length):
        place = i / length * len(pieces)
        if r.random() < 0.3 * (place % 1):  # The next law sets in bit by bit.
            place = min(len(pieces) - 1, place + 1)
        piece = pieces[int(place)]
        values.append(int(r.random() < piece) if binary else piece())
    return values


def main():
    path, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    r = random.Random(seed)
    kinds = {"DDM": drift.binary.DDM, "EDDM": drift.binary.EDDM, "ADWIN": drift.ADWIN, "PageHinkley": drift.PageHinkley, "KSWIN": drift.KSWIN}
    cases = []
    for index in range(count):
        # KSWIN makes a test of every value, and scipy's costs most of the time.
        kind = r.choice(["DDM", "EDDM", "ADWIN", "PageHinkley"]) if index % 20 else "KSWIN"
        given = parameters(r, kind)
        detector = kinds[kind](**given)
        values = stream(r, kind in ("DDM", "EDDM"))
        warnings, drifts = [], []
        for i, value in enumerate(values):
            detector.update(value)
            if detector.drift_detected:
                drifts.append(i)
            elif getattr(detector, "warning_detected", False):
                warnings.append(i)
        cases.append({"detector": kind, "parameters": given, "values": values, "warnings": warnings, "drifts": drifts})
    with open(path, "w") as file:
        json.dump(cases, file)


main()
