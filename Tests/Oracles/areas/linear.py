"""Least squares and logistic regression: coefficients, ranks, iteration counts, probabilities."""

import warnings

import numpy as np
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.preprocessing import PolynomialFeatures

TOOLS = ["scikit-learn", "numpy", "scipy"]


def least_squares(X, y, weights=None, **arguments):
    model = LinearRegression(**arguments).fit(X, y, sample_weight=weights)
    return {
        "X": X, "y": y, "weights": weights, "arguments": arguments, "coefficients": model.coef_,
        "intercept": model.intercept_, "rank": int(model.rank_), "singular": model.singular_,
        "prediction": model.predict(X),
    }


def small_least_squares():
    random = np.random.RandomState(1)
    X = random.randn(30, 4)
    y = X @ [1.0, -2.0, 0.5, 0.0] + 3 + 0.1 * random.randn(30)
    weights = random.randint(0, 4, 30).astype(float)
    yield "tall", least_squares(X, y)
    yield "no intercept", least_squares(X, y, fit_intercept=False)
    yield "weighted", least_squares(X, y, weights)
    yield "weighted without intercept", least_squares(X, y, weights, fit_intercept=False)
    yield "wide", least_squares(random.randn(5, 12), random.randn(5))
    yield "one row", least_squares(np.array([[1.5, -2.0, 4.0]]), np.array([7.25]))
    yield "one row without intercept", least_squares(np.array([[1.5, -2.0, 4.0]]), np.array([7.25]), fit_intercept=False)
    yield "two rows", least_squares(np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([1.0, 2.0]))
    yield "one column", least_squares(X[:, :1].copy(), y)
    yield "a constant column", least_squares(np.column_stack([X[:, 0], np.full(30, 7.0), X[:, 1]]), y)
    yield "only constant columns", least_squares(np.full((6, 2), 3.0), y[:6])
    yield "a column twice", least_squares(np.column_stack([X[:, 0], X[:, 1], X[:, 0]]), y)
    yield "dummies of all categories", least_squares(np.eye(3)[random.randint(0, 3, 30)], y)
    yield "a large cut-off", least_squares(X * [1.0, 0.2, 30.0, 1.0], y, tol=0.1)
    yield "columns of different size", least_squares(X * [1e-3, 1.0, 1e2, 1e-2] + [0.0, 50.0, -1e3, 0.0], y)
    # Below the cut-off: one solution of smallest norm instead of coefficients that explode.
    yield "almost a column twice", least_squares(np.column_stack([X[:, 0], X[:, 1], X[:, 0] + 1e-9 * X[:, 2]]), y)
    points = np.linspace(0, 1, 10)
    targets = np.cos(1.5 * np.pi * points) + 0.1 * random.randn(10)
    for degree in (1, 3, 15):
        features = PolynomialFeatures(degree, include_bias=False).fit_transform(points[:, None])
        yield f"polynomial of degree {degree}", least_squares(features, targets)


def large_least_squares():
    """Only what is drawn and how: the test draws the same numbers, in the same order."""
    for name, rows, columns, seed, change, arguments in [
        ("well conditioned", 5000, 20, 1, "none", {}),
        ("without intercept", 5000, 20, 2, "none", {"fit_intercept": False}),
        ("far from the origin", 5000, 20, 3, "shift", {}),
        ("columns of different size", 5000, 20, 4, "scale", {}),
        ("nearly dependent columns", 5000, 20, 5, "near", {}),
        ("dependent columns", 5000, 20, 6, "twice", {}),
        ("a constant column", 5000, 20, 7, "constant", {}),
        ("weighted", 5000, 20, 8, "weights", {}),
        ("hardly taller than wide", 300, 250, 9, "none", {}),
        ("wider than tall", 250, 300, 10, "none", {}),
    ]:
        random = np.random.RandomState(seed)
        X = random.random_sample((rows, columns))
        y = random.random_sample(rows) + X[:, 0] - 2 * X[:, columns - 1]
        weights = None
        if change == "shift":
            X += 1000
        if change == "scale":
            X[:, 0] *= 1024
            X[:, 1] /= 1024
        if change == "near":
            X[:, 1] = X[:, 0] + X[:, 1] / 4096
        if change == "twice":
            X[:, 1] = X[:, 0]
        if change == "constant":
            X[:, 1] = 0.3
        if change == "weights":
            weights = np.floor(random.random_sample(rows) * 3)
        content = least_squares(X, y, weights, **arguments)
        for key in ("X", "y", "weights"):
            del content[key]
        yield {
            "name": name, "rows": rows, "columns": columns, "seed": seed, "change": change, **content,
            "prediction": content["prediction"][:20], "singular": content["singular"][:20],
        }


def logistic(X, y, weights=None, **arguments):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = LogisticRegression(**arguments).fit(X, y, sample_weight=weights)
    given = dict(arguments)
    if isinstance(given.get("class_weight"), dict):
        given["class_weight"] = {str(key): float(value) for key, value in given["class_weight"].items()}
    if given.get("C") == np.inf:
        given["C"] = "none"
    return {
        "X": X, "y": y, "weights": weights, "arguments": given, "coefficients": model.coef_,
        "intercepts": model.intercept_, "iterations": int(model.n_iter_[0]),
        "decision": model.decision_function(X)[:12], "probability": model.predict_proba(X)[:12],
        "prediction": model.predict(X),
    }


def two_classes():
    random = np.random.RandomState(2)
    X = random.randn(60, 5)
    y = (X[:, 0] - 0.5 * X[:, 1] + random.randn(60) > 0.3).astype(int)
    weights = random.random_sample(60)
    weights[::7] = 0
    yield "default", logistic(X, y)
    yield "no intercept", logistic(X, y, fit_intercept=False)
    yield "weak penalty", logistic(X, y, C=1000.0)
    yield "strong penalty", logistic(X, y, C=0.001)
    yield "no penalty", logistic(X, y, C=np.inf)
    yield "weighted", logistic(X, y, weights)
    yield "balanced", logistic(X, y, class_weight="balanced")
    yield "balanced and weighted", logistic(X, y, weights, class_weight="balanced")
    yield "class weights", logistic(X, y, class_weight={0: 0.25, 1: 3.0})
    yield "one class weight", logistic(X, y, weights, class_weight={1: 5.0})
    yield "one iteration", logistic(X, y, max_iter=1)
    yield "no iteration", logistic(X, y, max_iter=0)
    yield "unconverged", logistic(X, y, max_iter=4, tol=1e-12)
    yield "small tolerance", logistic(X, y, tol=1e-8)
    yield "no tolerance", logistic(X, y, tol=0)
    yield "large tolerance", logistic(X, y, tol=10.0)
    yield "separable", logistic(np.array([[-2.0], [-1.0], [1.0], [2.0]]), np.array([0, 0, 1, 1]), C=100.0)
    yield "wide", logistic(random.randn(8, 30), np.array([0, 1] * 4))
    yield "two rows", logistic(np.array([[0.0], [1.0]]), np.array([-5, 3]))
    yield "constant features", logistic(np.ones((5, 2)), np.array([0, 1, 1, 1, 0]))
    yield "words", logistic(X, np.where(y == 1, "yes", "no"))
    yield "unscaled", logistic(X * [1.0, 10.0, 0.1, 30.0, 1.0] + [0.0, 5.0, 0.0, -20.0, 1.0], y)


def many_classes():
    iris = load_iris()
    random = np.random.RandomState(3)
    rows = random.permutation(150)[:60]
    X, y = iris.data[rows], iris.target[rows]
    weights = random.random_sample(60)
    yield "iris", logistic(X, y)
    yield "iris without intercept", logistic(X, y, fit_intercept=False)
    yield "iris scaled and weighted", logistic((X - X.mean(axis=0)) / X.std(axis=0), y, weights)
    yield "iris balanced", logistic(X[:45], y[:45], class_weight="balanced")
    yield "iris with class weights", logistic(X, iris.target_names[y], class_weight={"setosa": 2.0, "virginica": 0.5})
    yield "iris unconverged", logistic(X, y, max_iter=5)
    yield "iris without penalty", logistic(X, y, C=np.inf, max_iter=20)
    digits = random.randn(50, 6)
    yield "ten classes", logistic(digits, np.argmax(digits @ random.randn(6, 10), axis=1) * 11 - 5)
    yield "wide", logistic(random.randn(9, 25), np.arange(9) % 3)


def large_logistic():
    for classes, rows, columns, seed in [(2, 8999, 6, 1), (3, 4999, 6, 2), (10, 4500, 8, 3)]:
        random = np.random.RandomState(seed)
        X = random.random_sample((rows, columns)) * 2 - 1
        noise = random.random_sample(rows)
        y = np.clip(np.floor((X[:, 0] + X[:, 1] / 2 + noise + 1) * classes / 3), 0, classes - 1).astype(int)
        content = logistic(X, y)
        yield {
            "classes": classes, "rows": rows, "columns": columns, "seed": seed,
            **{key: content[key] for key in ("coefficients", "intercepts", "iterations")},
            "probability": content["probability"][:20],
        }


def named(cases):
    """The cases under their names; what a case shares with the one before it (X, y) is null."""
    last, result = {}, []
    for name, content in cases:
        shared = {key: None for key in ("X", "y") if np.array_equal(content[key], last.get(key))}
        result.append({"name": name, **content, **shared})
        last = content
    return {"cases": result}


def fixtures():
    yield "least-squares", named(small_least_squares())
    yield "least-squares-large", {"cases": list(large_least_squares())}
    yield "logistic-two-classes", named(two_classes())
    yield "logistic-many-classes", named(many_classes())
    yield "logistic-large", {"cases": list(large_logistic())}
