"""Naive Bayes: parameters, joint log likelihoods, probabilities and predictions, whole and in parts."""

import warnings

import numpy as np
from sklearn.naive_bayes import BernoulliNB, CategoricalNB, ComplementNB, GaussianNB, MultinomialNB

TOOLS = ["scikit-learn", "numpy"]

KINDS = {
    "gaussian": GaussianNB, "multinomial": MultinomialNB, "bernoulli": BernoulliNB, "complement": ComplementNB,
    "categorical": CategoricalNB,
}


def named_priors(values, y):
    return {str(label): float(value) for label, value in zip(np.unique(y), values)}


def case(name, kind, X, y, other, weights=None, parts=None, **arguments):
    """A model fitted on X, y, or learned in parts that end at the given rows."""
    X, other = np.asarray(X, dtype=float), np.asarray(other, dtype=float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = KINDS[kind](**arguments)
        if parts is None:
            model.fit(X, y, sample_weight=weights)
        else:
            for start, end in zip([0, *parts], [*parts, len(X)]):
                part = None if weights is None else weights[start:end]
                model.partial_fit(X[start:end], y[start:end], classes=np.unique(y), sample_weight=part)
        joint = model.predict_joint_log_proba(other)
        content = {
            "joint": joint, "log": model.predict_log_proba(other)[:2], "probability": model.predict_proba(other),
            "prediction": model.predict(other),
        }
    for key in ("priors", "class_prior"):
        if key in arguments:
            arguments[key] = named_priors(arguments[key], y)
    if kind == "gaussian":
        content |= {"means": model.theta_, "variances": model.var_, "priors": model.class_prior_}
    else:
        content |= {"priors": model.class_log_prior_, "class_weights": model.class_count_}
        if kind != "categorical":
            content |= {"counts": model.feature_count_, "weights_by_feature": model.feature_log_prob_}
    return {
        "name": name, "kind": kind, "X": X, "y": y, "other": other, "weights": weights, "parts": parts,
        "arguments": arguments, **content,
    }


def gaussian():
    random = np.random.RandomState(1)
    y = random.randint(0, 3, 50)
    X = random.randn(50, 4) * [1, 10, 0.1, 3] + y[:, None] * [1.0, -4, 0.1, 0]
    other = X[:9] + 0.3
    weights = random.random_sample(50) * (random.random_sample(50) > 0.2)
    yield case("three classes", "gaussian", X, y, other)
    yield case("weighted", "gaussian", X, y, other, weights)
    yield case("priors", "gaussian", X, y, other, priors=[0.2, 0.5, 0.3])
    yield case("words", "gaussian", X, np.array(["lynx", "cat", "dog"])[y], other)
    yield case("much smoothing", "gaussian", X, y, other, var_smoothing=0.1)
    yield case("in parts without smoothing", "gaussian", X, y, other, parts=[7, 20], var_smoothing=0.0)
    yield case("in weighted parts without smoothing", "gaussian", X, y, other, weights, parts=[11, 40], var_smoothing=0.0)
    yield case("wide", "gaussian", np.round(random.randn(6, 150), 4), np.array([0, 1] * 3), np.round(random.randn(2, 150), 4))
    yield case("one column", "gaussian", X[:, :1], y, other[:, :1], weights)
    yield case("tiny", "gaussian", [[0.0, 5.0], [1.0, 5.0]], np.array([1, 7]), [[0.2, 5.0], [0.9, 5.1]])
    yield case("constant column", "gaussian", np.column_stack([X[:, 0], np.full(50, 3.0)]), y, [[0.1, 3.0], [2.0, 3.0]])
    yield case("one class", "gaussian", X[:8], np.full(8, 4), other)
    tall = np.round(random.randn(300, 2), 3)
    yield case("tall", "gaussian", tall, (tall.sum(axis=1) > 0.4).astype(int), tall[:6])


def discrete():
    random = np.random.RandomState(2)
    y = random.randint(0, 3, 40)
    X = random.poisson(1.0, (40, 6)) + (y[:, None] == np.arange(6) % 3)
    other = random.poisson(1.0, (9, 6))
    weights = random.random_sample(40) * (random.random_sample(40) > 0.2)
    fractions = np.round(X * random.random_sample(X.shape), 3)
    one_word = np.eye(3)[y]
    for kind in ("multinomial", "bernoulli", "complement"):
        yield case("three classes", kind, X, y, other)
        yield case("weighted", kind, X, y, other, weights)
        yield case("fractions", kind, fractions, y, other)
        yield case("little smoothing", kind, X, y, other, alpha=0.01)
        yield case("priors", kind, X, y, other, class_prior=[0.2, 0.5, 0.3])
        yield case("equal priors", kind, X, y, other, weights, fit_prior=False)
        yield case("in parts", kind, X, y, other, parts=[7, 20])
        yield case("in weighted parts", kind, X, y, other, weights, parts=[20])
        yield case("two classes in words", kind, X, np.where(y == 1, "yes", "no"), other)
        yield case("one class", kind, X[:5], np.full(5, 2), other)
        yield case("tiny", kind, [[1.0], [0.0]], np.array([0, 1]), [[1.0], [0.0]])
        yield case("wide", kind, random.poisson(0.3, (5, 150)), np.array([0, 1, 1, 0, 1]), random.poisson(0.3, (2, 150)))
        yield case("raised smoothing", kind, one_word, y, one_word[:4], alpha=0.0, force_alpha=False)
    yield case("no smoothing", "multinomial", X + 1, y, other, alpha=0.0)
    yield case("normalised", "complement", X, y, other, norm=True)
    yield case("normalised and weighted", "complement", X, y, other, weights, norm=True)
    yield case("marks as they are", "bernoulli", (X > 1).astype(float), y, other > 1, binarize=None)
    yield case("marks above one", "bernoulli", X, y, other, weights, binarize=1.0)


def categorical():
    random = np.random.RandomState(3)
    y = random.randint(0, 3, 40)
    X = np.column_stack([(y + random.randint(0, 2, 40)) % 3, random.randint(0, 5, 40), random.randint(0, 2, 40)])
    weights = random.random_sample(40)
    yield case("three classes", "categorical", X, y, X[:9])
    yield case("weighted", "categorical", X, y, X[:9], weights)
    yield case("more categories", "categorical", X, y, X[:9] + [2, 0, 0], alpha=0.5, min_categories=6)
    yield case("in parts", "categorical", X, y, X[:9], parts=[5, 20])
    yield case("priors", "categorical", X, y, X[:9], class_prior=[0.2, 0.5, 0.3])
    yield case("equal priors", "categorical", X, y, X[:9], fit_prior=False)
    yield case("one class", "categorical", X[:5], np.full(5, 2), X[:2])


def shared(cases):
    """The cases; what one shares with the one before it (X, y, other) is null."""
    last, result = {}, []
    for content in cases:
        same = {key: None for key in ("X", "y", "other") if np.array_equal(content[key], last.get(key))}
        result.append({**content, **same})
        last = content
    return {"cases": result}


def fixtures():
    yield "gaussian", shared(gaussian())
    for kind in ("multinomial", "bernoulli", "complement"):
        yield kind, shared(content for content in discrete() if content["kind"] == kind)
    yield "categorical", shared(categorical())
