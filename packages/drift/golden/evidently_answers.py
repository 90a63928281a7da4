"""What Evidently answers about two tables: for the golden file of its preset, and for the interop suite."""

import io
import logging
import math
import warnings

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.legacy.calculations.stattests.registry import _registered_stat_tests
from evidently.metrics.column_statistics import ValueDriftCalculation
from evidently.presets import DataDriftPreset

# The charts of a report take most of its time and none of its numbers.
ValueDriftCalculation._render = lambda *_: []
NAMES = {test.display_name: name for name, types in _registered_stat_tests.items() for test in types.values()}
NUM = ["ks", "wasserstein", "ed", "t_test", "mannw", "cramer_von_mises"]
CAT = ["chisquare", "z"]
# These raise for many columns, and with them the whole report.
PICKY = {
    "num": ["anderson", "es"],
    "cat": ["fisher_exact", "g_test"],
}
# These draw random permutations, a thousand and a hundred.
SIMULATED = {"TVD": 1000, "empirical_mmd": 100}
BOTH = ["jensenshannon", "psi", "kl_div", "hellinger"]
LISTS = {"numerical_columns", "categorical_columns"}


def read(csv):
    return pd.read_csv(io.StringIO(csv), float_precision="round_trip")


def column_types(csv):
    """The types that Evidently infers: num, cat, text, unknown ..."""
    frame = read(csv)
    definition = Dataset.from_pandas(frame).data_definition
    return {name: definition.get_column_type(name).value for name in frame.columns}


def answers(reference, current, rules):
    """A report of Evidently's own preset on two CSV texts; where it raises, one report a column."""
    before, after = read(reference), read(current)
    try:
        return report(before, after, rules)
    except Exception:
        columns = {}
        for name in rules["columns"]:
            try:
                columns |= report(before, after, {**rules, "columns": [name]})["columns"]
            except Exception as error:
                columns[name] = {"raises": f"{type(error).__name__}: {error}"[:200]}
        return {"columns": columns}


def definition_of(frame, rules):
    """What Evidently infers, but for the columns whose type the rules give."""
    found = Dataset.from_pandas(frame).data_definition
    given = {name for key in LISTS for name in rules.get(key, [])}
    kept = {key: [name for name in getattr(found, key) if name not in given] + rules.get(key, []) for key in LISTS}
    unknown = [name for name in found.unknown_columns if name not in given]
    others = {"text_columns": found.text_columns, "datetime_columns": [], "unknown_columns": unknown, "list_columns": []}
    return DataDefinition(**kept, **others)


def report(before, after, rules):
    definition = definition_of(after, rules)
    preset = DataDriftPreset(**{key: value for key, value in rules.items() if key not in LISTS})
    sides = [Dataset.from_pandas(side, data_definition=definition) for side in (after, before)]
    found = Report([preset], include_tests=True).run(*sides).dict()
    drifted = {test["metric_config"]["metric_id"]: test["status"] == "FAIL" for test in found["tests"]}
    whole, *metrics = found["metrics"]
    columns = {}
    for metric in metrics:
        asked, score = metric["config"], float(metric["value"])
        columns[asked["column"]] = {
            "method": NAMES.get(asked["method"], asked["method"]),
            "score": score if math.isfinite(score) else None,
            "threshold": asked["threshold"],
            "drifted": drifted[metric["id"]],
        }
    return {"columns": columns, **whole["value"], "drifted": drifted[whole["id"]]}
