"""Judges drawn tables as the peers do, for bench/false-alarms.ts and bench/power.ts: `python drift-peers.py defaults | tests`.

A table comes on stdin as one line of JSON, {"n", "m", "kinds": ["numeric" | "categorical", ...]}, and then each column's n
reference and m current values as little-endian doubles: a category is its number, a null is NaN. Each is answered by one line:
- defaults: {"evidently": [drifted, ...], "evidently_dataset": drifted, "nannyml": [alert in any chunk, ...]} by column.
- tests: {test: [p of each column, null where the test is not for it or raises]} of Evidently's tests that give a p-value.

evidently 0.7.23 and nannyml 0.13.1.
"""

import json
import sys
import warnings

import numpy as np
import pandas as pd
import pandas.core.dtypes.common

# Evidently asks pandas for a function that pandas 3 no longer has, and drift does not use.
if not hasattr(pandas.core.dtypes.common, "infer_dtype_from_object"):
    pandas.core.dtypes.common.infer_dtype_from_object = lambda dtype: dtype

warnings.filterwarnings("ignore")
answers = sys.stdout
# What the libraries print is no answer.
sys.stdout = sys.stderr

from evidently.legacy.calculations.stattests import get_stattest  # noqa: E402
from evidently.legacy.core import ColumnType  # noqa: E402

TYPES = {"numeric": ColumnType.Numerical, "categorical": ColumnType.Categorical}
NUMERIC_TESTS = ["ks", "t_test", "mannw", "anderson", "cramer_von_mises", "es"]


def tables():
    order = np.random.default_rng(1)
    for line in sys.stdin.buffer:
        told = json.loads(line)
        columns = []
        for kind in told["kinds"]:
            rows = told["n"] + told["m"]
            values = np.frombuffer(sys.stdin.buffer.read(8 * rows), dtype="<f8")
            # Categories come in order; NannyML cuts rows into chunks as they stand.
            reference = order.permutation(values[: told["n"]])
            current = order.permutation(values[told["n"] :])
            columns.append((kind, series(kind, reference), series(kind, current)))
        yield columns


def series(kind, values):
    if kind == "numeric":
        return pd.Series(values)
    return pd.Series([None if np.isnan(value) else f"k{int(value)}" for value in values], dtype=object)


def evidently(kind, reference, current, test=None):
    """As Evidently's get_one_column_drift does: by the default test, or the one that is named."""
    reference, current = reference.dropna(), current.dropna()
    return get_stattest(reference, current, TYPES[kind], test)(reference, current, TYPES[kind], None)


def p_value(kind, reference, current, test):
    try:
        p = float(evidently(kind, reference, current, test).drift_score)
    except Exception:
        return None
    return None if np.isnan(p) else p


def tests_for(kind, reference, current):
    if kind == "numeric":
        return NUMERIC_TESTS
    two = pd.concat([reference, current]).nunique() <= 2
    return ["z", "fisher_exact"] if two else ["chisquare", "g_test"]


def nannyml_alerts(columns):
    from nannyml import UnivariateDriftCalculator

    names = [f"c{i}" for i in range(len(columns))]
    reference = pd.DataFrame({name: column[1] for name, column in zip(names, columns)})
    current = pd.DataFrame({name: column[2] for name, column in zip(names, columns)})
    calculator = UnivariateDriftCalculator(column_names=names).fit(reference)
    found = calculator.calculate(current).filter(period="analysis").to_df()
    return [bool(found[name].xs("alert", axis=1, level=-1).any(axis=None)) for name in names]


for columns in tables():
    if sys.argv[1] == "defaults":
        drifted = [bool(evidently(*column).drifted) for column in columns]
        answer = {
            "evidently": drifted,
            "evidently_dataset": sum(drifted) >= 0.5 * len(drifted),
            "nannyml": nannyml_alerts(columns),
        }
    else:
        asked = [tests_for(*column) for column in columns]
        answer = {
            name: [p_value(*column, name) if name in tests else None for column, tests in zip(columns, asked)]
            for name in dict.fromkeys(test for tests in asked for test in tests)
        }
    print(json.dumps(answer), file=answers, flush=True)
