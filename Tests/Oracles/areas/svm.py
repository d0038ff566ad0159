"""Support-vector machines: support vectors, multipliers, iteration counts, decisions, probabilities."""

import warnings

import numpy as np
from sklearn.datasets import load_digits, load_iris, make_classification
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.svm import SVC, SVR, NuSVC, NuSVR, OneClassSVM

TOOLS = ["scikit-learn", "numpy", "scipy"]


def arguments_of(arguments):
    given = dict(arguments)
    if isinstance(given.get("class_weight"), dict):
        given["class_weight"] = {str(key): float(value) for key, value in given["class_weight"].items()}
    return given


def fitted(model, X, y, weights):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(X, y, sample_weight=weights)


def facts(model, X, Q, weights, arguments):
    return {
        "X": X, "Q": Q, "weights": weights, "arguments": arguments_of(arguments), "support": model.support_,
        "dualCoef": model.dual_coef_, "intercept": np.atleast_1d(model.intercept_),
        "iterations": np.atleast_1d(model.n_iter_), "converged": model.fit_status_ == 0,
    }


def classified(kind, X, y, Q, weights=None, random_state=0, **arguments):
    model = fitted(kind(random_state=random_state, **arguments), X, y, weights)
    other = {"decision_function_shape": "ovo"} if "break_ties" not in arguments else {}
    ovo = fitted(kind(random_state=random_state, **{**arguments, **other}), X, y, weights)
    result = {
        "kind": kind.__name__, "y": y, **facts(model, X, Q, weights, arguments), "nSupport": model.n_support_,
        "decision": model.decision_function(Q), "ovo": ovo.decision_function(Q), "prediction": model.predict(Q),
    }
    if arguments.get("probability"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result["probability"] = model.predict_proba(Q)
    return result


def summed(kind, X, y, Q, weights=None, **arguments):
    model = fitted(kind(**arguments), X, y, weights)
    result = {"kind": kind.__name__, "y": y, **facts(model, X, Q, weights, arguments), "prediction": model.predict(Q)}
    if kind is OneClassSVM:
        result.update(decision=model.decision_function(Q), scores=model.score_samples(Q), offset=model.offset_)
    return result


def classifiers():
    random = np.random.RandomState(5)
    X = random.randn(60, 4).round(3)
    two = (X[:, 0] * X[:, 1] + 0.5 * random.randn(60) > 0).astype(int)
    three = np.digitize(X[:, 0] + X[:, 1] ** 2 + 0.3 * random.randn(60), [0.2, 1.4])
    Q = random.randn(15, 4).round(3)
    weights = random.randint(0, 4, 60) / 2
    for name, y in [("two", two), ("three", three)]:
        for kernel in ("rbf", "linear", "poly", "sigmoid"):
            yield f"{name} {kernel}", classified(SVC, X, y, Q, kernel=kernel)
        yield f"{name} without shrinking", classified(SVC, X, y, Q, shrinking=False)
        yield f"{name} weighted", classified(SVC, X, y, Q, weights)
        yield f"{name} balanced", classified(SVC, X, y, Q, class_weight="balanced")
        yield f"{name} class weights", classified(SVC, X, y, Q, weights, class_weight={1: 2.5})
        yield f"{name} hard margin", classified(SVC, X, y, Q, C=1000.0, gamma=0.5)
        yield f"{name} small tolerance", classified(SVC, X, y, Q, tol=1e-8)
        yield f"{name} auto", classified(SVC, X, y, Q, gamma="auto", C=0.3)
        yield f"{name} gamma of 0", classified(SVC, X, y, Q, gamma=0.0)
        yield f"{name} quadratic", classified(SVC, X, y, Q, kernel="poly", degree=2, coef0=1.0, gamma=0.2)
        yield f"{name} stopped", classified(SVC, X, y, Q, max_iter=5)
        yield f"{name} nu", classified(NuSVC, X, y, Q, nu=0.3)
        yield f"{name} nu weighted", classified(NuSVC, X, y, Q, weights, nu=0.2, kernel="linear")
        yield f"{name} probability", classified(SVC, X, y, Q, probability=True, random_state=3)
        yield f"{name} nu probability", classified(NuSVC, X, y, Q, nu=0.3, probability=True, random_state=4)
    yield "breaking ties", classified(SVC, X, three, Q, break_ties=True, gamma=3.0)
    yield "tiny", classified(SVC, np.array([[0.0], [1.0]]), np.array([3, 7]), np.array([[0.4], [0.5], [0.6]]))
    yield "wide", classified(SVC, random.randn(9, 30), np.arange(9) % 3, random.randn(5, 30))
    doubled = np.vstack([X[:20], X[:20]])
    yield "every row twice", classified(SVC, doubled, np.r_[two[:20], two[:20]], Q)
    yield "the same rows in both classes", classified(SVC, doubled, np.r_[two[:20], 1 - two[:20]], Q, C=2.0)
    yield "constant columns", classified(SVC, np.column_stack([X[:, :1], np.full(60, 7.0)]), two, Q[:, :2])
    gram = rbf_kernel(X, gamma=0.3)
    yield "precomputed", classified(SVC, gram, three, rbf_kernel(Q, X, gamma=0.3), kernel="precomputed")
    iris = load_iris()
    rows = np.arange(0, 150, 2)
    for kernel in ("rbf", "linear"):
        yield f"iris {kernel}", classified(SVC, iris.data[rows], iris.target[rows], iris.data[1::10], kernel=kernel)
    digits = load_digits()
    rows = slice(0, 160)
    yield "digits", classified(SVC, digits.data[rows], digits.target[rows], digits.data[160:200])
    yield "digits ties", classified(SVC, digits.data[rows], digits.target[rows], digits.data[160:200], break_ties=True)


def sums():
    random = np.random.RandomState(6)
    X = random.randn(50, 3).round(3)
    y = (np.sin(2 * X[:, 0]) + 0.5 * X[:, 1] + 0.1 * random.randn(50)).round(4)
    Q = random.randn(15, 3).round(3)
    weights = random.randint(0, 4, 50) / 2
    for kernel in ("rbf", "linear", "poly", "sigmoid"):
        yield f"SVR {kernel}", summed(SVR, X, y, Q, kernel=kernel)
        yield f"NuSVR {kernel}", summed(NuSVR, X, y, Q, kernel=kernel)
        yield f"OneClassSVM {kernel}", summed(OneClassSVM, X, None, Q, kernel=kernel)
    yield "SVR weighted", summed(SVR, X, y, Q, weights, C=10.0, epsilon=0.02)
    yield "SVR without tube", summed(SVR, X, y, Q, epsilon=0.0, C=3.0)
    yield "SVR wide tube", summed(SVR, X, y, Q, epsilon=100.0)
    yield "SVR without shrinking", summed(SVR, X, y, Q, C=100.0, shrinking=False)
    yield "SVR small tolerance", summed(SVR, X, y, Q, C=100.0, tol=1e-7)
    yield "NuSVR weighted", summed(NuSVR, X, y, Q, weights, nu=0.3, C=5.0)
    yield "OneClassSVM weighted", summed(OneClassSVM, X, None, Q, weights, nu=0.2)
    yield "OneClassSVM few outliers", summed(OneClassSVM, X, None, Q, nu=0.05, gamma=0.1)
    yield "SVR wide", summed(SVR, random.randn(6, 20), random.randn(6), random.randn(4, 20))
    yield "SVR tiny", summed(SVR, np.array([[0.0], [1.0]]), np.array([0.0, 3.0]), np.array([[0.5], [2.0]]))
    gram = rbf_kernel(X, gamma=0.3)
    yield "SVR precomputed", summed(SVR, gram, y, rbf_kernel(Q, X, gamma=0.3), kernel="precomputed")
    yield "NuSVR precomputed", summed(NuSVR, gram, y, rbf_kernel(Q, X, gamma=0.3), kernel="precomputed")
    yield "OneClassSVM precomputed", summed(
        OneClassSVM, gram, None, rbf_kernel(Q, X, gamma=0.3), kernel="precomputed")


def named(cases):
    """The cases under their names; what a case shares with the one before it (X, y, Q) is null."""
    last, result = {}, []
    for name, content in cases:
        shared = {key: None for key in ("X", "y", "Q") if np.array_equal(content[key], last.get(key))}
        result.append({"name": name, **content, **shared})
        last = content
    return {"cases": result}


def without_data(content, keep=25):
    for key in ("X", "y", "Q", "weights"):
        content.pop(key)
    content["support"] = {"count": int(len(content["support"])), "sum": int(content["support"].sum())}
    content["dualCoef"] = {
        "absolute": float(np.abs(content["dualCoef"]).sum()), "squares": float((content["dualCoef"] ** 2).sum())}
    for key in ("decision", "ovo", "prediction", "probability"):
        if key in content:
            content[key] = content[key][:keep]
    return content


def large():
    """Only what is drawn and how: the test makes the same numbers."""
    X, y = make_classification(300, 20, random_state=42)
    yield "check values", {"data": "classification", **without_data(classified(SVC, X, y, X))}
    random = np.random.RandomState(7)
    X = random.random_sample((2500, 5))
    noise = random.random_sample(2500)
    labels = np.floor((np.sin(6 * X[:, 0]) + X[:, 1] + 0.5 * noise) * 1.5).astype(int)
    for name, kind, arguments in [
        ("noisy", SVC, {}), ("noisy without shrinking", SVC, {"shrinking": False}), ("noisy, C 100", SVC, {"C": 100.0}),
        ("noisy linear", SVC, {"kernel": "linear"}), ("noisy nu", NuSVC, {"nu": 0.01}),
    ]:
        yield name, {"data": "noisy", **without_data(classified(kind, X, labels, X[:25], **arguments))}
    targets = np.sin(6 * X[:, 0]) + X[:, 1] + 0.5 * noise
    for name, kind, arguments in [("SVR", SVR, {}), ("SVR, C 50", SVR, {"C": 50.0}), ("NuSVR", NuSVR, {})]:
        yield name, {"data": "targets", **without_data(summed(kind, X, targets, X[:25], **arguments))}
    content = summed(OneClassSVM, X, None, X[:25], nu=0.1)
    yield "OneClassSVM", {"data": "targets", **without_data(content)}


def fixtures():
    yield "classifiers", named(classifiers())
    yield "sums", named(sums())
    yield "large", {"cases": [{"name": name, **content} for name, content in large()]}
