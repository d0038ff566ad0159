"""Linear support-vector machines: coefficients, rounds, decision values, and the objective reached."""

import warnings

import numpy as np
import scipy.sparse
from sklearn.datasets import load_iris
from sklearn.svm import LinearSVC, LinearSVR

TOOLS = ["scikit-learn", "numpy", "scipy"]


def fitted(kind, X, y, weights, arguments):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return kind(**{"random_state": 0, **arguments}).fit(X, y, sample_weight=weights)


def classifier(name, X, y, weights=None, sparse=False, **arguments):
    model = fitted(LinearSVC, scipy.sparse.csr_matrix(X) if sparse else X, y, weights, arguments)
    given = dict(arguments)
    if isinstance(given.get("class_weight"), dict):
        given["class_weight"] = {str(key): float(value) for key, value in given["class_weight"].items()}
    intercept = np.broadcast_to(model.intercept_, (len(model.coef_),)).astype(float)
    return {
        "name": name, "X": X, "y": y, "weights": weights, "sparse": sparse, "arguments": given,
        "coefficients": model.coef_, "intercepts": intercept, "iterations": int(model.n_iter_),
        "decision": model.decision_function(X[:9]).reshape(len(X[:9]), -1), "prediction": model.predict(X),
    }


def regressor(name, X, y, weights=None, sparse=False, **arguments):
    model = fitted(LinearSVR, scipy.sparse.csr_matrix(X) if sparse else X, y, weights, arguments)
    return {
        "name": name, "X": X, "y": y, "weights": weights, "sparse": sparse, "arguments": arguments,
        "coefficients": model.coef_, "intercept": float(np.ravel(model.intercept_)[0]) if model.fit_intercept else 0.0,
        "iterations": int(model.n_iter_), "prediction": model.predict(X[:9]),
    }


def classifiers():
    random = np.random.RandomState(1)
    X = np.round(random.randn(60, 5), 3)
    y = (X[:, 0] - 0.5 * X[:, 1] + random.randn(60) > 0.3).astype(int)
    weights = np.round(random.random_sample(60), 3)
    weights[::7] = 0
    yield classifier("default", X, y)
    yield classifier("dual", X, y, dual=True)
    yield classifier("hinge", X, y, loss="hinge")
    yield classifier("few features", X, y, penalty="l1", C=0.1)
    yield classifier("no intercept", X, y, fit_intercept=False, dual=True)
    yield classifier("scaled intercept", X, y, intercept_scaling=10.0, loss="hinge", C=0.5)
    yield classifier("weighted", X, y, weights)
    yield classifier("weighted dual", X, y, weights, dual=True)
    yield classifier("weighted hinge", X, y, weights, loss="hinge")
    yield classifier("weighted, few features", X, y, weights, penalty="l1")
    yield classifier("balanced", X, y, weights, class_weight="balanced", dual=True)
    yield classifier("class weights", X, y, class_weight={0: 0.25, 1: 3.0}, loss="hinge")
    yield classifier("another seed", X, y, loss="hinge", random_state=7)
    yield classifier("unconverged", X * [1, 10, 0.1, 30, 1], y, loss="hinge", max_iter=5)
    yield classifier("small tolerance", X, y, tol=1e-9, dual=True)
    yield classifier("sparse", np.where(np.abs(X) > 1, X, 0), y, sparse=True, dual=True)
    yield classifier("sparse primal", np.where(np.abs(X) > 1, X, 0), y, sparse=True, dual=False)
    yield classifier("sparse with few features", np.where(np.abs(X) > 1, X, 0), y, sparse=True, penalty="l1")
    yield classifier("words", X, np.where(y == 1, "yes", "no"), loss="hinge")
    yield classifier("tiny", np.array([[0.0, 1.0], [1.0, 0.0], [3.0, 1.0]]), np.array([4, 2, 2]))
    wide = np.round(random.randn(12, 60), 2)
    sides = np.array([0, 1, 1, 0] * 3)
    yield classifier("wide", wide, sides)
    yield classifier("wide hinge", wide, sides, loss="hinge")
    yield classifier("wide with few features", wide, sides, penalty="l1")
    iris = load_iris()
    rows = random.permutation(150)[:90]
    X, y = iris.data[rows], iris.target[rows]
    weights = np.round(random.random_sample(90), 3)
    yield classifier("iris", X, y)
    yield classifier("iris hinge", X, y, loss="hinge", C=0.1)
    yield classifier("iris dual and weighted", X - X.mean(axis=0), iris.target_names[y], weights, dual=True)
    yield classifier("iris with class weights", X - X.mean(axis=0), y, class_weight={0: 2.0, 2: 0.5}, dual=True)
    yield classifier("iris with few features", X - X.mean(axis=0), y, penalty="l1", C=0.5)
    tall = np.round(random.randn(400, 2), 2)
    yield classifier("tall", tall, (tall.sum(axis=1) + random.randn(400) > 0).astype(int), dual=True)


def joint_classifiers():
    random = np.random.RandomState(2)
    iris = load_iris()
    rows = random.permutation(150)[:60]
    X, y = np.round(iris.data[rows] - iris.data.mean(axis=0), 3), iris.target[rows]
    weights = np.round(random.random_sample(60), 3)
    common = {"multi_class": "crammer_singer", "tol": 1e-8, "max_iter": 100000}
    yield classifier("iris", X, y, **common)
    yield classifier("iris weighted", X, y, weights, C=0.3, **common)
    yield classifier("iris with class weights", X, y, class_weight={0: 2.0, 2: 0.5}, fit_intercept=False, **common)
    yield classifier("two classes", X, (y == 1).astype(int), **common)
    yield classifier("sparse", np.where(np.abs(X) > 0.5, X, 0), y, sparse=True, **common)


def regressors():
    random = np.random.RandomState(3)
    X = np.round(random.randn(50, 4), 3)
    y = np.round(X @ [1.0, -2.0, 0.5, 0.0] + 3 + 0.5 * random.randn(50), 3)
    weights = np.round(random.random_sample(50), 3)
    weights[::9] = 0
    squared = {"loss": "squared_epsilon_insensitive"}
    yield regressor("default", X, y)
    yield regressor("wide tube", X, y, epsilon=0.5)
    yield regressor("squared", X, y, **squared)
    yield regressor("squared dual with a tube", X, y, epsilon=0.3, dual=True, **squared)
    yield regressor("squared primal with a tube", X, y, weights, epsilon=0.3, dual=False, **squared)
    yield regressor("weighted", X, y, weights, epsilon=0.1)
    yield regressor("weighted dual, squared", X, y, weights, dual=True, **squared)
    yield regressor("no intercept", X, y, fit_intercept=False, C=0.1)
    yield regressor("scaled intercept", X, y, intercept_scaling=5.0, random_state=3)
    yield regressor("unconverged", X, y, max_iter=3, tol=1e-12)
    yield regressor("sparse", np.where(np.abs(X) > 1, X, 0), y, sparse=True, epsilon=0.1)
    yield regressor("sparse and squared", np.where(np.abs(X) > 1, X, 0), y, sparse=True, dual=False, **squared)
    yield regressor("wide", np.round(random.randn(8, 40), 2), np.round(random.randn(8), 2), epsilon=0.1)
    yield regressor("wide and squared", np.round(random.randn(8, 40), 2), np.round(random.randn(8), 2), **squared)
    yield regressor("tiny", np.array([[1.5, -2.0]]), np.array([7.25]))
    tall = np.round(random.randn(300, 2), 2)
    yield regressor("tall", tall, np.round(tall.sum(axis=1) + random.randn(300), 2), epsilon=0.2)


def shared(cases):
    """The cases; what one shares with the one before it (X, y) is null."""
    last, result = {}, []
    for content in cases:
        same = {key: None for key in ("X", "y") if np.array_equal(content[key], last.get(key))}
        result.append({**content, **same})
        last = content
    return {"cases": result}


def fixtures():
    yield "classifiers", shared(classifiers())
    yield "joint-classifiers", shared(joint_classifiers())
    yield "regressors", shared(regressors())
