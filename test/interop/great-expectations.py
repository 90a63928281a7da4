"""Random tables, expectations over them, and what the real Great Expectations answers.

python great-expectations.py FOLDER [SEED [TABLES]]: writes FOLDER/<n>.csv, and FOLDER/cases.json with one entry a table:
the suite as Great Expectations writes it, and for each expectation its success, whether it raised, and its counts; and
FOLDER/parameters.json: expressions of suite parameters with what the library makes of each, null where it raises.
"""

import json
import logging
import random
import re
import sys
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

import great_expectations as gx
import pandas as pd
from great_expectations.core.suite_parameters import parse_suite_parameter
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

COUNTS = ["element_count", "missing_count", "unexpected_count", "unexpected_percent", "partial_unexpected_list", "observed_value"]
WORDS = ["a", "b", "cat", "dog", "Ärger", "日本語", "x y", "don't", "07x", "1e5x", "😀", "true story", "NULLable"]
DATES = ["2024-01-05", "2024-1-5", "2023-02-29", "2024-02-29", "1999-12-31", "2024-13-01", "05/01/2024"]
JSONS = ['{"a": 1}', '{"a": "x"}', "[1, 2]", "3", "NaN", '{"a": 1.0, "b": [true]}', '"text"']


class Tables:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def holes(self, values, share):
        return ["" if self.random.random() < share else v for v in values]

    def table(self):
        r = self.random
        rows = r.choice([1, 2, 3, 7, 20, 20, 60, 200])
        share = r.choice([0.0, 0.0, 0.1, 0.4])
        number = lambda: r.choice([r.randint(-5, 5), r.randint(0, 1000), r.randint(-10**6, 10**6)])
        decimal = lambda: r.choice([round(r.gauss(0, 1), 3), r.gauss(0, 100), 0.5, 1e-7, 1e20, -0.5])
        column = lambda make: [make() for _ in range(rows)]
        base = column(lambda: r.randint(0, 6))
        return {
            "id": list(range(rows)),
            "n": column(number),
            "m": self.holes(column(number), share),
            "x": column(decimal),
            "y": self.holes(column(decimal), share),
            "k": [str(b) for b in base],
            "k2": self.holes([str(b if r.random() < 0.8 else b + 1) for b in base], share),
            "up": sorted(column(lambda: r.randint(0, 50))),
            "down": sorted(column(number), reverse=True),
            "flag": column(lambda: r.choice(["True", "False"])),
            "maybe": self.holes(column(lambda: r.choice(["true", "false"])), share),
            "word": column(lambda: r.choice(WORDS)),
            "text": self.holes(column(lambda: r.choice(WORDS)), share),
            "code": column(lambda: f"{r.choice('AB')}{r.randint(0, 9)}-{r.randint(10, 99)}"),
            "day": self.holes(column(lambda: r.choice(DATES)), share),
            "json": self.holes(column(lambda: r.choice(JSONS)), share),
            "same": [r.randint(1, 3)] * rows,
            "none": [""] * rows if r.random() < 0.5 else [""] * (rows - 1) + ["5"],
        }


NUMERIC = ["id", "n", "m", "x", "y", "k", "k2", "up", "down", "same", "none"]
TEXT = ["word", "text", "code", "day", "json"]
ANY = [*NUMERIC, *TEXT, "flag", "maybe"]
CONDITIONS = [
    "n > 0",
    "n > 0 and k == 3",
    "(n <= 0) | (k in [1, 2])",
    "not (x < 0.5)",
    "text == 'cat'",
    'word != "dog" & m >= 0',
    "m.notnull()",
    "text.isnull() or k2 != 2",
    "0 < k <= 4",
    "flag == True",
    "`up` >= `k`",
    "word in ['a', 'cat'] and not flag",
    "n == '1'",
    "k not in (0, 1, 2)",
    "text < 'd'",
    {"type": "comparison", "column": {"name": "n"}, "operator": ">=", "parameter": 3},
    {"type": "comparison", "column": {"name": "word"}, "operator": "IN", "parameter": ["a", "b", "Ärger"]},
    {"type": "nullity", "column": {"name": "y"}, "is_null": False},
    {"type": "or", "conditions": [
        {"type": "comparison", "column": {"name": "k2"}, "operator": "NOT_IN", "parameter": [1, 2]},
        {"type": "nullity", "column": {"name": "m"}, "is_null": True},
    ]},
]


PARAMETERS = {"low": -2, "high": 7.5, "big": 10**6, "word": "cat", "words": ["a", "cat"], "start": "2024-01-05", "at": "2024-01-05T10:30:00+02:00", "yes": True, "day_2": "2", "E": 3}


def expression(r, depth=0):
    """An expression that often has a value, with the odd mistake."""
    if depth > 3 or r.random() < 0.3:
        return r.choice(["2", "-3", "+4", "0.5", ".25", "1e3", "7", "10", "PI", "pi", "e", "low", "high", "big", "day_2", "start", "at", "word", "words", "yes", "nothing", "datetime(2024, 2, 29)", "datetime(year=2024, month=1, day=5, hour=3)", "timedelta(days=2)", "timedelta(1, 30)", "timedelta(hours=-5, weeks=1)", "now", "- 2", "--2", "+-2", "-+2"])
    part = lambda: expression(r, depth + 1)
    kind = r.random()
    if kind < 0.55:
        return f"{part()} {r.choice('+-*/+-*/^')} {part()}"
    if kind < 0.75:
        return f"{r.choice(['', '-'])}({part()})"
    if kind < 0.95:
        return f"{r.choice(['sin', 'cos', 'tan', 'exp', 'abs', 'trunc', 'round', 'round', 'sgn', 'timedelta'])}({part()})"
    return r.choice([f"round({part()}, {r.randint(-2, 4)})", f"timedelta(minutes={part()})", f"root({part()})", f"{part()})", f"2 {part()}", f"round({part()}, digits=2)", "now()", "5 5", "", "abs()"])


def parameters(r, count):
    answers = []
    for _ in range(count):
        text = expression(r)
        if re.search(r"\^.*\^|exp.*exp|big.*\^|\^.*big|1e3.*\^|\^.*1e3", text):
            continue  # numbers that Python would compute for hours
        try:
            value = plain(parse_suite_parameter(text, PARAMETERS))
        except Exception:
            value = None
        answers.append([text, None if "now" in text and value is not None and isinstance(value, str) else value, "now" in text])
    return answers


def bounds(r, low, high):
    a, b = sorted([r.uniform(low, high), r.uniform(low, high)])
    if r.random() < 0.4:
        a, b = round(a), round(b)
    chosen = r.choice(["both", "both", "min", "max"])
    kwargs = {}
    if chosen != "max":
        kwargs["min_value"] = a
    if chosen != "min":
        kwargs["max_value"] = b
    for key in ("strict_min", "strict_max"):
        if r.random() < 0.2:
            kwargs[key] = True
    return kwargs


def whole(of):
    return {k: int(v) if not isinstance(v, bool) else v for k, v in of.items()}


def expectations(r, rows):
    """One of each kind, with kwargs that hold about as often as not."""
    c = lambda *names: {"column": r.choice(names)}
    pair = lambda *names: dict(zip(("column_A", "column_B"), r.sample(names, k=2)))
    several = lambda *names: {"column_list": r.sample(names, k=r.choice([2, 2, 3]))}
    ignore = lambda *ways: {"ignore_row_if": r.choice(ways)} if r.random() < 0.6 else {}
    pairs = lambda: ignore("both_values_are_missing", "either_value_is_missing", "neither")
    lists = lambda: ignore("all_values_are_missing", "any_value_is_missing", "never")
    some = lambda pool: r.sample(pool, k=r.randint(0, len(pool)))
    m = lambda: {"mostly": r.choice([0.1, 0.5, 0.9, 1, round(r.random(), 3)])} if r.random() < 0.5 else {}
    numbers = [0, 1, 2, 3, 4, 5, 6, 1.0, 0.5]
    regexes = [r"^\w+$", r"\d", "[a-c]", r"^(?P<l>[AB])\d", "cat|dog", r"\s", "é|Ä", r"^.{1,3}$", r"\.0$", "e"]
    q = sorted(r.sample([0, 0.05, 0.25, 0.5, 0.75, 0.9, 1], k=3))
    weights = [round(w, 2) for w in [r.random() for _ in range(3)]]
    total = sum(weights) or 1
    weights = [w / total for w in weights]
    column = "expect_column_"
    values = f"{column}values_to_"
    yield f"{values}be_null", {**c(*ANY), **m()}
    yield f"{values}not_be_null", {**c(*ANY), **m()}
    yield f"{values}be_unique", {**c(*ANY), **m()}
    yield f"{values}be_in_set", {**c(*ANY), "value_set": some([*numbers, *WORDS, True, "true"]), **m()}
    yield f"{values}not_be_in_set", {**c(*ANY), "value_set": some([*numbers, *WORDS]), **m()}
    yield f"{values}be_between", {**c(*NUMERIC, "flag"), **bounds(r, -10, 10), **m()}
    yield f"{values}be_between", {**c(*ANY), **bounds(r, -1000, 1000), **m()}
    yield f"{values}be_between", {**c("word", "text", "code"), "min_value": r.choice(WORDS), **m()}
    yield f"{column}value_lengths_to_be_between", {**c(*ANY), **whole(bounds(r, 0, 8)), **m()}
    yield f"{column}value_lengths_to_equal", {**c(*ANY), "value": r.randint(1, 6), **m()}
    for kind in ("match_regex", "not_match_regex"):
        yield f"{values}{kind}", {**c(*ANY), "regex": r.choice(regexes), **m()}
        yield f"{values}{kind}_list", {**c(*ANY), "regex_list": some(regexes) or ["a"], **m()}
    yield f"{values}be_increasing", {**c(*NUMERIC), "strictly": r.random() < 0.5, **m()}
    yield f"{values}be_decreasing", {**c("down", "same", "n", "m"), "strictly": r.random() < 0.3, **m()}
    yield f"{values}match_strftime_format", {**c("day", "word", "n"), "strftime_format": r.choice(["%Y-%m-%d", "%d/%m/%Y", "%y", "%Y-%j"]), **m()}
    yield f"{values}be_json_parseable", {**c("json", "word", "n", "text", "flag"), **m()}
    yield f"{values}match_json_schema", {**c("json", "n"), "json_schema": r.choice([{}, {"type": "object"}, {"properties": {"a": {"type": "integer"}}}, {"type": ["number", "array"]}]), **m()}
    yield f"{column}value_z_scores_to_be_less_than", {**c(*NUMERIC, "word"), "threshold": r.choice([0.5, 1, 2, 3]), "double_sided": r.random() < 0.5, **m()}
    yield f"{values}not_be_outliers", {**c(*NUMERIC), "method": r.choice(["iqr", "std"]), "multiplier": r.choice([0.5, 1.5, 3]), **m()}
    yield f"{values}be_of_type", {**c(*ANY), "type_": r.choice(["int64", "float64", "bool", "int", "float"])}
    yield f"{values}be_in_type_list", {**c(*ANY), "type_list": r.sample(["int64", "float64", "bool", "int"], k=2)}
    yield f"{column}type_to_be", {**c(*ANY), "type_": r.choice(["int64", "float64", "bool"])}
    for figure, low, high in (("min", -20, 20), ("max", -20, 1000), ("mean", -10, 10), ("median", -10, 10), ("stdev", 0, 20), ("sum", -50, 500)):
        yield f"{column}{figure}_to_be_between", {**c(*NUMERIC, *(["word"] if figure == "min" else [])), **bounds(r, low, high)}
    yield f"{column}unique_value_count_to_be_between", {**c(*ANY), **whole(bounds(r, 0, 30))}
    yield f"{column}proportion_of_unique_values_to_be_between", {**c(*ANY), **bounds(r, 0, 1)}
    yield f"{column}proportion_of_non_null_values_to_be_between", {**c(*ANY), **bounds(r, 0.3, 1)}
    yield f"{column}distinct_values_to_be_in_set", {**c("k", "k2", "word", "flag"), "value_set": some([*numbers, *WORDS, True])}
    yield f"{column}distinct_values_to_contain_set", {**c("k", "k2", "word"), "value_set": r.sample([*numbers, *WORDS], k=2)}
    yield f"{column}distinct_values_to_equal_set", {**c("k", "same", "word"), "value_set": [0, 1, 2, 3, 4, 5, 6] if r.random() < 0.5 else WORDS}
    yield f"{column}most_common_value_to_be_in_set", {**c("k", "k2", "word", "same"), "value_set": some([*numbers, *WORDS]), "ties_okay": r.random() < 0.5}
    yield f"{column}quantile_values_to_be_between", {**c(*NUMERIC), "quantile_ranges": {"quantiles": q, "value_ranges": [[None if r.random() < 0.3 else r.uniform(-20, 5), r.uniform(5, 200)] for _ in q]}, "allow_relative_error": r.choice([False, "linear", "lower", "higher", "midpoint", "nearest"])}
    yield f"{column}kl_divergence_to_be_less_than", {**c("k", "k2", "up"), "partition_object": {"bins": [0, 2, 4, 50], "weights": weights}, "threshold": r.choice([0.1, 0.5, 1]), "tail_weight_holdout": r.choice([0, 0.05])}
    yield f"{column}kl_divergence_to_be_less_than", {**c("k", "same"), "partition_object": {"values": [1, 2, 3], "weights": weights}, "threshold": r.choice([0.1, 2]), "tail_weight_holdout": r.choice([0, 0.2])}
    yield f"{column}to_exist", {**c(*ANY, "missing")}
    yield f"{column}pair_values_to_be_equal", {**pair(*ANY), **pairs(), **m()}
    yield f"{column}pair_values_a_to_be_greater_than_b", {**pair(*NUMERIC), **pairs(), "or_equal": r.random() < 0.5, **m()}
    yield f"{column}pair_values_to_be_in_set", {**pair("k", "k2", "same", "word"), **pairs(), "value_pairs_set": [[a, b] for a in range(4) for b in range(3)] + [["a", 1], [None, 1]], **m()}
    yield "expect_compound_columns_to_be_unique", {**several("k", "k2", "word", "text", "flag", "m"), **lists(), **m()}
    yield "expect_select_column_values_to_be_unique_within_record", {**several("k", "k2", "same", "up", "none"), **lists(), **m()}
    yield "expect_multicolumn_sum_to_equal", {**several("k", "k2", "same", "n"), **lists(), "sum_total": r.randint(0, 10), **m()}
    parameter = lambda *texts: {"$PARAMETER": r.choice(texts)}
    yield f"{values}be_between", {**c(*NUMERIC), "min_value": parameter("low", "low * 2", "-high", "nothing", "trunc(high)"), "max_value": parameter("high", "big / 2", "abs(low) ^ 3")}
    yield f"{values}be_between", {**c("day"), "min_value": parameter("start", "start - timedelta(days=400)"), "max_value": parameter("now()", "now() + timedelta(weeks=1)"), **m()}
    yield f"{values}be_in_set", {**c("word", "text"), "value_set": parameter("words", "nothing"), **m()}
    yield f"{column}mean_to_be_between", {**c(*NUMERIC), "min_value": {"$PARAMETER": "nothing", "$PARAMETER.nothing": r.choice([-5, 0, 5])}}
    yield "expect_table_row_count_to_be_between", {"max_value": parameter("trunc(high * 3)", "10 ^ 2", "round(high)")}
    yield "expect_table_row_count_to_be_between", whole(bounds(r, 0, 100))
    yield "expect_table_row_count_to_equal", {"value": r.choice([rows, 20])}
    yield "expect_table_column_count_to_be_between", whole(bounds(r, 0, 40))
    yield "expect_table_columns_to_match_set", {"column_set": ["id", "n"], "exact_match": r.random() < 0.5}


def plain(value):
    """As JSON, with what pandas and numpy use for numbers and nulls."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return None
    return value if isinstance(value, (str, int, float, bool)) else str(value)


def answer(batch, type_, kwargs):
    try:
        expectation = ExpectationConfiguration(type=type_, kwargs=kwargs).to_domain_obj()
    except Exception:
        return None
    try:
        found = batch.validate(expectation, result_format="SUMMARY", expectation_parameters=dict(PARAMETERS)).to_json_dict()
    except Exception:
        return {"success": False, "error": True, "result": {}}
    info = found.get("exception_info") or {}
    raised = info.get("raised_exception", False) or any(isinstance(i, dict) and i.get("raised_exception") for i in info.values())
    result = found["result"] or {}
    counts = {key: plain(result[key]) for key in COUNTS if key in result and not raised}
    if type_.startswith("expect_table_columns"):
        counts.pop("observed_value", None)  # the names in another order
    return {"success": bool(found["success"]), "error": bool(raised), "result": counts}


def main():
    folder = Path(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 25
    folder.mkdir(parents=True, exist_ok=True)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("pandas").add_dataframe_asset("tables")
    definition = asset.add_batch_definition_whole_dataframe("whole")
    tables = Tables(seed)
    cases = []
    for index in range(count):
        frame = pd.DataFrame(tables.table())
        path = folder / f"{index}.csv"
        frame.to_csv(path, index=False)
        batch = definition.get_batch(batch_parameters={"dataframe": pd.read_csv(path)})
        suite, answers = [], []
        for type_, kwargs in expectations(tables.random, len(frame)):
            # Pairs in a set under a condition make the library stumble over its own report (an int64 that is no JSON).
            bare = any(part in type_ for part in ("table_col", "to_exist", "pair_values_to_be_in_set"))
            if tables.random.random() < 0.3 and not bare:
                condition = tables.random.choice(CONDITIONS)
                kwargs = {**kwargs, "row_condition": condition, **({"condition_parser": "pandas"} if isinstance(condition, str) else {})}
            found = answer(batch, type_, kwargs)
            if found is not None:
                suite.append({"type": type_, "kwargs": kwargs})
                answers.append(found)
        cases.append({"csv": path.name, "suite": json.dumps({"name": f"table {index}", "suite_parameters": PARAMETERS, "expectations": suite}), "answers": answers})
    (folder / "cases.json").write_text(json.dumps(cases))
    (folder / "parameters.json").write_text(json.dumps({"values": PARAMETERS, "answers": parameters(tables.random, 40 * count)}))


main()
