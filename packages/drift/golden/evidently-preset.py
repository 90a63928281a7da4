"""Writes evidently.golden.json: what Evidently's DataDriftPreset answers about small tables, by every method of its own.

    python -m venv .venv && .venv/bin/pip install evidently==0.7.23 pandas==2.3.3 numpy==2.4.6 scipy==1.17.1
    .venv/bin/python packages/drift/golden/evidently-preset.py
"""

import itertools
import json
import pathlib
from importlib.metadata import version

import numpy as np
import pandas as pd
from evidently_answers import BOTH, CAT, NUM, answers, column_types

random = np.random.default_rng(20260801)
SIZES = [(60, 45), (50, 50), (1001, 80)]


def table(rows, moved):
    holes = random.random(rows) < 0.1
    return pd.DataFrame({
        "normal": random.normal(moved, 1, rows).round(2),
        "holed": np.where(holes, np.nan, random.normal(0, 1, rows).round(1)),
        "far": (1e9 + random.normal(moved, 1, rows)).round(1),
        "quarter": random.integers(0, 4, rows) / 4,
        "count": random.poisson(12 + 3 * moved, rows),
        "digit": random.integers(0, 4 + moved, rows),
        "flag": random.random(rows) < 0.4,
        "word": random.choice(["a", "b", "c"] + ["new"] * moved, rows),
        "same": ["one"] * rows,
        "same_number": [7.5] * rows,
    })


def case(n, m):
    before, after = table(n, 0), table(m, 1)
    if n == m:
        after["gone"], before["gone"] = [np.nan] * m, range(n)
    reference, current = (side.to_csv(index=False) for side in (before, after))
    columns = list(before.columns)
    asked = [{"columns": columns}]
    for num, cat in itertools.zip_longest([*NUM, *BOTH], [*BOTH, *CAT]):
        methods = {"num_method": num, "cat_method": cat}
        names = [name for name in columns if name != "far" or num != "t_test"]
        asked.append({"columns": names, **{key: method for key, method in methods.items() if method}})
    asked.append({"columns": columns[:8], "method": "psi", "threshold": 0.3, "cat_threshold": 0.01, "drift_share": 0.125,
                  "numerical_columns": ["digit"], "per_column_method": {"word": "chisquare"},
                  "per_column_threshold": {"normal": 2}})
    names = {"t_test": "quarter", "anderson": "normal", "es": "holed", "fisher_exact": "flag", "g_test": "word"}
    asked += [{"columns": [name], "per_column_method": {name: method}} for method, name in names.items()]
    if n < 100:
        given = {"word": "TVD", "normal": "empirical_mmd"}
        asked.append({"columns": list(given), "per_column_method": given})
    questions = [{"rules": rules, "answers": answers(reference, current, rules)} for rules in asked]
    return {"reference": reference, "current": current, "types": column_types(current), "questions": questions}


golden = {
    "versions": {name: version(name) for name in ["evidently", "pandas", "numpy", "scipy"]},
    "cases": [case(*sizes) for sizes in SIZES],
}
path = pathlib.Path(__file__).parent / "evidently.golden.json"
path.write_text(json.dumps(golden, separators=(",", ":")).replace('{"rules"', '\n{"rules"') + "\n")
