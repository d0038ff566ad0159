"""Ridge, lasso, elastic net, non-negative and sparse least squares, paths of penalties, polynomials, and logistic
regression with penalties and solvers beyond the default."""

import warnings

import numpy as np
from scipy import sparse
from sklearn.datasets import load_iris
from sklearn.linear_model import (
    ElasticNet,
    Lasso,
    LinearRegression,
    LogisticRegression,
    Ridge,
    RidgeClassifier,
    enet_path,
    lasso_path,
)

TOOLS = ["scikit-learn", "numpy", "scipy"]


def data_sets():
    """Tiny, wide and tall data with targets and weights."""
    for name, rows, columns, seed in [("tiny", 6, 2, 1), ("wide", 15, 40, 2), ("tall", 120, 6, 3)]:
        random = np.random.RandomState(seed)
        X = random.randn(rows, columns) * np.linspace(0.5, 2, columns) + np.linspace(-3, 3, columns)
        y = 3 + X[:, 0] - 2 * X[:, 1] + 0.5 * random.randn(rows)
        weights = random.randint(0, 4, rows).astype(float)
        weights[0] = 1
        yield name, X, y, weights


def thin(X, seed):
    """Most of X set to zero."""
    return X * (np.random.RandomState(seed).random_sample(X.shape) < 0.3)


def fitted(estimator, X, y, weights, as_sparse):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return estimator.fit(sparse.csr_array(X) if as_sparse else X, y, sample_weight=weights)


def cases(variants, thinned=False):
    """One case for each data set and variant; X, y and weights are given where they change."""
    result = []
    for name, X, y, weights in data_sets():
        if thinned:
            X = thin(X, 7)
        first = {"X": X, "y": y, "weights": weights}
        for variant, estimator, weighted in variants:
            model = fitted(estimator, X, y, weights if weighted else None, thinned)
            case = {
                "name": f"{name}, {variant}", "weighted": weighted, "arguments": arguments(estimator),
                "estimator": type(estimator).__name__, "coefficients": model.coef_, "intercept": model.intercept_,
                "prediction": model.predict(X[:5]), **first,
            }
            iterations = getattr(model, "n_iter_", None)
            if iterations is not None:
                case["iterations"] = int(np.max(iterations))
            if hasattr(model, "dual_gap_"):
                case["gap"] = float(model.dual_gap_)
            first = {}
            result.append(case)
    return {"cases": result}


def arguments(estimator):
    defaults = type(estimator)().get_params()
    return {key: value for key, value in estimator.get_params().items() if value != defaults[key]}


def ridge():
    return cases([
        ("default", Ridge(), False),
        ("weighted", Ridge(), True),
        ("no intercept", Ridge(alpha=0.1, fit_intercept=False), False),
        ("weighted without intercept", Ridge(alpha=5.0, fit_intercept=False), True),
        ("cholesky", Ridge(solver="cholesky"), False),
        ("singular values", Ridge(alpha=0.01, solver="svd"), True),
        ("singular values, tiny penalty", Ridge(alpha=1e-6, solver="svd"), False),
        ("large penalty", Ridge(alpha=1e4), False),
        ("lsqr", Ridge(solver="lsqr"), True),
        ("lsqr, fine", Ridge(solver="lsqr", tol=1e-10), False),
        ("conjugate gradients", Ridge(solver="sparse_cg"), True),
        ("conjugate gradients, fine", Ridge(solver="sparse_cg", tol=1e-12), False),
        ("positive", Ridge(positive=True, tol=1e-14), True),
    ])


def sparse_rows():
    return cases([
        ("least squares", LinearRegression(), False),
        ("least squares, weighted", LinearRegression(), True),
        ("least squares without intercept", LinearRegression(fit_intercept=False, tol=1e-9), False),
        ("ridge", Ridge(), False),
        ("ridge, weighted", Ridge(tol=1e-8), True),
        ("ridge without intercept", Ridge(fit_intercept=False), False),
        ("ridge, lsqr", Ridge(solver="lsqr"), True),
        ("ridge, positive", Ridge(positive=True, tol=1e-14), False),
        ("lasso", Lasso(alpha=0.1), False),
        ("lasso, weighted", Lasso(alpha=0.05), True),
        ("elastic net", ElasticNet(alpha=0.1), False),
        ("elastic net, weighted", ElasticNet(alpha=0.1, l1_ratio=0.9), True),
        ("elastic net without intercept", ElasticNet(alpha=0.01, fit_intercept=False), True),
        ("lasso, positive", Lasso(alpha=0.01, positive=True), False),
        ("lasso, random order", Lasso(alpha=0.05, selection="random", random_state=3), False),
    ], thinned=True)


def non_negative():
    return cases([
        ("default", LinearRegression(positive=True), False),
        ("weighted", LinearRegression(positive=True), True),
        ("no intercept", LinearRegression(positive=True, fit_intercept=False), False),
    ])


def coordinate_descent():
    return cases([
        ("lasso", Lasso(), False),
        ("lasso, weak", Lasso(alpha=0.01), False),
        ("lasso, weighted", Lasso(alpha=0.1), True),
        ("lasso, fine", Lasso(alpha=0.1, tol=1e-8), False),
        ("lasso without intercept", Lasso(alpha=0.1, fit_intercept=False), True),
        ("lasso, positive", Lasso(alpha=0.1, positive=True), False),
        ("lasso, random order", Lasso(alpha=0.05, selection="random", random_state=5), False),
        ("lasso, unconverged", Lasso(alpha=1e-4, max_iter=3, tol=1e-10), False),
        ("lasso, everything zero", Lasso(alpha=100.0), False),
        ("elastic net", ElasticNet(), False),
        ("elastic net, weak", ElasticNet(alpha=0.01, l1_ratio=0.2), True),
        ("elastic net, mostly L1", ElasticNet(alpha=0.1, l1_ratio=0.9), False),
        ("elastic net, L2 only", ElasticNet(alpha=0.1, l1_ratio=0.0), False),
        ("elastic net, positive", ElasticNet(alpha=0.05, positive=True, selection="random", random_state=1), True),
        ("elastic net on products", ElasticNet(alpha=0.05, precompute=True), False),
    ])


def paths():
    result = []
    for name, X, y, weights in data_sets():
        if name == "wide":
            X = X[:, :12]
        centred, targets = X - X.mean(axis=0), y - y.mean()
        first = {"X": centred, "y": targets}
        for variant, path, options in [
            ("lasso", lasso_path, {"alphas": 8}),
            ("lasso, positive", lasso_path, {"alphas": 4, "positive": True}),
            ("elastic net", enet_path, {"alphas": 6, "l1_ratio": 0.7, "eps": 0.01}),
            ("elastic net, given strengths", enet_path, {"alphas": [0.1, 1.0, 0.5], "l1_ratio": 0.3}),
        ]:
            alphas, coefficients, gaps, iterations = path(centred, targets, return_n_iter=True, **options)
            result.append({
                "name": f"{name}, {variant}", "options": options, "alphas": alphas, "coefficients": coefficients.T,
                "gaps": gaps, "iterations": iterations, **first,
            })
            first = {}
    return {"cases": result}


def ridge_classes():
    iris = load_iris()
    rows = np.random.RandomState(4).permutation(150)[:50]
    X, y = iris.data[rows], iris.target[rows]
    weights = np.random.RandomState(5).random_sample(50)
    result = []
    first = {"X": X, "y": y, "weights": weights}
    for variant, model, weighted, two in [
        ("default", RidgeClassifier(), False, False),
        ("weighted", RidgeClassifier(alpha=0.1), True, False),
        ("balanced", RidgeClassifier(class_weight="balanced"), True, False),
        ("two classes", RidgeClassifier(), False, True),
        ("two classes, balanced, no intercept", RidgeClassifier(class_weight="balanced", fit_intercept=False), True, True),
        ("lsqr", RidgeClassifier(solver="lsqr", tol=1e-8), False, False),
    ]:
        labels = (y == 2).astype(int) if two else y
        model.fit(X, labels, sample_weight=weights if weighted else None)
        result.append({
            "name": variant, "weighted": weighted, "two": two, "arguments": arguments(model),
            "coefficients": np.atleast_2d(model.coef_), "intercepts": np.ravel(model.intercept_) * np.ones(len(np.atleast_2d(model.coef_))),
            "decision": model.decision_function(X)[:8], "prediction": model.predict(X), **first,
        })
        first = {}
    return {"cases": result}


def polynomials():
    random = np.random.RandomState(6)
    x = np.linspace(-1, 2, 25)
    y = 1 - x + 0.3 * x**3 + 0.1 * random.randn(25)
    weights = random.random_sample(25) + 0.1
    result = []
    for name, a, b, degree, w, rcond in [
        ("line", x, y, 1, None, None),
        ("constant", x, y, 0, None, None),
        ("cubic", x, y, 3, None, None),
        ("weighted cubic", x, y, 3, weights, None),
        ("degree 9", x, y, 9, None, None),
        ("through its points", x[:5], y[:5], 4, None, None),
        ("more coefficients than points", x[:3], y[:3], 5, None, None),
        ("years", np.arange(1990.0, 2020.0), np.sin(np.arange(30.0)), 2, None, None),
        ("years, ill conditioned", np.arange(1990.0, 2020.0), np.sin(np.arange(30.0)), 6, None, None),
        ("one point", x[:1], y[:1], 0, None, None),
        ("a large cut-off", x, y, 5, weights, 0.05),
    ]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            c, _, rank, singular, cutoff = np.polyfit(a, b, degree, w=w, rcond=rcond, full=True)
            well = degree <= 3 and len(a) > degree + 1
            covariance = np.polyfit(a, b, degree, w=w, rcond=rcond, cov=True)[1] if well else None
            unscaled = np.polyfit(a, b, degree, w=w, rcond=rcond, cov="unscaled")[1] if well else None
        result.append({
            "name": name, "x": a, "y": b, "degree": degree, "weights": w, "rcond": rcond, "coefficients": c,
            "rank": int(rank), "singular": singular, "cutoff": float(cutoff), "covariance": covariance, "unscaled": unscaled, "values": np.polyval(c, a),
        })
    return {"cases": result}


def large():
    """Only what is drawn and how: the test draws the same numbers, in the same order."""
    cases = []
    for rows, columns, seed, estimator in [
        (5000, 20, 1, Ridge()), (5000, 20, 2, Ridge(alpha=300.0)), (9000, 7, 3, Lasso(alpha=0.01)),
        (5000, 20, 4, Lasso(alpha=0.05)), (5000, 20, 5, ElasticNet(alpha=0.01)),
        (5000, 20, 6, LinearRegression(positive=True)), (60, 300, 7, Ridge(alpha=0.1)),
        (60, 300, 8, Lasso(alpha=0.01)),
    ]:
        random = np.random.RandomState(seed)
        X = random.random_sample((rows, columns)) + 100
        y = random.random_sample(rows) + X[:, 0] - 2 * X[:, columns - 1]
        model = estimator.fit(X, y)
        cases.append({
            "rows": rows, "columns": columns, "seed": seed, "estimator": type(estimator).__name__,
            "arguments": arguments(estimator), "coefficients": model.coef_, "intercept": model.intercept_,
            "iterations": getattr(model, "n_iter_", None),
        })
    return {"cases": cases}


def class_data():
    """Two classes and three, dense and mostly zero."""
    random = np.random.RandomState(8)
    X = random.randn(80, 6) * [1.0, 2.0, 0.5, 1.0, 1.0, 3.0]
    y = (X[:, 0] - 0.7 * X[:, 1] + 0.3 * random.randn(80) > 0.2).astype(int)
    yield "two classes", X, y
    iris = load_iris()
    rows = np.random.RandomState(9).permutation(150)[:60]
    X = iris.data[rows]
    yield "three classes", (X - X.mean(axis=0)) / X.std(axis=0), iris.target[rows]
    yield "wide", random.randn(20, 40), np.arange(20) % 3
    yield "thin", thin(random.randn(60, 10), 10), np.arange(60) % 4 % 3


def logistic_penalties():
    result = []
    for name, X, y in class_data():
        weights = np.random.RandomState(11).random_sample(len(y))
        weights[3] = 0
        first = {"X": X, "y": y, "weights": weights}
        for variant, options, weighted in [
            ("L1", {"l1_ratio": 1.0}, False),
            ("L1, weak", {"l1_ratio": 1.0, "C": 10.0}, False),
            ("L1, strong", {"l1_ratio": 1.0, "C": 0.02}, False),
            ("L1, weighted", {"l1_ratio": 1.0, "C": 2.0}, True),
            ("elastic net", {"l1_ratio": 0.5}, False),
            ("elastic net, balanced", {"l1_ratio": 0.3, "class_weight": "balanced"}, True),
            ("elastic net without intercept", {"l1_ratio": 0.7, "fit_intercept": False}, False),
        ]:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                fine = LogisticRegression(solver="saga", tol=1e-13, max_iter=20000, random_state=0, **options)
                coarse = LogisticRegression(solver="saga", random_state=0, **options)
                for model in (fine, coarse):
                    model.fit(X, y, sample_weight=weights if weighted else None)
            result.append({
                "name": f"{name}, {variant}", "weighted": weighted, "arguments": options,
                "coefficients": fine.coef_, "intercepts": fine.intercept_, "settled": bool(fine.n_iter_[0] < 20000),
                "coarse": coarse.coef_, "coarseIntercepts": coarse.intercept_, "prediction": fine.predict(X), **first,
            })
            first = {}
    return {"cases": result}


def logistic_solvers():
    result = []
    for name, X, y in class_data():
        weights = np.random.RandomState(12).random_sample(len(y))
        first = {"X": X, "y": y, "weights": weights}
        for variant, options, weighted, as_sparse in [
            ("Newton", {"solver": "newton-cholesky"}, False, False),
            ("Newton, weighted", {"solver": "newton-cholesky", "C": 0.1}, True, False),
            ("Newton, balanced", {"solver": "newton-cholesky", "class_weight": "balanced", "tol": 1e-8}, False, False),
            ("Newton without intercept", {"solver": "newton-cholesky", "fit_intercept": False}, True, False),
            ("Newton, stopped", {"solver": "newton-cholesky", "max_iter": 2, "tol": 1e-10}, False, False),
            ("Newton, sparse", {"solver": "newton-cholesky", "C": 2.0}, False, True),
            ("sparse", {}, False, True),
            ("sparse, weighted", {"C": 5.0}, True, True),
            ("sparse without intercept", {"fit_intercept": False}, False, True),
        ]:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                model = LogisticRegression(**options).fit(
                    sparse.csr_array(X) if as_sparse else X, y, sample_weight=weights if weighted else None)
            result.append({
                "name": f"{name}, {variant}", "weighted": weighted, "sparse": as_sparse,
                "arguments": {key: value.replace("-c", "C") if key == "solver" else value for key, value in options.items()},
                "coefficients": model.coef_, "intercepts": model.intercept_, "iterations": int(model.n_iter_[0]),
                "prediction": model.predict(X), **first,
            })
            first = {}
        if name == "two classes":
            for variant, options in [("Newton without penalty", {"solver": "newton-cholesky", "C": np.inf, "tol": 1e-8})]:
                model = LogisticRegression(**options).fit(X[:, :2] + np.random.RandomState(1).randn(80, 2), y)
                result.append({
                    "name": f"{name}, {variant}", "weighted": False, "sparse": False,
                    "X": X[:, :2] + np.random.RandomState(1).randn(80, 2),
                    "arguments": {"solver": "newtonCholesky", "C": "inf", "tol": 1e-8}, "coefficients": model.coef_,
                    "intercepts": model.intercept_, "iterations": int(model.n_iter_[0]),
                    "prediction": model.predict(X[:, :2] + np.random.RandomState(1).randn(80, 2)),
                })
    return {"cases": result}


def fixtures():
    yield "logistic-penalties", logistic_penalties()
    yield "logistic-solvers", logistic_solvers()
    yield "ridge", ridge()
    yield "large", large()
    yield "sparse", sparse_rows()
    yield "non-negative", non_negative()
    yield "coordinate-descent", coordinate_descent()
    yield "paths", paths()
    yield "ridge-classifier", ridge_classes()
    yield "polynomials", polynomials()
