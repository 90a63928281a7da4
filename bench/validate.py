"""The peers of bench/validate.ts: python bench/validate.py great_expectations FILE SUITE, or polars FILE (the same checks by hand)."""

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
