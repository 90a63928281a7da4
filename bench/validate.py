"""The peers of bench/validate.ts: python bench/validate.py great_expectations FILE SUITE, pandera FILE or polars FILE (the same checks by hand)."""

import json
import sys

what, path = sys.argv[1:3]

if what == "great_expectations":
    import logging

    logging.disable(logging.CRITICAL)
    import great_expectations as gx
    import pandas as pd

    with open(sys.argv[3]) as suite_file:
        written = json.load(suite_file)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("pandas").add_dataframe_asset("rows")
    batch = asset.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": pd.read_csv(path)})
    found = batch.validate(gx.ExpectationSuite(name="bench", expectations=written["expectations"]))
    assert found.success and len(found.results) == 30, [r.expectation_config for r in found.results if not r.success]
elif what == "pandera":
    import pandas as pd
    import pandera.pandas as pa

    def least(share, check):
        return pa.Check(lambda column: bool(check(column.dropna()).mean() >= share))

    def column(*checks):
        return pa.Column(None, list(checks), nullable=True)

    def filled(*checks, **of):
        return pa.Column(None, list(checks), nullable=False, **of)

    schema = pa.DataFrameSchema(
        {
            "id": filled(unique=True),
            "normal_0": filled(pa.Check.in_range(-200, 200)),
            "normal_1": filled(pa.Check.in_range(-100, 300)),
            "amount": filled(least(0.999, lambda c: c.between(0, 1e6))),
            "age": filled(pa.Check.in_range(18, 94), pa.Check(lambda c: 50 <= c.mean() <= 62)),
            "visits": column(pa.Check.in_range(0, 100), pa.Check(lambda c: 5 <= c.max() <= 100)),
            "score": column(pa.Check.in_range(0, 1), pa.Check(lambda c: 0.4 <= c.median() <= 0.6)),
            "contract": filled(pa.Check.isin(["Month-to-month", "One year", "Two year"]), pa.Check(lambda c: 1 <= c.nunique() <= 5)),
            "option": column(pa.Check.isin(["a", "b", "c"])),
            "country": filled(pa.Check.str_matches(r"^C\d{2}$")),
            "code": column(pa.Check.str_matches(r"^AB-\d{4}$")),
            "note": column(pa.Check.str_length(10, 40)),
            "day": filled(pa.Check.str_matches(r"^\d{4}-\d{2}-\d{2}$")),
            "at": filled(),
            "active": filled(),
            "account": filled(),
            "normal_2": column(pa.Check(lambda c: 10 <= c.std() <= 20)),
        },
        checks=pa.Check(lambda frame: 1000 <= len(frame) <= 10_000_000),
    )
    schema.validate(pd.read_csv(path), lazy=True)
else:
    import polars as pl

    c = pl.col
    no_nulls = ["id", "normal_0", "normal_1", "amount", "age", "contract", "country", "active", "day", "at", "account"]
    rules = {
        **{f"not null {name}": c(name).null_count() == 0 for name in no_nulls},
        "unique id": c("id").n_unique() == pl.len(),
        "normal_0": c("normal_0").is_between(-200, 200).mean() >= 1,
        "normal_1": c("normal_1").is_between(-100, 300).mean() >= 1,
        "amount": c("amount").is_between(0, 1e6).mean() >= 0.999,
        "age": c("age").is_between(18, 94).all(),
        "visits": c("visits").is_between(0, 100).all(),
        "score": c("score").is_between(0, 1).all(),
        "contract": c("contract").is_in(["Month-to-month", "One year", "Two year"]).all(),
        "option": c("option").is_in(["a", "b", "c"]).all(),
        "country": c("country").str.contains(r"^C\d{2}$").all(),
        "code": c("code").str.contains(r"^AB-\d{4}$").all(),
        "note length": c("note").str.len_chars().is_between(10, 40).all(),
        "day": c("day").str.contains(r"^\d{4}-\d{2}-\d{2}$").all(),
        "mean": c("age").mean().is_between(50, 62),
        "median": c("score").median().is_between(0.4, 0.6),
        "stdev": c("normal_2").std().is_between(10, 20),
        "max": c("visits").max().is_between(5, 100),
        "distinct": c("contract").n_unique().is_between(1, 5),
    }
    frame = pl.read_csv(path, try_parse_dates=False)
    assert all(frame.select(**rules).row(0)) and frame.height >= 1000
