"""Histogram gradient boosting: thresholds, trees, scores and early stopping.

A fixture holds one table of data and many models fitted on it. Parameters are texts, as a command line has them.
"""

import numpy as np
from sklearn.datasets import make_classification
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

TOOLS = ["scikit-learn", "numpy"]


def text(value):
    """A parameter's value as the command line writes it."""
    if isinstance(value, dict):
        return ",".join(f"{name}:{weight}" for name, weight in value.items())
    if isinstance(value, list) and value and isinstance(value[0], list):
        return ";".join(text(group) for group in value)
    if isinstance(value, list):
        return ",".join(str(element) for element in value)
    return "none" if value is None else str(value)


def case(kind, X, y, weights, name, **parameters):
    """A model; `weights` names one of the fixture's weights."""
    parameters = {"random_state": 0, "max_iter": 12, **parameters}
    given = {key: [tuple(group) for group in value] if key == "interaction_cst" and isinstance(value, list) else value
             for key, value in parameters.items()}
    if parameters.get("loss") in ("poisson", "gamma"):
        y = np.exp(y / np.abs(y).max())
    model = kind(**given).fit(X, y, sample_weight=None if name is None else weights[name])
    texts = {key: text(value) for key, value in parameters.items()}
    texts["seed"] = texts.pop("random_state")
    trees = [tree for iteration in model._predictors for tree in iteration]
    rows = X[:: max(1, len(X) // 60)]
    scores = model._raw_predict(rows)
    leaf = [tree.nodes["is_leaf"].astype(bool) for tree in trees]
    columns = np.arange(X.shape[1])
    if model.is_categorical_ is not None:
        # The reference moves columns with categories to the front.
        columns = np.concatenate((columns[model.is_categorical_], columns[~model.is_categorical_]))
    return {
        "parameters": texts, "weights": name or "", "iterations": model.n_iter_,
        "nodes": [len(tree.nodes) for tree in trees], "scores": scores,
        "feature": np.concatenate([np.where(l, -1, columns[tree.nodes["feature_idx"]]) for l, tree in zip(leaf, trees)]),
        "counts": np.concatenate([tree.nodes["count"] for tree in trees]).astype(int),
        "train": np.asarray(model.train_score_), "validation": np.asarray(model.validation_score_),
        "baseline": model._baseline_prediction.ravel(),
        "bins": [len(values) for values in model._bin_mapper.bin_thresholds_],
        "bin_thresholds": np.concatenate([values for values in model._bin_mapper.bin_thresholds_]),
    }


def table(kind, X, y, weights, cases):
    """A fixture: the data and the models."""
    return lean({
        "X": X, "y": y, "weights": weights, "cases": [case(kind, X, y, weights, name, **p) for name, p in cases]})


def lean(content):
    """The fixture without thresholds that are those of its first case."""
    first = content["cases"][0]["bin_thresholds"]
    for one in content["cases"][1:]:
        if np.array_equal(one["bin_thresholds"], first):
            del one["bin_thresholds"]
    return content


def all_weights(random, n):
    """Weights with zeros, and weights that are not whole numbers."""
    return {"counts": random.poisson(1.5, n).astype(float), "fractions": np.round(random.uniform(0, 2, n), 2)}


GROWTH = [
    (None, {}), (None, {"max_leaf_nodes": 5}), (None, {"max_leaf_nodes": None}), (None, {"max_depth": 3}),
    (None, {"min_samples_leaf": 5, "l2_regularization": 1.5}), (None, {"max_bins": 16}),
    (None, {"max_features": 0.5}), (None, {"max_features": 0.3, "random_state": 7}),
    (None, {"learning_rate": 0.5, "min_samples_leaf": 1, "max_iter": 4}),
    (None, {"early_stopping": True, "max_iter": 60, "learning_rate": 0.3, "n_iter_no_change": 3}),
    (None, {"early_stopping": True, "validation_fraction": None, "max_iter": 6}),
    (None, {"early_stopping": True, "validation_fraction": 40, "max_iter": 6, "random_state": 3, "tol": 0.01}),
    (None, {"interaction_cst": "no_interactions"}), (None, {"interaction_cst": "pairwise", "max_features": 0.6}),
    (None, {"interaction_cst": [[0, 1], [1, 2]]}), ("counts", {}), ("fractions", {"max_bins": 20}),
    ("fractions", {"early_stopping": True, "max_iter": 8}),
]


def fixtures():
    """The fixtures."""
    random = np.random.RandomState(5)
    n = 320
    X = np.round(random.randn(n, 4), 3)
    X[:, 3] = random.randint(0, 6, n)
    noise = random.randn(n)
    y = (X[:, 0] + X[:, 1] * X[:, 2] + 0.4 * noise > 0.1).astype(int)
    weights = all_weights(random, n)
    yield "binary", table(HistGradientBoostingClassifier, X, y, weights, GROWTH + [
        (None, {"class_weight": "balanced"}), ("counts", {"class_weight": {0: 1.0, 1: 3.0}})])

    y = np.digitize(X[:, 0] + 0.5 * X[:, 3] + 0.6 * noise, [0.5, 1.5, 2.5])
    yield "multiclass", table(HistGradientBoostingClassifier, X, y, weights, [
        (w, {**p, "max_iter": min(p.get("max_iter", 6), 6)}) for w, p in GROWTH[:12:2] + GROWTH[15:]
    ] + [(None, {"class_weight": "balanced", "max_iter": 5})])

    y = np.round(np.sin(2 * X[:, 0]) + 0.3 * X[:, 3] + X[:, 1] ** 2 + 0.3 * noise, 3)
    losses = ["absolute_error", "poisson", "gamma", "quantile"]
    yield "regression", table(HistGradientBoostingRegressor, X, y, weights, GROWTH + [
        (w, {"loss": loss, **({"quantile": 0.8} if loss == "quantile" else {}), **p})
        for loss in losses for w, p in [(None, {}), ("counts", {}), ("fractions", {"max_leaf_nodes": 7}),
                                        (None, {"early_stopping": True, "max_iter": 8})]])

    M = X.copy()
    M[random.uniform(size=M.shape) < 0.15] = np.nan
    M[:, 2] = np.where(np.isnan(M[:, 2]), np.nan, np.round(M[:, 2]))
    y = ((np.nan_to_num(M[:, 0]) > 0) ^ np.isnan(M[:, 1])).astype(int)
    yield "missing", table(HistGradientBoostingClassifier, M, y, weights, GROWTH[:9] + GROWTH[15:])

    C = X.copy()
    C[:, 1] = random.randint(0, 14, n)
    C[:, 2] = random.choice([-3.0, 0.5, 7.0, 40.0], n)
    C[random.uniform(size=n) < 0.1, 1] = np.nan
    effect = random.randn(14)
    y = effect[np.nan_to_num(C[:, 1]).astype(int)] + (C[:, 2] == 7.0) - 0.5 * C[:, 0] + 0.2 * noise
    categorical = [(w, {**p, "categorical_features": [1, 2]}) for w, p in GROWTH[:8] + GROWTH[9:10] + GROWTH[15:]]
    yield "categorical", table(HistGradientBoostingRegressor, C, np.round(y, 3), weights, categorical)
    yield "categorical-binary", table(HistGradientBoostingClassifier, C, (y > 0).astype(int), weights, categorical[:6])

    y = np.round(X[:, 0] ** 3 - X[:, 2] + X[:, 1] + noise, 3)
    # The reference takes constraints by number as a list of all columns.
    content = {"X": X, "y": y, "weights": weights, "cases": []}
    for name, parameters in [(None, {}), (None, {"max_leaf_nodes": 6}), ("fractions", {}), (None, {"loss": "quantile", "quantile": 0.4})]:
        one = case(HistGradientBoostingRegressor, X, y, weights, name, monotonic_cst=[1, 0, -1, 0], **parameters)
        one["parameters"]["monotonic_cst"] = "0:1,2:-1"
        content["cases"].append(one)
    yield "monotonic", lean(content)

    X, y = make_classification(60, 40, n_informative=10, random_state=1)
    X = np.round(X, 3)
    X[:, 5] = 1.0
    X[:, 7] = X[:, 6]
    yield "wide", table(HistGradientBoostingClassifier, X, y, all_weights(random, 60), [
        (None, {}), (None, {"min_samples_leaf": 2}), (None, {"max_features": 0.25, "min_samples_leaf": 3}),
        ("counts", {"min_samples_leaf": 2})])

    yield "tiny", table(HistGradientBoostingRegressor, np.array([[1.0], [2.0], [2.0], [5.0], [np.nan]]),
                        np.array([1.0, 2.0, 4.0, 3.0, 9.0]), {"counts": np.array([1.0, 0.0, 2.0, 1.0, 1.0])}, [
        (None, {}), (None, {"min_samples_leaf": 1}), (None, {"min_samples_leaf": 2, "loss": "absolute_error"}),
        ("counts", {"min_samples_leaf": 1})])

    # Above 10,000 rows training stops early; above 200,000 rows bins come from a sample. The reader draws the rows too.
    random = np.random.RandomState(11)
    X = random.uniform(size=(10500, 2))
    y = ((X[:, 0] * 7).astype(int) + (X[:, 1] * 5).astype(int)) % 2
    one = case(HistGradientBoostingClassifier, X, y, {}, None, max_iter=40, learning_rate=0.5, tol=1e-3)
    yield "tall", {"cases": [one]}
    X = np.random.RandomState(12).uniform(size=(200500, 1))
    y = np.floor(X[:, 0] * 1000)
    one = case(HistGradientBoostingRegressor, X, y, {}, None, max_iter=2, early_stopping=False)
    yield "sampled", {"cases": [one]}
