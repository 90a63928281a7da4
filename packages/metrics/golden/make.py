"""Golden values of packages/metrics, made by scikit-learn.

    python -m venv venv && venv/bin/pip install scikit-learn==1.9.1
    venv/bin/python packages/metrics/golden/make.py
"""

import json
import pathlib

import numpy as np
import sklearn
from sklearn import metrics as m

rng = np.random.default_rng(20240501)


def calibration_error(y, p, w):
    """Expected calibration error over 10 bins of equal width, closed on the right."""
    bins = np.searchsorted(np.linspace(0, 1, 11)[1:-1], p)
    total = 0.0
    for b in range(10):
        inside = bins == b
        if w[inside].sum() > 0:
            total += w[inside].sum() * abs(np.average(p[inside], weights=w[inside]) - np.average(y[inside], weights=w[inside]))
    return total / w.sum()


def binary(name, y, s, weight=None):
    y, s = np.asarray(y), np.asarray(s, dtype=float)
    q = (s >= 0.5).astype(int)
    k = {} if weight is None else {"sample_weight": weight}
    w = np.ones(len(y)) if weight is None else weight
    return case(name, y, q, weight, {"score": s.tolist()}, {
        "roc_auc": m.roc_auc_score(y, s, **k),
        "average_precision": m.average_precision_score(y, s, **k),
        "log_loss": m.log_loss(y, s, **k),
        "brier_score": m.brier_score_loss(y, s, **k),
        "expected_calibration_error": calibration_error(y, s, w),
        "accuracy": m.accuracy_score(y, q, **k),
        "balanced_accuracy": m.balanced_accuracy_score(y, q, **k),
        "precision": m.precision_score(y, q, **k),
        "recall": m.recall_score(y, q, **k),
        "specificity": m.recall_score(y, q, pos_label=0, **k),
        "f1": m.f1_score(y, q, **k),
        "matthews_corrcoef": m.matthews_corrcoef(y, q, **k),
    })


def multiclass(name, y, scores, weight=None):
    q = scores.argmax(axis=1)
    k = {} if weight is None else {"sample_weight": weight}
    values = {
        "accuracy": m.accuracy_score(y, q, **k),
        "balanced_accuracy": m.balanced_accuracy_score(y, q, **k),
        "matthews_corrcoef": m.matthews_corrcoef(y, q, **k),
        "log_loss": m.log_loss(y, scores, **k),
        "roc_auc_ovr": m.roc_auc_score(y, scores, multi_class="ovr", **k),
    }
    for average in ["macro", "micro", "weighted"]:
        values[f"precision_{average}"] = m.precision_score(y, q, average=average, **k)
        values[f"recall_{average}"] = m.recall_score(y, q, average=average, **k)
        values[f"f1_{average}"] = m.f1_score(y, q, average=average, **k)
    return case(name, y, q, weight, {"scores": scores.T.tolist()}, values)


def regression(name, y, q, weight=None):
    k = {} if weight is None else {"sample_weight": weight}
    return case(name, y, q, weight, {}, {
        "r2": m.r2_score(y, q, **k),
        "explained_variance": m.explained_variance_score(y, q, **k),
        "mean_absolute_error": m.mean_absolute_error(y, q, **k),
        "mean_squared_error": m.mean_squared_error(y, q, **k),
        "root_mean_squared_error": m.root_mean_squared_error(y, q, **k),
        "median_absolute_error": m.median_absolute_error(y, q, **k),
        "mean_absolute_percentage_error": m.mean_absolute_percentage_error(y, q, **k),
        "max_error": m.max_error(y, q),
    })


def case(name, actual, predicted, weight, more, values):
    return {
        "name": name,
        "actual": np.asarray(actual).tolist(),
        "predicted": np.asarray(predicted).tolist(),
        **({} if weight is None else {"weight": weight.tolist()}),
        **more,
        "metrics": {key: float(value) for key, value in values.items()},
    }


def main():
    n = 240
    y = rng.integers(0, 2, n)
    s = np.clip(0.5 + 0.2 * (y - 0.5) + 0.25 * rng.standard_normal(n), 0, 1)
    weight = np.round(rng.exponential(1, n), 3)
    weight[:7] = 0
    classes = rng.integers(0, 4, n)
    raw = rng.random((n, 4)) + 0.6 * np.eye(4)[classes]
    scores = raw / raw.sum(axis=1, keepdims=True)
    truth = 1000 + 30 * rng.standard_normal(n)
    guess = truth + 12 * rng.standard_normal(n) + 3
    golden = {
        "made_by": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}",
        "binary": [
            binary("twelve rows with ties", [1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1],
                   [0.9, 0.3, 0.8, 0.35, 0.4, 0.2, 0.7, 0.5, 0.6, 0.1, 0.55, 0.55]),
            binary("probabilities, some 0 and 1", y, s),
            binary("scores of two digits, many ties", y, np.round(s, 1)),
            binary("weighted", y, np.round(s, 2), weight),
            binary("one positive in ten", (rng.random(n) < 0.1).astype(int), np.round(rng.random(n), 2)),
        ],
        "multiclass": [multiclass("four classes", classes, scores), multiclass("weighted", classes, scores, weight)],
        "regression": [
            regression("far from 0", truth, guess),
            regression("weighted", truth, guess, weight),
            regression("odd count, negative labels", truth[:41] - 1000, guess[:41] - 1000),
        ],
    }
    path = pathlib.Path(__file__).with_name("metrics.golden.json")
    path.write_text(json.dumps(golden) + "\n")


main()
