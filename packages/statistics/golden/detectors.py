"""Writes detectors.golden.json beside this folder: where river's change detectors warn and call a drift.

    python -m venv .venv && .venv/bin/pip install river==0.26.1
    .venv/bin/python packages/statistics/golden/detectors.py

Streams are drawn by Python's own random.Random(seed), which mersenne-twister.ts repeats: the file holds no values.
"""

import json
import pathlib
import random

import river
from river import drift

KINDS = {"DDM": drift.binary.DDM, "EDDM": drift.binary.EDDM, "ADWIN": drift.ADWIN, "PageHinkley": drift.PageHinkley, "KSWIN": drift.KSWIN}


def stream(seed, length, change, before, after):
    """Numbers uniform on [0, 1) times a scale plus a shift, which change at one place."""
    rng = random.Random(seed)
    for i in range(length):
        scale, shift = after if i >= change else before
        yield rng.random() * scale + shift


def points(detector, values):
    warnings, drifts = [], []
    for i, value in enumerate(values):
        detector.update(value)
        if detector.drift_detected:
            drifts.append(i)
        elif getattr(detector, "warning_detected", False):
            warnings.append(i)
    return {"warnings": warnings, "drifts": drifts}


def cases():
    errors = [(1, 3000, 1500, 0.1, 0.3), (2, 4000, 4000, 0.2, 0.2), (3, 2500, 1000, 0.3, 0.05), (4, 500, 250, 0, 1)]
    settings = {"DDM": [{}, {"warm_start": 100, "warning_threshold": 1.5, "drift_threshold": 2.5}],
                "EDDM": [{}, {"warm_start": 50, "alpha": 0.8, "beta": 0.75}, {"alpha": 0.6, "beta": 0.5}]}
    for name, several in settings.items():
        for parameters in several:
            for seed, length, change, before, after in errors:
                values = [1 if value < (after if i >= change else before) else 0
                          for i, value in enumerate(stream(seed, length, change, (1, 0), (1, 0)))]
                yield {"detector": name, "parameters": parameters, "seed": seed, "length": length, "change": change,
                       "before": before, "after": after, **points(KINDS[name](**parameters), values)}
    numbers = [(11, 3000, 1500, (1, 0), (1, 0.4)), (12, 4000, 4000, (1, 0), (1, 0)), (13, 3000, 1200, (8, -4), (8, 5)), (14, 2000, 700, (1, 5), (6, 2.5))]
    settings = {"ADWIN": [{}, {"delta": 0.05, "clock": 1, "max_buckets": 3, "min_window_length": 10, "grace_period": 50}],
                "PageHinkley": [{}, {"min_instances": 10, "delta": 0.01, "threshold": 5.0, "alpha": 0.99, "mode": "up"},
                                {"threshold": 20.0, "mode": "down"}],
                "KSWIN": [{"seed": 7}, {"alpha": 1e-6, "seed": 0}, {"alpha": 0.05, "window_size": 60, "stat_size": 30, "seed": 123456789012}]}
    for name, several in settings.items():
        for parameters in several:
            for seed, length, change, before, after in numbers:
                values = stream(seed, length, change, before, after)
                yield {"detector": name, "parameters": parameters, "seed": seed, "length": length, "change": change,
                       "before": before, "after": after, **points(KINDS[name](**parameters), values)}


def python_random():
    for seed in [0, 1, 42, 2**32, 2**40 + 5, -3]:
        rng = random.Random(seed)
        yield {"seed": seed, "bits": [rng.getrandbits(32) for _ in range(700)][-20:],
               "samples": [[below, count, rng.sample(range(below), count)] for below, count in [(70, 30), (500, 5), (21, 4), (1000, 30), (1, 1)]]}


golden = {"river": river.__version__, "cases": list(cases()), "python_random": list(python_random())}
target = pathlib.Path(__file__).parent / "detectors.golden.json"
target.write_text(json.dumps(golden, separators=(",", ":")).replace('},{', '},\n{') + "\n")
