"""Decision trees, node for node.

A fixture holds one table of data and many trees grown on it. Parameters are texts, as a command line has them.
"""

import numpy as np
from sklearn.datasets import make_classification
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

TOOLS = ["scikit-learn", "numpy"]


def text(value):
    """A parameter's value as the command line writes it."""
    if isinstance(value, dict):
        return ",".join(f"{name}:{float(weight)}" for name, weight in value.items())
    return "none" if value is None else str(value)


def grown(model, X):
    """What there is to compare of a fitted tree."""
    tree = model.tree_
    return {
        "feature": tree.feature, "threshold": tree.threshold, "left": tree.children_left,
        "right": tree.children_right, "impurity": tree.impurity, "rows": tree.n_node_samples,
        "weight": tree.weighted_n_node_samples, "missing_left": tree.missing_go_to_left.astype(int),
        "value": tree.value.reshape(tree.node_count, -1), "importances": model.feature_importances_,
        "depth": model.get_depth(), "leaves": model.get_n_leaves(), "apply": model.apply(X),
    }


def case(kind, X, y, weights, name, **parameters):
    """A tree; `weights` names one of the fixture's weights."""
    model = kind(**{"random_state": 0, **parameters})
    with np.errstate(all="ignore"):  # The reference adds up tables with missing and extreme values.
        model.fit(X, y, sample_weight=None if name is None else weights[name])
        result = grown(model, X)
    texts = {key: text(value) for key, value in {"random_state": 0, **parameters}.items()}
    texts["seed"] = texts.pop("random_state")
    return {"parameters": texts, "weights": name or "", **result}


def table(kind, X, y, weights, cases, compared=None):
    """A fixture: the data and the trees. `X` is what the reader has, `compared` the same for the reference."""
    data = X if compared is None else compared
    return {
        "X": X, "y": y, "weights": weights,
        "cases": [case(kind, data, y, weights, name, **parameters) for name, parameters in cases],
    }


def all_weights(random, n):
    """Weights whose sums are exact and weights whose sums are not, both with zeros."""
    return {
        "counts": random.poisson(1.0, n).astype(float),
        "halves": random.randint(0, 5, n) / 2,
        "fractions": np.round(random.uniform(0, 2, n), 2),
    }


def noisy_classes(random, X, n_classes):
    """Classes that the first two columns tell apart, one label in seven wrong."""
    score = np.nan_to_num(X[:, 0]) + 0.5 * np.nan_to_num(X[:, min(1, X.shape[1] - 1)])
    y = np.digitize(score, np.quantile(score, np.linspace(0, 1, n_classes + 1)[1:-1]))
    wrong = random.uniform(size=len(y)) < 1 / 7
    return np.where(wrong, random.randint(0, n_classes, len(y)), y)


GROWTH = [
    {}, {"random_state": 1}, {"random_state": 2**32 - 1}, {"max_depth": 3}, {"max_features": "sqrt"},
    {"max_features": "log2", "random_state": 3}, {"max_features": 2, "random_state": 4}, {"max_features": 0.6},
    {"max_features": 1, "random_state": 5}, {"min_samples_split": 12}, {"min_samples_split": 0.2},
    {"min_samples_leaf": 6}, {"min_samples_leaf": 0.07}, {"min_weight_fraction_leaf": 0.06},
    {"min_impurity_decrease": 0.01}, {"max_leaf_nodes": 9}, {"max_leaf_nodes": 25, "max_features": 2},
    {"max_leaf_nodes": 12, "min_samples_leaf": 4}, {"splitter": "random"},
    {"splitter": "random", "max_features": 2, "random_state": 6}, {"splitter": "random", "min_samples_leaf": 5},
    {"splitter": "random", "max_leaf_nodes": 10}, {"ccp_alpha": 0.01}, {"ccp_alpha": 0.004, "max_leaf_nodes": 15},
]
WEIGHTED = [
    ("counts", {}), ("halves", {}), ("fractions", {}), ("fractions", {"max_features": 2, "random_state": 1}),
    ("fractions", {"min_weight_fraction_leaf": 0.05}), ("fractions", {"min_samples_leaf": 5}),
    ("counts", {"min_weight_fraction_leaf": 0.05}), ("fractions", {"max_leaf_nodes": 12}),
    ("counts", {"max_leaf_nodes": 12}), ("fractions", {"splitter": "random"}), ("counts", {"splitter": "random"}),
]


def classifiers():
    random = np.random.RandomState(1)
    kind = DecisionTreeClassifier
    plain = [(None, growth) for growth in GROWTH]

    X = np.round(random.randn(90, 5), 3)
    weights = all_weights(random, 90)
    y = noisy_classes(random, X, 2)
    yield "classifier-two", table(kind, X, y, weights, plain + WEIGHTED)
    y = noisy_classes(random, X, 3)
    entropy = [(name, {"criterion": "entropy", **growth}) for name, growth in plain[:8] + WEIGHTED[:6]]
    yield "classifier-three", table(kind, X, y, weights, plain[:16] + WEIGHTED[:6] + entropy)
    balanced = [
        (None, {"class_weight": "balanced"}), ("counts", {"class_weight": "balanced"}),
        (None, {"class_weight": {0: 2.0, 2: 0.5}}), ("fractions", {"class_weight": {0: 1.0, 1: 0.3, 2: 3.0}}),
        (None, {"class_weight": {0: 0.0, 1: 1.0, 2: 1.0}}), (None, {"criterion": "log_loss", "max_depth": 4}),
        (None, {"class_weight": "balanced", "criterion": "entropy", "max_leaf_nodes": 8}),
        (None, {"class_weight": "balanced", "splitter": "random"}),
    ]
    yield "classifier-class-weights", table(kind, X, y, weights, balanced)

    X = random.randint(0, 5, (120, 6)).astype(float)
    y = noisy_classes(random, X, 2)
    entropy = [(None, {"criterion": "entropy"}), ("fractions", {"criterion": "entropy", "min_samples_leaf": 3})]
    yield "classifier-ties", table(kind, X, y, all_weights(random, 120), plain[:14] + WEIGHTED + entropy)

    X = np.round(random.randn(100, 5), 2)
    X[random.uniform(size=X.shape) < 0.15] = np.nan
    X[:, 3] = np.where(random.uniform(size=100) < 0.9, np.nan, X[:, 3])
    X[:, 4] = np.nan
    y = np.where(np.isnan(X[:, 0]), 1, noisy_classes(random, X, 3))
    yield "classifier-missing", table(kind, X, y, all_weights(random, 100), plain[:22] + WEIGHTED)

    X = np.zeros((80, 7))
    X[:, 1] = 3.25
    X[:, 2] = random.randint(0, 3, 80) * 4e-8
    X[:, 3] = 1 + random.randint(0, 6, 80) * 4e-8
    X[:, 4] = random.randint(0, 2, 80)
    X[:, 5] = np.round(random.randn(80), 1)
    X[:, 6] = random.randint(0, 4, 80) * 1.2e-7
    y = noisy_classes(random, X[:, 4:], 2)
    yield "classifier-constants", table(kind, X, y, all_weights(random, 80), plain[:20] + WEIGHTED[:5])

    X = random.randint(0, 3, (90, 3)).astype(float)
    y = random.randint(0, 4, 90)
    yield "classifier-duplicates", table(kind, X, y, all_weights(random, 90), plain[:12] + WEIGHTED[:4])


def small():
    random = np.random.RandomState(2)
    few = [(None, {}), (None, {"max_features": 1}), (None, {"splitter": "random"}), (None, {"max_leaf_nodes": 4})]
    yield "one-row", table(DecisionTreeClassifier, np.array([[1.5, -2.0]]), np.array([3]), {}, few)
    yield "one-class", table(DecisionTreeClassifier, np.round(random.randn(9, 2), 2), np.zeros(9, int), {}, few)
    y = random.randint(0, 2, 60)
    yield "one-column", table(DecisionTreeClassifier, np.round(random.randn(60, 1), 1), y, {}, few)
    yield "constant-table", table(DecisionTreeClassifier, np.full((20, 3), 0.1), y[:20], {}, few)
    yield "all-missing", table(DecisionTreeClassifier, np.full((12, 2), np.nan), y[:12], {}, few)
    extreme = np.array([[-3.4e38], [3.4e38], [1e-45], [-1e-45], [0.0], [-0.0], [1e10], [1e10 + 1]] * 3)
    yield "extreme-values", table(DecisionTreeClassifier, extreme, np.arange(24) % 8 % 5, {}, few)
    yield "two-rows", table(DecisionTreeRegressor, np.array([[1.0], [2.0]]), np.array([0.1, 0.7]), {}, few)


def regressors():
    random = np.random.RandomState(3)
    kind = DecisionTreeRegressor
    plain = [(None, growth) for growth in GROWTH]
    most = plain[:3] + plain[5:8] + plain[9:22] + [(None, {"ccp_alpha": 0.05})]

    def target(X):
        return np.round(np.sin(np.nan_to_num(X[:, 0])) + 0.3 * np.nan_to_num(X[:, -1]) + 0.2 * random.randn(len(X)), 3)

    X = random.randint(-2**12, 2**12, (48, 4)) / 2.0**10
    yield "regressor", table(kind, X, target(X), all_weights(random, 48), most + WEIGHTED)

    X = random.randint(0, 6, (60, 5)).astype(float)
    yield "regressor-ties", table(kind, X, target(X), all_weights(random, 60), most[:12] + WEIGHTED[:6])

    X = np.round(random.randn(50, 4), 2)
    X[random.uniform(size=X.shape) < 0.2] = np.nan
    yield "regressor-missing", table(kind, X, target(X), all_weights(random, 50), most[:15] + WEIGHTED)

    X = np.round(random.randn(70, 4), 1)
    y = random.poisson(np.exp(X[:, 0])).astype(float)
    poisson = [(name, {"criterion": "poisson", **growth}) for name, growth in plain[:6] + WEIGHTED[:3] + plain[15:20]]
    yield "regressor-whole", table(kind, X, y, all_weights(random, 70), plain[:12] + WEIGHTED[:6] + poisson)


def large():
    """Tables of some thousand rows that the reader draws itself: uniform columns, the last ones in steps."""
    X = np.random.RandomState(5).uniform(size=(3000, 6))
    X[:, 4] = np.floor(X[:, 4] * 12)
    X[:, 5] = np.floor(X[:, 5] * 300)
    y = ((X[:, 0] + X[:, 1] > 1) ^ (X[:, 4] < 3)).astype(int) + (X[:, 2] > 0.9)
    cases = [(None, {"max_depth": 9}), (None, {"max_features": "sqrt", "max_depth": 7, "random_state": 9})]
    weights = {"fractions": np.round(X[:, 3] * 2, 1)}
    weighted = [("fractions", {"max_depth": 7})]
    recipe = {"seed": 5, "rows": 3000, "columns": 6}

    def drawn(kind, y, cases):
        fixture = table(kind, X, y, weights, cases)
        del fixture["X"], fixture["weights"]
        for case in fixture["cases"]:
            del case["apply"]
        return {**fixture, "recipe": recipe}

    yield "large-classifier", drawn(DecisionTreeClassifier, y, cases + weighted)
    y = np.round(X[:, 0] * X[:, 1] + X[:, 4] / 10, 4)
    cases = [(name, {**growth, "max_depth": 7}) for name, growth in cases]
    yield "large-regressor", drawn(DecisionTreeRegressor, y, cases + weighted)


def fixtures():
    yield from classifiers()
    yield from small()
    yield from regressors()
    yield from large()
    X, y = make_classification(300, 20, random_state=42)
    # The shortest decimals that are the same 32-bit numbers.
    short = np.array([float(str(value)) for value in X.astype(np.float32).ravel()]).reshape(X.shape)
    cases = [(None, {"random_state": 42}), (None, {"random_state": 42, "max_features": "sqrt"})]
    yield "check-values", table(DecisionTreeClassifier, short, y, {}, cases, compared=X)
