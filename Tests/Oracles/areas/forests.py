"""Forests, node for node, and trees by absolute error.

A fixture holds one table of data and many forests grown on it. Parameters are texts, as a command line has them. Of the
trees of a forest all fields are joined, tree after tree.
"""

import warnings

import numpy as np
from sklearn.datasets import load_iris, make_classification
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor, RandomForestClassifier, RandomForestRegressor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, export_text

from areas.trees import all_weights, case as tree_case, noisy_classes, text

TOOLS = ["scikit-learn", "numpy"]


def grown(model, X):
    """What there is to compare of a fitted forest."""
    trees = [estimator.tree_ for estimator in model.estimators_]

    def joined(field):
        return np.concatenate([np.asarray(field(tree)) for tree in trees])

    result = {
        "nodes": [tree.node_count for tree in trees], "feature": joined(lambda tree: tree.feature),
        "threshold": joined(lambda tree: tree.threshold), "impurity": joined(lambda tree: tree.impurity), "weight": joined(lambda tree: tree.weighted_n_node_samples),
        "value": joined(lambda tree: tree.value.ravel()), "importances": model.feature_importances_,
    }
    if hasattr(model, "predict_proba"):
        result["probabilities"] = model.predict_proba(X)
    else:
        result["predictions"] = model.predict(X)
    if getattr(model, "oob_score", False):
        result["oob_score"] = model.oob_score_
        decision = getattr(model, "oob_decision_function_", getattr(model, "oob_prediction_", None))
        result["oob"] = decision
    return result


def case(kind, X, y, weights, name, **parameters):
    """A forest; `weights` names one of the fixture's weights."""
    parameters = {"random_state": 0, "n_estimators": 3, **parameters}
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = kind(**parameters).fit(X, y, sample_weight=None if name is None else weights[name])
        result = grown(model, X)
    texts = {key: text(value) for key, value in parameters.items()}
    texts["seed"] = texts.pop("random_state")
    return {"kind": kind.__name__, "parameters": texts, "weights": name or "", **result}


def table(kinds, X, y, weights, cases):
    """A fixture: the data and the forests, each case for each kind."""
    return {
        "X": X, "y": y, "weights": weights,
        "cases": [case(kind, X, y, weights, name, **growth) for kind in kinds for name, growth in cases],
    }


GROWTH = [
    {}, {"random_state": 7, "max_depth": 4}, {"max_features": 0.6, "min_samples_leaf": 3}, {"max_leaf_nodes": 8},
    {"min_samples_split": 0.1, "ccp_alpha": 0.005}, {"min_weight_fraction_leaf": 0.05},
    {"bootstrap": False, "max_features": 2}, {"bootstrap": True, "max_features": 2, "random_state": 3},
    {"bootstrap": True, "oob_score": True, "n_estimators": 6, "max_depth": 3}, {"bootstrap": True, "max_samples": 20},
    {"bootstrap": True, "max_samples": 0.4, "oob_score": True, "n_estimators": 3},
]


def classifiers():
    random = np.random.RandomState(11)
    kinds = [RandomForestClassifier, ExtraTreesClassifier]
    plain = [(None, growth) for growth in GROWTH]
    weighted = [("fractions", {"max_depth": 5}), ("counts", {"max_depth": 5}),
                ("fractions", {"bootstrap": True, "max_samples": 0.5, "max_depth": 4})]
    balanced = [(None, {"class_weight": word, "max_depth": 4}) for word in ("balanced", "balanced_subsample")]
    balanced += [("fractions", {"class_weight": "balanced", "max_depth": 4}),
                 (None, {"class_weight": {0: 2.0, 2: 0.5}, "max_depth": 4}),
                 (None, {"class_weight": "balanced_subsample", "bootstrap": True, "max_samples": 12, "max_depth": 4}),
                 (None, {"criterion": "entropy", "max_depth": 5})]
    X = np.round(random.randn(40, 5), 2)
    y = noisy_classes(random, X, 3)
    yield "classifier", table(kinds, X, y, all_weights(random, 40), plain + weighted + balanced)
    X = np.round(random.randn(25, 30), 1)
    yield "classifier-wide", table(kinds, X, noisy_classes(random, X, 2), {}, plain[:3] + plain[8:9])
    X = random.randint(0, 4, (60, 3)).astype(float)
    X[random.uniform(size=X.shape) < 0.2] = np.nan
    yield "classifier-missing", table(kinds, X, noisy_classes(random, X, 2), all_weights(random, 60), plain[:4] + weighted)
    X = np.array([[0.5, 1.0], [1.5, 1.0], [2.5, 1.0]])
    yield "classifier-tiny", table(kinds, X, np.array([0, 1, 1]), {}, plain[:1] + plain[6:9])
    X, y = make_classification(300, 20, random_state=42)
    X = np.array([float(str(value)) for value in X.astype(np.float32).ravel()]).reshape(X.shape)
    case = (None, {"n_estimators": 5, "random_state": 42})
    yield "check-values", table([RandomForestClassifier], X, y, {}, [case])


def regressors():
    random = np.random.RandomState(12)
    kinds = [RandomForestRegressor, ExtraTreesRegressor]
    plain = [(None, growth) for growth in GROWTH]
    weighted = [("fractions", {"max_depth": 5}), ("counts", {"max_depth": 5})]
    X = random.randint(-2**9, 2**9, (32, 4)) / 2.0**7
    y = np.round(np.sin(X[:, 0]) + 0.3 * X[:, 3] + 0.2 * random.randn(32), 3)
    absolute = [(name, {"criterion": "absolute_error", **growth}) for name, growth in plain[:2] + weighted]
    yield "regressor", table(kinds, X, y, all_weights(random, 32), plain + weighted + absolute)
    X = random.randint(0, 5, (50, 3)).astype(float)
    y = random.poisson(np.exp(X[:, 0] / 3)).astype(float)
    poisson = [(None, {"criterion": "poisson", "max_depth": 4})]
    yield "regressor-whole", table(kinds, X, y, all_weights(random, 50), plain[:5] + weighted + poisson)
    X = np.round(random.randn(20, 12), 1)
    yield "regressor-wide", table(kinds, X, np.round(X[:, 1] + random.randn(20), 2), {}, plain[:3] + plain[8:9])


def absolute():
    random = np.random.RandomState(13)
    kind = DecisionTreeRegressor
    growth = [
        {}, {"random_state": 1, "max_features": 2}, {"max_depth": 4}, {"min_samples_leaf": 5}, {"max_leaf_nodes": 9},
        {"splitter": "random"}, {"splitter": "random", "max_leaf_nodes": 7}, {"min_weight_fraction_leaf": 0.06},
        {"min_impurity_decrease": 0.01}, {"ccp_alpha": 0.01},
    ]
    for name, X, y in [
        ("smooth", np.round(random.randn(80, 4), 3), np.round(random.randn(80), 3)),
        ("ties", random.randint(0, 5, (80, 4)).astype(float), random.randint(0, 6, 80) / 3),
        ("tall", np.round(random.randn(120, 1), 1), np.round(random.randn(120), 1)),
    ]:
        y = np.round(y + X[:, 0] / 2, 3)
        weights = all_weights(random, len(y))
        cases = [(None, one) for one in growth] + [(of, one) for of in weights for one in growth[:7]]
        cases = [tree_case(kind, X, y, weights, of, criterion="absolute_error", **one) for of, one in cases]
        for one in cases:
            del one["apply"]
        yield f"absolute-{name}", {"X": X, "y": y, "weights": weights, "cases": cases}


def rules():
    """Trees as text, and what pruning them costs."""
    X, y = load_iris(return_X_y=True)
    names = ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"]
    numbers = X[:, 3] + np.round(X[:, 0] / 7, 1)
    texts, paths = [], []
    options = [
        {}, {"feature_names": names}, {"decimals": 3, "spacing": 1}, {"max_depth": 1}, {"max_depth": 0, "decimals": 0},
        {"show_weights": True, "feature_names": names, "spacing": 5}, {"show_weights": True, "decimals": 1, "max_depth": 2},
        {"class_names": ["setosa", "versicolor", "virginica"], "feature_names": names},
    ]
    for kind, target in [(DecisionTreeClassifier, y), (DecisionTreeRegressor, numbers)]:
        for parameters in [{}, {"max_depth": 2}, {"max_leaf_nodes": 4}, {"max_depth": 1}]:
            model = kind(random_state=0, **parameters).fit(X, target)
            for option in options:
                if kind is DecisionTreeRegressor and "class_names" in option:
                    continue
                told = {key: value for key, value in option.items()}
                texts.append({
                    "kind": kind.__name__, "max_depth_of_tree": parameters.get("max_depth", 0),
                    "max_leaf_nodes": parameters.get("max_leaf_nodes", 0), "named": "feature_names" in told,
                    "classes": "class_names" in told, "decimals": told.get("decimals", 2),
                    "spacing": told.get("spacing", 3), "max_depth": told.get("max_depth", 10),
                    "show_weights": told.get("show_weights", False), "text": export_text(model, **option),
                })
        for weights in ["", "fractions"]:
            w = None if not weights else np.round(X[:, 1] / 3, 2)
            path = kind(random_state=0).cost_complexity_pruning_path(X, target, sample_weight=w)
            paths.append({"kind": kind.__name__, "weighted": bool(weights), "alphas": path.ccp_alphas,
                          "impurities": path.impurities})
    yield "rules", {"X": X, "y": y, "numbers": numbers, "names": names, "texts": texts, "paths": paths}


def fixtures():
    yield from classifiers()
    yield from regressors()
    yield from absolute()
    yield from rules()
