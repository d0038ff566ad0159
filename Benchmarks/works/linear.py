"""Linear models."""
from . import Work, estimator, timed

WORKS = {
    "linear": Work("linear regression 500,000 x 100", [("intelex", 1.0), ("sklearn", None)]),
    "ridge": Work("ridge regression 500,000 x 100", [("intelex", 1.0), ("sklearn", None)]),
    "lasso": Work("lasso 500,000 x 100", [("intelex", 1.0), ("sklearn", None)]),
    "logistic-mnist": Work(
        "logistic regression MNIST 20,000 x 784, 100 iterations", [("intelex", 0.5)], sizes=(0.25, 2),
        needs="mnist.f64", rounds=1,
    ),
    "logistic": Work("logistic regression 80,000 x 20", [("intelex", 1.0), ("sklearn", None)]),
}


def linear(peer, data):
    x, y = data.matrix("regression", 100, 500_000), data.vector("regression-y", 500_000)
    model = estimator(peer, "linear_model", "LinearRegression")()
    _, seconds = timed(lambda: model.fit(x, y))
    return seconds, {"r2": float(model.score(x, y)), "intercept": float(model.intercept_)}


def ridge(peer, data):
    x, y = data.matrix("regression", 100, 500_000), data.vector("regression-y", 500_000)
    model = estimator(peer, "linear_model", "Ridge")()
    _, seconds = timed(lambda: model.fit(x, y))
    return seconds, {"r2": float(model.score(x, y)), "intercept": float(model.intercept_)}


def lasso(peer, data):
    x, y = data.matrix("regression", 100, 500_000), data.vector("regression-y", 500_000)
    model = estimator(peer, "linear_model", "Lasso")()
    _, seconds = timed(lambda: model.fit(x, y))
    return seconds, {
        "r2": float(model.score(x, y)), "features": int((model.coef_ != 0).sum()), "iterations": int(model.n_iter_),
    }


def logistic_mnist(peer, data):
    x, y = data.matrix("mnist", 784, 20_000), data.vector("mnist-y", 20_000)
    model = estimator(peer, "linear_model", "LogisticRegression")(max_iter=100)
    _, seconds = timed(lambda: model.fit(x, y))
    return seconds, {"accuracy": float(model.score(x, y)), "iterations": int(model.n_iter_[0])}


def logistic(peer, data):
    x, y = data.matrix("classification", 20, 80_000), data.vector("classification-y", 80_000)
    model = estimator(peer, "linear_model", "LogisticRegression")()
    _, seconds = timed(lambda: model.fit(x, y))
    return seconds, {"accuracy": float(model.score(x, y)), "iterations": int(model.n_iter_[0])}
