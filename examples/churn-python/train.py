"""Trains a churn classifier on data/churn.csv, measures it on data/holdout.csv, and exports it as ONNX.

Writes model.onnx (one input a column, [rows, 1]: float for numbers, string for categories; outputs `label` and
`probabilities`) and metrics.json.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

LABEL = "churn"


def read(path):
    """The columns that the model takes, numbers as float32 as in ONNX, and the label."""
    table = pd.read_csv(path)
    columns = table.drop(columns=LABEL)
    numbers = columns.select_dtypes("number").columns
    return columns.astype({name: np.float32 for name in numbers}), table[LABEL]


columns, label = read("data/churn.csv")
numbers = columns.select_dtypes("number").columns.tolist()
categories = columns.columns.difference(numbers, sort=False).tolist()

prepare = ColumnTransformer(
    [
        ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
        ("categories", OneHotEncoder(handle_unknown="ignore"), categories),
    ]
)
model = make_pipeline(prepare, LogisticRegression(max_iter=1000)).fit(columns, label)

inputs = [(name, (FloatTensorType if name in numbers else StringTensorType)([None, 1])) for name in columns]
# Without ZipMap the probabilities are one matrix, a column a class, in the order of model.classes_.
onnx = convert_sklearn(model, "churn", inputs, options={"zipmap": False}, target_opset=17)
Path("model.onnx").write_bytes(onnx.SerializeToString())

rows, truth = read("data/holdout.csv")
churned, score = truth == "yes", model.predict_proba(rows)[:, list(model.classes_).index("yes")]
metrics = {
    "roc_auc": roc_auc_score(churned, score),
    "average_precision": average_precision_score(churned, score),
    "log_loss": log_loss(churned, score),
    "brier_score": brier_score_loss(churned, score),
    "accuracy": model.score(rows, truth),
}
Path("metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")
print(json.dumps(metrics))
