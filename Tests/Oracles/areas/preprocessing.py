"""Scalers, imputation, one-hot encoding, polynomial features and pipelines of them."""

import warnings

import numpy as np
from sklearn.datasets import load_iris
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, PolynomialFeatures, StandardScaler

TOOLS = ["scikit-learn", "numpy"]


def tables():
    """Finite tables by name."""
    random = np.random.RandomState(0)
    yield "normal", random.randn(40, 5)
    yield "one row", random.randn(1, 3)
    yield "one column", random.randn(300, 1)
    yield "wide", random.randn(3, 40)
    yield "far from the origin", 1e6 + random.random_sample((30, 3))
    constant = np.column_stack([np.full(10, 0.1), np.full(10, 1e9), 1e9 + 1e-7 * np.arange(10), np.zeros(10)])
    yield "constant columns", constant


def with_holes(X, part, seed):
    X = X.copy()
    X[np.random.RandomState(seed).random_sample(X.shape) < part] = np.nan
    return X


def standard():
    for name, X in tables():
        model = StandardScaler().fit(X)
        yield {
            "name": name, "X": X, "weights": None, "mean": model.mean_, "variance": model.var_, "scale": model.scale_,
            "transformed": model.transform(X),
        }
    holes = with_holes(np.random.RandomState(1).randn(20, 4), 0.3, 2)
    model = StandardScaler().fit(holes)
    yield {
        "name": "missing values", "X": holes, "weights": None, "mean": model.mean_, "variance": model.var_,
        "scale": model.scale_, "transformed": model.transform(holes),
    }
    weights = np.random.RandomState(3).randint(0, 3, 20).astype(float)
    for name, X in [("weighted", np.random.RandomState(4).randn(20, 4)), ("weighted with missing values", holes)]:
        model = StandardScaler().fit(X, sample_weight=weights)
        yield {
            "name": name, "X": X, "weights": weights, "mean": model.mean_, "variance": model.var_,
            "scale": model.scale_, "transformed": model.transform(X),
        }


def minmax():
    some = [(name, X) for name, X in tables() if X.size < 150]
    for name, X in [*some, ("missing values", with_holes(np.random.RandomState(5).randn(20, 4), 0.3, 6))]:
        for feature_range, clip in [((0, 1), False), ((-1, 3), True)]:
            model = MinMaxScaler(feature_range=feature_range, clip=clip).fit(X)
            later = X * 1.5
            yield {
                "name": name, "X": X, "range": list(feature_range), "clip": clip,
                "transformed": model.transform(X), "later": model.transform(later),
            }


def imputed():
    random = np.random.RandomState(7)
    whole = with_holes(random.randint(-3, 4, (15, 6)).astype(float), 0.3, 8)
    whole[:, 2] = np.nan
    later = with_holes(random.randint(-3, 4, (5, 6)).astype(float), 0.5, 9)
    for strategy in ("mean", "median", "most_frequent", "constant"):
        for keep in (False, True):
            for indicator in (False, True):
                for fill in (None, -7.5) if strategy == "constant" else (None,):
                    model = SimpleImputer(
                        strategy=strategy, fill_value=fill, keep_empty_features=keep, add_indicator=indicator)
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore")
                        names = model.fit(whole).get_feature_names_out([f"c{j}" for j in range(6)])
                        yield {
                            "strategy": strategy, "keep": keep, "indicator": indicator, "fill": fill, "X": whole,
                            "later": later, "transformed": model.transform(whole),
                            "transformed_later": model.transform(later), "names": names.tolist(),
                        }


def encoded():
    random = np.random.RandomState(10)
    X = np.column_stack([
        random.randint(0, 3, 12), random.randint(0, 2, 12) * 2.5 - 1, np.full(12, 4.0), random.randint(-2, 3, 12) / 4,
    ]).astype(float)
    holes = X.copy()
    holes[[2, 5], 0] = np.nan
    holes[3, 2] = np.nan
    for name, data in [("numbers", X), ("missing values", holes)]:
        for drop in (None, "first", "if_binary"):
            model = OneHotEncoder(drop=drop, handle_unknown="ignore", sparse_output=False).fit(data)
            later = data.copy()
            later[0, 0] = 99
            later[1, 3] = -99
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield {
                    "name": name, "X": data, "drop": drop or "none", "later": later,
                    "transformed": model.transform(data), "transformed_later": model.transform(later),
                    "categories": [categories.tolist() for categories in model.categories_],
                    "names": model.get_feature_names_out(["a", "b", "c", "d"]).tolist(),
                }


def polynomial():
    X = np.random.RandomState(11).randn(4, 3)
    for data in (X, X[:, :1].copy()):
        for degree in (0, 1, 2, 3, 5):
            for interaction in (False, True):
                for bias in (True, False):
                    if degree == 0 and not bias:
                        continue
                    model = PolynomialFeatures(degree, interaction_only=interaction, include_bias=bias).fit(data)
                    names = model.get_feature_names_out(["u", "v", "w"][: data.shape[1]])
                    yield {
                        "X": data, "degree": degree, "interaction": interaction, "bias": bias,
                        "transformed": model.transform(data), "names": names.tolist(),
                    }


def pipelines():
    rows = np.random.RandomState(12).permutation(150)[:50]
    iris = load_iris()
    X, y = with_holes(iris.data[rows], 0.1, 13), iris.target[rows]
    model = make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression(C=0.5)).fit(X, y)
    yield "pipeline-classifier", {
        "X": X, "y": y, "probability": model.predict_proba(X), "prediction": model.predict(X),
        "iterations": int(model[-1].n_iter_[0]),
    }
    points = np.linspace(0, 1, 10)[:, None]
    targets = np.cos(1.5 * np.pi * points[:, 0])
    model = make_pipeline(PolynomialFeatures(3, include_bias=False), LinearRegression()).fit(points, targets)
    yield "pipeline-regressor", {"X": points, "y": targets, "prediction": model.predict(points)}
    Z = iris.data[rows][:12]
    model = make_pipeline(MinMaxScaler(), PolynomialFeatures(2)).fit(Z)
    yield "pipeline-transformer", {
        "X": Z, "transformed": model.transform(Z), "names": model.get_feature_names_out(["a", "b", "c", "d"]).tolist(),
    }


def fixtures():
    yield "standard-scaler", {"cases": list(standard())}
    yield "min-max-scaler", {"cases": list(minmax())}
    yield "simple-imputer", {"cases": list(imputed())}
    yield "one-hot-encoder", {"cases": list(encoded())}
    yield "polynomial-features", {"cases": list(polynomial())}
    yield from pipelines()
