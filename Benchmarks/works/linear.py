"""Linear models."""
from . import Work, estimator, timed

WORKS = {
    "linear": Work("linear regression 500,000 x 100", [("intelex", 1.0), ("sklearn", None)]),
    "logistic": Work("logistic regression 80,000 x 20", [("intelex", 1.0), ("sklearn", None)]),
}


def linear(peer, data):
    x, y = data.matrix("regression", 100, 500_000), data.vector("regression-y", 500_000)
    model = estimator(peer, "linear_model", "LinearRegression")()
    _, seconds = timed(lambda: model.fit(x, y))
    return seconds, {"r2": float(model.score(x, y)), "intercept": float(model.intercept_)}


def logistic(peer, data):
    x, y = data.matrix("classification", 20, 80_000), data.vector("classification-y", 80_000)
    model = estimator(peer, "linear_model", "LogisticRegression")()
    _, seconds = timed(lambda: model.fit(x, y))
    return seconds, {"accuracy": float(model.score(x, y)), "iterations": int(model.n_iter_[0])}
