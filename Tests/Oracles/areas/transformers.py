"""Encoders of categories, functions, indicators and selection of features."""

import warnings

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_selection import (
    RFE, RFECV, SelectFromModel, SelectKBest, SelectPercentile, chi2, f_classif, f_regression, mutual_info_classif,
    mutual_info_regression)
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.linear_model import Lasso, LinearRegression, LogisticRegression
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, StandardScaler, TargetEncoder

TOOLS = ["scikit-learn", "numpy"]

warnings.simplefilter("ignore")

NAMES = ["a", "b", "c"]


def categories(count, seed, missing=0.1):
    """Categories as numbers, some of them rare: many of a, few of b, two of c."""
    random = np.random.RandomState(seed)
    x = np.column_stack([
        random.geometric(0.3, count), random.randint(-2, 2, count), random.randint(0, 2, count) * 5,
    ]).astype(float)
    x[random.uniform(size=count) < missing, 0] = np.nan
    return x


def one_hot():
    x, later = categories(30, 0), categories(6, 1)
    later[0] = [99, 7, -1]
    x[x[:, 1] == 1, 1] = 0
    for drop in [None, "first", "if_binary", [2.0, -1.0, 5.0]]:
        for limits in [{}, {"min_frequency": 4}, {"min_frequency": 0.2}, {"max_categories": 3}, {"max_categories": 1},
                       {"min_frequency": 3, "max_categories": 4}]:
            for unknown in ["ignore", "infrequent_if_exist"] if limits else ["ignore"]:
                arguments = {"drop": drop, "handle_unknown": unknown, **limits}
                model = OneHotEncoder(sparse_output=False, **arguments)
                try:
                    model.fit(x)
                except ValueError:
                    yield {"arguments": arguments, "x": x, "fails": True}
                    continue
                changed = model.transform(x)
                infrequent = getattr(model, "infrequent_categories_", [None] * 3)
                case = {"arguments": arguments, "x": x, "later": later, "changed": changed,
                        "changedLater": model.transform(later), "names": list(model.get_feature_names_out(NAMES)),
                        "infrequent": [[] if one is None else list(one) for one in infrequent], "fails": False}
                if not limits:
                    restored = model.inverse_transform(model.transform(later))
                    case["restored"] = np.array(
                        [[np.nan if one is None else one for one in row] for row in restored], dtype=float)
                yield case


def ordinal():
    x, later = categories(60, 2), categories(20, 3)
    later[0] = [99, 7, -1]
    for limits in [{}, {"min_frequency": 6}, {"max_categories": 3}]:
        for special in [{}, {"encoded_missing_value": -2}]:
            for unknown in [-1, np.nan]:
                arguments = {"handle_unknown": "use_encoded_value", "unknown_value": unknown, **limits, **special}
                model = OrdinalEncoder(**arguments).fit(x)
                case = {"arguments": arguments, "x": x, "later": later, "changed": model.transform(x),
                        "changedLater": model.transform(later)}
                if not limits and not np.isnan(unknown) and special:
                    restored = model.inverse_transform(model.transform(later))
                    case["restored"] = np.array(
                        [[np.nan if one is None else one for one in row] for row in restored], dtype=float)
                yield case


def target():
    for seed, count in enumerate([45]):
        x, later = categories(count, 10 + seed), categories(6, 20 + seed)
        later[0] = [99, 7, -1]
        random = np.random.RandomState(seed)
        numbers = np.round(random.standard_normal(count) * 3 + np.nan_to_num(x[:, 0]), 3)
        kinds = {"continuous": numbers, "binary": (numbers > 2).astype(int), "multiclass": np.digitize(numbers, [1, 4])}
        for kind, y in kinds.items():
            for arguments in [{}, {"smooth": 3.5}, {"smooth": 0.0, "cv": 3}, {"shuffle": False}]:
                model = TargetEncoder(random_state=seed, **arguments)
                if arguments.get("shuffle") is False:
                    model = TargetEncoder(**arguments)
                fitted = model.fit_transform(x, y)
                yield {"arguments": arguments, "seed": seed, "kind": kind, "x": x, "y": y, "later": later,
                       "fitted": fitted, "changedLater": model.transform(later),
                       "encodings": [list(one) for one in model.encodings_],
                       "names": list(model.get_feature_names_out(NAMES))}


def functions():
    x = np.round(np.random.RandomState(4).uniform(0.1, 5, (6, 3)), 3)
    pairs = {"log": (np.log, np.exp), "log1p": (np.log1p, np.expm1), "log10": (np.log10, lambda v: 10.0 ** v),
             "exp": (np.exp, np.log), "expm1": (np.expm1, np.log1p), "sqrt": (np.sqrt, np.square),
             "square": (np.square, np.sqrt), "cbrt": (np.cbrt, lambda v: v ** 3), "abs": (np.abs, None),
             "reciprocal": (np.reciprocal, np.reciprocal), "negative": (np.negative, np.negative)}
    for name, (function, inverse) in pairs.items():
        model = FunctionTransformer(function, inverse_func=inverse, check_inverse=False).fit(x)
        yield {"name": name, "x": x, "changed": model.transform(x),
               "restored": None if inverse is None else model.inverse_transform(model.transform(x))}


def indicators():
    x, later = categories(12, 5, 0.4), categories(6, 6, 0.4)
    for arguments in [{"features": "missing-only"}, {"features": "all"}]:
        model = MissingIndicator(**arguments).fit(x)
        yield {"arguments": arguments, "x": x, "changed": model.transform(x).astype(float),
               "changedLater": model.transform(later).astype(float), "names": list(model.get_feature_names_out(NAMES))}


def restored():
    x = categories(12, 7, 0.4)
    model = SimpleImputer(strategy="median", add_indicator=True).fit(x)
    return {"x": x, "changed": model.transform(x), "restored": model.inverse_transform(model.transform(x)),
            "names": list(model.get_feature_names_out(NAMES))}


def tables():
    random = np.random.RandomState(8)
    iris = load_iris(return_X_y=True)
    few = random.permutation(150)[:90]
    yield "iris", iris[0][few], iris[1][few], True
    x = np.round(random.standard_normal((120, 5)) * [1, 10, 0.1, 3, 1], 4)
    x[:, 4] = 2.5
    yield "two classes", x, (x[:, 0] + 0.1 * x[:, 1] > 0.2).astype(int), True
    yield "numbers", x, np.round(x[:, 0] * 2 + x[:, 1] ** 2 / 50 + random.standard_normal(120), 4), False
    coarse = random.randint(0, 4, (80, 3)).astype(float)
    yield "ties", coarse, np.round(coarse[:, 0] + random.standard_normal(80), 2), False
    yield "tied classes", coarse, (coarse[:, 1] > 1).astype(int), True


def univariate():
    for name, x, y, is_class in tables():
        case = {"name": name, "x": x, "y": y, "classes": is_class}
        if is_class:
            case["f"], case["fP"] = f_classif(x, y)
            case["chi2"], case["chi2P"] = chi2(np.abs(x), y)
            function, mutual = f_classif, mutual_info_classif
        else:
            case["f"], case["fP"] = f_regression(x, y)
            function, mutual = f_regression, mutual_info_regression
        case["mutual"] = mutual(x, y, random_state=0)
        case["mutual5"] = mutual(x, y, random_state=7, n_neighbors=5)
        if name.startswith("tie"):
            case["mutualDiscrete"] = mutual(x, y, random_state=3, discrete_features=[0])
        case["best"] = SelectKBest(function, k=2).fit(x, y).get_support(True)
        case["percent"] = SelectPercentile(function, percentile=50).fit(x, y).get_support(True)
        yield case


def by_model():
    x, y = load_breast_cancer(return_X_y=True)
    x = np.round(StandardScaler().fit_transform(x[:120, :7]), 3)
    y = y[:120]
    yield {"name": "logistic", "x": x, "y": y, "classes": True,
           "mean": SelectFromModel(LogisticRegression()).fit(x, y).get_support(True),
           "scaledMedian": SelectFromModel(LogisticRegression(), threshold="0.9*median").fit(x, y).get_support(True),
           "most": SelectFromModel(LogisticRegression(), threshold=-np.inf, max_features=3).fit(x, y).get_support(True),
           "rfe": RFE(LogisticRegression(), n_features_to_select=3).fit(x, y).ranking_,
           "rfeSteps": RFE(LogisticRegression(), n_features_to_select=0.5, step=3).fit(x, y).ranking_}
    cv = RFECV(LogisticRegression(), cv=4).fit(x, y)
    yield {"name": "cv", "x": x, "y": y, "classes": True, "ranking": cv.ranking_,
           "scores": cv.cv_results_["mean_test_score"], "counts": cv.cv_results_["n_features"]}
    forest = RandomForestClassifier(n_estimators=10, random_state=1)
    yield {"name": "forest", "x": x, "y": y, "classes": True,
           "mean": SelectFromModel(forest).fit(x, y).get_support(True),
           "rfe": RFE(forest, n_features_to_select=3, step=2).fit(x, y).ranking_}
    x, y = load_diabetes(return_X_y=True)
    x = np.round(x, 4)
    yield {"name": "lasso", "x": x[:150], "y": y[:150], "classes": False,
           "mean": SelectFromModel(Lasso(alpha=0.5)).fit(x[:150], y[:150]).get_support(True),
           "rfe": RFE(LinearRegression(), n_features_to_select=4).fit(x[:150], y[:150]).ranking_}


def fixtures():
    yield "one-hot", {"cases": list(one_hot())}
    yield "ordinal", {"cases": list(ordinal())}
    yield "target", {"cases": list(target())}
    yield "functions", {"cases": list(functions())}
    yield "indicators", {"cases": list(indicators())}
    yield "imputer-inverse", restored()
    yield "univariate", {"cases": list(univariate())}
    yield "by-model", {"cases": list(by_model())}
