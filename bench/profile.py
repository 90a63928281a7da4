"""The peers of bench/profile.ts: python bench/profile.py generate|duckdb|pandas FILE [ROWS]. Needs duckdb, numpy and pandas."""

import sys

what, path = sys.argv[1:3]


def generate(rows):
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(7)
    columns = {"id": np.arange(1, rows + 1)}
    for i in range(4):
        columns[f"normal_{i}"] = rng.normal(100 * i, 15, rows).round(3)
    columns["amount"] = np.exp(rng.normal(4, 1.2, rows)).round(2)
    columns["age"] = rng.integers(18, 95, rows)
    columns["visits"] = rng.poisson(6, rows)
    columns["account"] = rng.integers(0, 10**9, rows)
    columns["score"] = rng.random(rows).round(6)
    columns["contract"] = rng.choice(["Month-to-month", "One year", "Two year"], rows, p=[0.55, 0.25, 0.2])
    columns["country"] = rng.choice([f"C{i:02d}" for i in range(60)], rows)
    columns["city"] = rng.choice([f"city {i}" for i in range(5000)], rows)
    columns["active"] = rng.choice(["true", "false"], rows)
    days = rng.integers(0, 1500, rows).astype("timedelta64[D]")
    columns["day"] = (np.datetime64("2020-01-01") + days).astype(str)
    seconds = rng.integers(0, 10**8, rows).astype("timedelta64[s]")
    columns["at"] = (np.datetime64("2020-01-01T00:00:00") + seconds).astype(str)
    columns["code"] = np.char.add("AB-", rng.integers(1000, 9999, rows).astype(str))
    columns["note"] = np.char.add("note on customer ", rng.integers(0, 10**7, rows).astype(str))
    sparse = pd.Series(rng.normal(0, 1, rows).round(4))
    sparse[rng.random(rows) < 0.2] = np.nan
    columns["sparse"] = sparse
    option = pd.Series(rng.choice(["a", "b", "c"], rows)).astype(object)
    option[rng.random(rows) < 0.1] = None
    columns["option"] = option
    pd.DataFrame(columns).to_csv(path, index=False)


if what == "generate":
    generate(int(sys.argv[3]))
elif what == "duckdb":
    import duckdb

    duckdb.execute("SUMMARIZE SELECT * FROM read_csv(?)", [path]).fetchall()
else:
    import pandas

    pandas.read_csv(path).describe(include="all")
