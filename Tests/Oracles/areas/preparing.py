"""Scalers, discretizers, imputers by neighbours and selection by variance: what they learn and what they make of rows."""

import warnings

import numpy as np
from sklearn.feature_selection import VarianceThreshold
from sklearn.impute import KNNImputer
from sklearn.preprocessing import Binarizer, KBinsDiscretizer, MaxAbsScaler, Normalizer, RobustScaler

TOOLS = ["scikit-learn", "numpy"]

warnings.simplefilter("ignore")


def rows(count, columns, seed, missing=0.0):
    random = np.random.RandomState(seed)
    x = np.round(random.standard_t(3, size=(count, columns)) * 3 ** np.arange(columns) + 1, 3)
    x[random.uniform(size=x.shape) < missing] = np.nan
    return x


SHAPES = [(1, 3, 0.0), (7, 2, 0.2), (40, 4, 0.3), (9, 6, 0.0), (33, 2, 0.1)]


def scalers():
    for seed, (count, columns, missing) in enumerate(SHAPES):
        x = rows(count, columns, seed, missing)
        if count == 40:
            x[:, 1] = 2.5
            x[:, 3] = np.nan
        for name, model, arguments in [
            ("robust", RobustScaler, {}), ("robust", RobustScaler, {"with_centering": False}),
            ("robust", RobustScaler, {"with_scaling": False}),
            ("robust", RobustScaler, {"quantile_range": (10.0, 80.0), "unit_variance": True}),
            ("max-abs", MaxAbsScaler, {}), ("max-abs", MaxAbsScaler, {"clip": True}),
        ]:
            fitted = model(**arguments).fit(x)
            other = x * 1.5 + 0.25
            changed = fitted.transform(other.copy())
            yield {"name": name, "arguments": arguments, "x": x, "other": other, "changed": changed,
                   "restored": fitted.inverse_transform(changed.copy())}


def normalizers():
    for seed, (count, columns, _) in enumerate(SHAPES):
        x = rows(count, columns, seed)
        x[0] = 0
        yield {"x": x, "binary": Binarizer(threshold=0.5).fit_transform(x),
               **{norm: Normalizer(norm=norm).fit_transform(x) for norm in ["l1", "l2", "max"]}}


def bins():
    for seed, (count, columns) in enumerate([(12, 2), (60, 3), (35, 1)]):
        x = rows(count, columns, seed)
        if count == 60:
            x[:, 1] = 2.5
            x[:, 2] = np.round(x[:, 2] / 20)
        weights = np.round(np.random.RandomState(seed).exponential(size=count), 2)
        weights[::5] = 0
        for strategy in ["uniform", "quantile", "kmeans"]:
            for sample_weight in [None, weights]:
                for method in ["averaged_inverted_cdf", "inverted_cdf", "linear"]:
                    if method != "averaged_inverted_cdf" and strategy != "quantile":
                        continue
                    if method == "linear" and sample_weight is not None:
                        continue
                    arguments = {"n_bins": 4 + seed, "strategy": strategy, "quantile_method": method}
                    model = KBinsDiscretizer(encode="ordinal", **arguments).fit(x, sample_weight=sample_weight)
                    hot = KBinsDiscretizer(encode="onehot-dense", **arguments).fit(x, sample_weight=sample_weight)
                    other = x[:10] * 1.2
                    yield {
                        "arguments": arguments, "x": x, "weights": sample_weight, "other": other,
                        "edges": [np.array([]) if np.isinf(e).any() else e for e in model.bin_edges_],
                        "bins": model.transform(other), "hot": hot.transform(other[:3]),
                        "names": list(hot.get_feature_names_out()),
                        "restored": model.inverse_transform(model.transform(other)),
                    }
    x = rows(50, 2, 9)
    for sample_weight in [None, np.arange(50.0)]:
        arguments = {"n_bins": 3, "subsample": 20, "random_state": 5}
        model = KBinsDiscretizer(encode="ordinal", quantile_method="averaged_inverted_cdf", **arguments)
        model.fit(x, sample_weight=sample_weight)
        yield {"arguments": arguments, "x": x, "weights": sample_weight, "other": x[:5],
               "edges": list(model.bin_edges_), "bins": model.transform(x[:5]), "names": None, "hot": None,
               "restored": model.inverse_transform(model.transform(x[:5]))}


def imputed():
    for seed, (count, columns, missing) in enumerate([(8, 3, 0.3), (40, 5, 0.25), (6, 9, 0.4), (90, 4, 0.7)]):
        x = rows(count, columns, seed, missing)
        if count == 40:
            x[:, 2] = np.nan
        other = rows(15, columns, seed + 50, missing)
        for arguments in [{}, {"n_neighbors": 2, "weights": "distance"}, {"n_neighbors": 100},
                          {"add_indicator": True, "keep_empty_features": True, "n_neighbors": 1}]:
            model = KNNImputer(**arguments).fit(x)
            yield {"arguments": arguments, "x": x, "other": other, "mended": model.transform(x),
                   "otherMended": model.transform(other),
                   "names": list(model.get_feature_names_out([f"f{j}" for j in range(columns)]))}


def selected():
    for seed, (count, columns, missing) in enumerate(SHAPES[1:]):
        x = rows(count, columns, seed, missing)
        x[:, 0] = 1 / 3
        for threshold in [0.0, 30.0]:
            try:
                model = VarianceThreshold(threshold).fit(x)
            except ValueError:
                continue
            kept = model.transform(x)
            yield {"x": x, "threshold": threshold, "variances": model.variances_, "kept": model.get_support(True),
                   "restored": model.inverse_transform(np.nan_to_num(kept))}


def fixtures():
    yield "scalers", {"cases": list(scalers())}
    yield "normalizers", {"cases": list(normalizers())}
    yield "bins", {"cases": list(bins())}
    yield "knn-imputer", {"cases": list(imputed())}
    yield "variance-threshold", {"cases": list(selected())}
