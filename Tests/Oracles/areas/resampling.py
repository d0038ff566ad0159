"""Resampling, row for row: imbalanced-learn's samplers on two and three classes, with ties, few columns and many."""

import warnings

import numpy as np
from imblearn.over_sampling import ADASYN, SMOTE, SMOTENC, BorderlineSMOTE, RandomOverSampler
from imblearn.pipeline import make_pipeline
from imblearn.under_sampling import RandomUnderSampler, TomekLinks
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.preprocessing import StandardScaler

TOOLS = ["imbalanced-learn", "scikit-learn", "numpy"]

warnings.simplefilter("ignore")

SAMPLERS = {
    "smote": SMOTE, "borderline-smote": BorderlineSMOTE, "adasyn": ADASYN, "smotenc": SMOTENC,
    "random-over-sampler": RandomOverSampler, "random-under-sampler": RandomUnderSampler, "tomek-links": TomekLinks,
}


def overlapping(counts, columns, seed, decimals=2):
    """Classes that overlap, rows mixed, and whole decimals so that tables are small."""
    random = np.random.RandomState(seed)
    y = random.permutation(np.repeat(np.arange(len(counts)), counts))
    shifts = random.randn(len(counts), columns) * 0.6
    return np.round(random.randn(len(y), columns) + shifts[y], decimals), y


def grid(counts, columns, seed, high=4):
    random = np.random.RandomState(seed)
    y = random.permutation(np.repeat(np.arange(len(counts)), counts))
    return random.randint(0, high, (len(y), columns)).astype(float), y


def case(name, sampler_name, x, y, **arguments):
    """What a sampler makes of a table; tables that several cases share are written once, by `bundle`."""
    sampler = SAMPLERS[sampler_name](**arguments)
    new_x, new_y = sampler.fit_resample(x, y)
    named = {key: value for key, value in arguments.items() if key not in ["categorical_features", "sampling_strategy"]}
    content = {
        "name": name, "kind": sampler_name, "arguments": named, "x": x, "y": y, "rows": len(new_x),
        "strategy": arguments.get("sampling_strategy", "auto"), "counts": np.bincount(new_y),
    }
    if isinstance(content["strategy"], dict):
        content["strategy"] = {f"c{key}": value for key, value in content["strategy"].items()}
    if "categorical_features" in arguments:
        content["categorical"] = arguments["categorical_features"]
    if hasattr(sampler, "sample_indices_"):
        content["sources"] = sampler.sample_indices_
    if sampler_name in ["random-under-sampler", "tomek-links"]:
        return content
    assert np.array_equal(new_x[: len(x)], x)
    return content | {"newX": np.asarray(new_x[len(x):], dtype=float), "newY": new_y[len(x):]}


def bundle(cases):
    cases, tables = list(cases), []
    for content in cases:
        table = {"x": content.pop("x"), "y": content.pop("y")}
        place = next((k for k, other in enumerate(tables) if np.array_equal(other["x"], table["x"])), len(tables))
        if place == len(tables):
            tables.append(table)
        content["table"] = place
    return {"tables": tables, "cases": cases}


def smote_cases():
    two, three, wide = overlapping([40, 14], 3, 1), overlapping([30, 12, 9], 4, 2), overlapping([22, 9], 16, 3)
    ties = grid([50, 21], 2, 4)
    yield case("two", "smote", *two, random_state=0)
    yield case("three", "smote", *three, random_state=42)
    yield case("brute by columns", "smote", *wide, random_state=7)
    yield case("brute by neighbours", "smote", *three, random_state=1, k_neighbors=8)
    yield case("one neighbour", "smote", *two, random_state=3, k_neighbors=1)
    yield case("ties", "smote", *ties, random_state=5)
    yield case("ties by brute", "smote", *grid([26, 12], 16, 6, 3), random_state=5)
    yield case("all", "smote", *three, random_state=2, sampling_strategy="all")
    yield case("minority", "smote", *three, random_state=2, sampling_strategy="minority")
    yield case("not minority", "smote", *three, random_state=2, sampling_strategy="not minority")
    yield case("ratio", "smote", *two, random_state=2, sampling_strategy=0.7)
    yield case("counts", "smote", *three, random_state=2, sampling_strategy={2: 20, 0: 33})
    yield case("equal classes", "smote", *overlapping([12, 12], 2, 8), random_state=0)
    yield case("three at the same size", "smote", *overlapping([12, 7, 12], 2, 8), random_state=0)
    for kind in ["borderline-1", "borderline-2"]:
        yield case("two", "borderline-smote", *two, random_state=0, kind=kind)
        yield case("three", "borderline-smote", *three, random_state=11, kind=kind, k_neighbors=3, m_neighbors=7)
        yield case("wide", "borderline-smote", *wide, random_state=4, kind=kind)
        yield case("ties", "borderline-smote", *ties, random_state=5, kind=kind)
    apart = (np.vstack([two[0][two[1] == 0], two[0][two[1] == 1] + 50]), np.sort(two[1]))
    yield case("none in danger", "borderline-smote", *apart, random_state=0)
    yield case("two", "adasyn", *two, random_state=0)
    yield case("three", "adasyn", *three, random_state=9, n_neighbors=4)
    yield case("wide", "adasyn", *wide, random_state=9)
    yield case("ties", "adasyn", *ties, random_state=9)


def mixed(counts, seed, levels, continuous=2):
    x, y = overlapping(counts, continuous, seed)
    random = np.random.RandomState(seed + 100)
    categories = np.column_stack([random.randint(0, high, len(y)) * 2.0 - 1 for high in levels])
    return np.column_stack([categories[:, :1], x, categories[:, 1:]]), y


def mixed_cases():
    x, y = mixed([34, 13], 20, [3, 4])
    yield case("two", "smotenc", x, y, categorical_features=[0, 3], random_state=0)
    x, y = mixed([30, 14, 9], 21, [2, 5, 3], 3)
    yield case("three", "smotenc", x, y, categorical_features=[0, 4, 5], random_state=6, k_neighbors=4)
    x, y = mixed([25, 10], 22, [3], 1)
    yield case("one of each", "smotenc", x, y, categorical_features=[0], random_state=1)
    x, y = mixed([25, 10], 23, [3, 3], 3)
    x[:, 1:3] = np.where(y == 1, 2.0, 5.0)[:, None]
    yield case("numbers that do not vary", "smotenc", x, y, categorical_features=[0, 4], random_state=1)


def random_cases():
    two, three = overlapping([40, 14], 3, 1), overlapping([30, 12, 9], 4, 2)
    for kind in ["random-over-sampler", "random-under-sampler"]:
        yield case("two", kind, *two, random_state=0)
        yield case("three", kind, *three, random_state=42)
        yield case("all", kind, *three, random_state=42, sampling_strategy="all")
        yield case("not minority", kind, *three, random_state=3, sampling_strategy="not minority")
        yield case("ratio", kind, *two, random_state=3, sampling_strategy=0.6)
    yield case("counts", "random-over-sampler", *three, random_state=3, sampling_strategy={1: 20, 2: 9})
    yield case("counts", "random-under-sampler", *three, random_state=3, sampling_strategy={1: 5, 0: 11})
    yield case("one row", "random-over-sampler", *overlapping([6, 1, 3], 2, 5), random_state=3)
    yield case("majority", "random-under-sampler", *three, random_state=3, sampling_strategy="majority")
    yield case("replacement", "random-under-sampler", *three, random_state=3, replacement=True)
    yield case("smoothed", "random-over-sampler", *three, random_state=3, shrinkage=1.5)
    yield case("one smoothed column", "random-over-sampler", *overlapping([20, 9], 1, 5), random_state=3, shrinkage=1.0)
    for strategy in ["auto", "all", "majority", "not majority"]:
        yield case(strategy, "tomek-links", *three, sampling_strategy=strategy)
    yield case("ties", "tomek-links", *grid([50, 21], 2, 4))


def fixtures():
    yield "smote", bundle(smote_cases())
    yield "mixed", bundle(mixed_cases())
    yield "random", bundle(random_cases())
    x, y = overlapping([60, 20], 3, 30)
    chain = make_pipeline(StandardScaler(), SMOTE(random_state=4), LogisticRegression())
    fitted = chain.fit(x, y)
    yield "pipeline", {
        "x": x, "y": y, "probability": fitted.predict_proba(x), "coefficients": fitted[-1].coef_,
        "scores": cross_val_score(chain, x, y, cv=StratifiedKFold(4), scoring="neg_log_loss"),
    }
