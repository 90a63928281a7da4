"""The data and the peers of bench/drift.ts: python bench/drift.py generate REFERENCE CURRENT ROWS [COLUMNS], evidently|scipy REFERENCE CURRENT.

Needs numpy and pandas; evidently 0.7 and scipy for the peers of these names.
"""

import sys

what, before, after = sys.argv[1:4]


def mixed(rng, rows, moved):
    """Twenty columns: fourteen of numbers (ties, heavy tails, nulls), six of categories. What moved: amount, visits, plan."""
    import numpy as np
    import pandas as pd

    columns = {f"normal_{i}": rng.normal(100 * i, 15, rows).round(3) for i in range(5)}
    columns["amount"] = np.exp(rng.normal(4 + 0.5 * moved, 1.2, rows)).round(2)
    columns["cauchy"] = rng.standard_cauchy(rows).round(6)
    columns["score"] = rng.random(rows).round(6)
    columns["account"] = rng.integers(0, 10**9, rows)
    columns["age"] = rng.integers(18, 95, rows)
    columns["visits"] = rng.poisson(6 + 2 * moved, rows)
    columns["children"] = rng.choice([0, 1, 2, 3, 4], rows, p=[0.5, 0.2, 0.2, 0.07, 0.03])
    for name in ["sparse", "sparser"]:
        sparse = pd.Series(rng.normal(0, 1, rows).round(4))
        sparse[rng.random(rows) < (0.05 if name == "sparse" else 0.4)] = np.nan
        columns[name] = sparse
    shares = [0.35, 0.35, 0.3] if moved else [0.55, 0.25, 0.2]
    columns["plan"] = rng.choice(["Month-to-month", "One year", "Two year"], rows, p=shares)
    columns["country"] = rng.choice([f"C{i:02d}" for i in range(60)], rows)
    columns["city"] = rng.choice([f"city {i}" for i in range(1000)], rows)
    columns["active"] = rng.choice(["yes", "no"], rows)
    columns["code"] = rng.choice([f"AB-{i}" for i in range(200)], rows)
    option = pd.Series(rng.choice(["a", "b", "c"], rows)).astype(object)
    option[rng.random(rows) < 0.1] = None
    columns["option"] = option
    return pd.DataFrame(columns)


def wide(rng, rows, columns, path):
    """Hundreds of columns, three of numbers for each of categories: a hundred that differ, over and over."""
    import numpy as np

    numeric = [i % 4 < 3 for i in range(100)]
    with open(path, "w") as file:
        file.write(",".join(f"{'xxxc'[i % 4]}{i}" for i in range(columns)) + "\n")
        for start in range(0, rows, 1000):
            numbers = np.char.mod("%.4g", rng.normal(0, 1, (min(1000, rows - start), 100)))
            words = rng.choice(["red", "green", "blue"], numbers.shape)
            hundreds = [",".join(row) for row in np.where(numeric, numbers, words)]
            file.writelines(",".join([hundred] * (columns // 100)) + "\n" for hundred in hundreds)


if what == "generate":
    import numpy as np

    rows = int(sys.argv[4])
    for side, path in enumerate([before, after]):
        rng = np.random.default_rng([11, side])
        if len(sys.argv) > 5:
            wide(rng, rows, int(sys.argv[5]), path)
        else:
            mixed(rng, rows, side).to_csv(path, index=False)
elif what == "evidently":
    import os

    os.environ["DO_NOT_TRACK"] = "1"
    import pandas as pd
    from evidently import Report
    from evidently.presets import DataDriftPreset

    found = Report([DataDriftPreset()]).run(pd.read_csv(after), pd.read_csv(before))
    assert len(found.dict()["metrics"]) == 21, "a count of drifted columns and each column"
elif what == "scipy":
    import pandas as pd
    from scipy.stats import chi2_contingency, ks_2samp

    reference, current = pd.read_csv(before), pd.read_csv(after)
    ps = []
    for name in reference:
        a, b = reference[name].dropna(), current[name].dropna()
        if pd.api.types.is_numeric_dtype(a):
            ps.append(ks_2samp(a, b).pvalue)
        else:
            counts = pd.concat([a.value_counts(), b.value_counts()], axis=1).fillna(0)
            ps.append(chi2_contingency(counts).pvalue)
    assert len(ps) == 20
