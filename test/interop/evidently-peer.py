"""Random tables, and what the real Evidently says of them.

python evidently-peer.py FOLDER [SEED [TABLES]]: writes FOLDER/cases.json, one entry a pair of tables: both as CSV, the types that
Evidently infers, and for several settings of its DataDriftPreset the answers.
"""

import itertools
import json
import pathlib
import sys

import numpy as np
import pandas as pd

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "packages/drift/golden"))
from evidently_answers import BOTH, CAT, NUM, PICKY, answers, column_types

SIZES = [(40, 40), (1001, 300), (120, 90), (1000, 1200), (120, 120), (2500, 4000), (6, 300), (999, 700), (1001, 1001)]


class Tables:
    def __init__(self, seed):
        self.random = np.random.default_rng(seed)

    def frame(self, rows, shift):
        r = self.random
        moved = shift * r.choice([0, 0, 0.3, 1])
        words = lambda k, new: r.choice([f"w{i}" for i in range(k)] + (["new"] if new and shift else []), rows)
        holes = lambda values: pd.Series(values).astype(object).where(r.random(rows) > 0.15, None)
        return pd.DataFrame({
            "normal": r.normal(moved, 1, rows).round(6),
            "far": (1e9 + r.normal(moved, 1, rows)).round(3),
            "small": r.exponential(1e-7 * (1 + moved), rows),
            "heavy": np.exp(r.normal(moved, 2, rows)).round(2),
            "ties": (r.integers(0, 9, rows) + (r.random(rows) < moved)) / 2,
            "thirds": r.integers(0, 3, rows) / 2 + 0.25,
            "fifths": r.integers(0, 5, rows) / 2,
            "halves": r.integers(0, 2, rows) / 2,
            "holed": holes(r.normal(moved, 1, rows).round(3)),
            "count": r.poisson(30 + 10 * moved, rows),
            "wide": r.integers(-10**6, 10**6, rows),
            "digit": r.integers(0, 4 + int(2 * moved), rows),
            "holed_digit": holes(r.integers(0, 4, rows)),
            "flag": r.random(rows) < 0.3 + moved / 3,
            "holed_flag": holes(r.random(rows) < 0.5),
            "pair": words(2, False),
            "trio": words(3, False),
            "word": words(8, True),
            "many": words(30, r.random() < 0.5),
            "same": ["one"] * rows,
            "same_number": [7.5] * rows,
            "same_digit": [3] * rows,
            "empty": [None] * rows if shift and r.random() < 0.2 else r.normal(0, 1, rows).round(2),
        })


class Questions:
    """Every method in turn, each with the thresholds that it comes with and with others."""

    def __init__(self, random):
        self.num = itertools.cycle(random.permutation(NUM + BOTH))
        self.cat = itertools.cycle(random.permutation(CAT + BOTH))

    def every(self, columns, extra):
        """Where numbers are large and close, the mean that scipy's t-test takes has lost the digits that count."""
        names = [name for name in columns if name != "far" or extra.get("num_method") != "t_test"]
        return {"columns": names, "categorical_columns": ["holed_flag"], **extra}

    def about(self, columns, small):
        yield self.every(columns, {})
        yield self.every(columns, {"num_method": str(next(self.num)), "cat_method": str(next(self.cat))})
        yield self.every(columns, {
            "numerical_columns": ["digit", "same_digit"], "method": "psi", "num_method": str(next(self.num)),
            "threshold": 0.05, "num_threshold": 0.2, "drift_share": 0.25,
            "per_column_method": {"word": str(next(self.cat)), "count": str(next(self.num))},
            "per_column_threshold": {"word": 0.01, "normal": 0.5}})
        # Methods that raise, and with them the whole report, have few columns.
        picky = [*PICKY["num"], *PICKY["cat"]]
        of_some = {"anderson": ["heavy", "count", "ties"], "es": ["small", "holed", "wide"], "fisher_exact": ["flag", "pair"],
                   "g_test": ["word", "digit"]}
        for methods in [picky[::2], picky[1::2]]:
            given = {name: method for method in methods for name in of_some[method]}
            yield {"columns": list(given), "per_column_method": given}
        strange = {"same_number": "anderson", "same_digit": "g_test", "trio": "fisher_exact", "same": "g_test"}
        yield {"columns": list(strange), "per_column_method": strange}
        if small:
            given = {"trio": "TVD", "flag": "TVD", "normal": "empirical_mmd", "ties": "empirical_mmd", "same_number": "empirical_mmd"}
            yield {"columns": list(given), "per_column_method": given}


def main(folder, seed="1", tables="6"):
    random = np.random.default_rng(int(seed))
    make = Tables(int(seed))
    ask = Questions(random)
    cases = []
    for i in range(int(tables)):
        n, m = SIZES[i % len(SIZES)]
        before = make.frame(n, 0).to_csv(index=False)
        after = make.frame(m, random.choice([0, 1])).to_csv(index=False)
        types = column_types(after)
        columns = [name for name, type in types.items() if type in ("num", "cat") or name == "holed_flag"]
        asked = [{"rules": rules, "answers": answers(before, after, rules)} for rules in ask.about(columns, n + m < 100)]
        cases.append({"reference": before, "current": after, "types": types, "questions": asked})
    (pathlib.Path(folder) / "cases.json").write_text(json.dumps(cases))


main(*sys.argv[1:])
