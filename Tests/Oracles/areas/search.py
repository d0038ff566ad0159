"""Grids, candidates drawn at random, and whole searches over small trees."""

import contextlib

import numpy as np
import optuna
from scipy.stats import loguniform, randint, uniform
from sklearn.datasets import load_breast_cancer, load_diabetes, make_classification
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import (
    GridSearchCV, HalvingGridSearchCV, HalvingRandomSearchCV, ParameterGrid, ParameterSampler, RandomizedSearchCV,
    cross_val_score,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

TOOLS = ["scikit-learn", "scipy", "numpy", "optuna"]


def plain(candidate):
    return {name: value.item() if isinstance(value, np.generic) else value for name, value in candidate.items()}


def fixtures():
    lists = {"max_depth": [1, 2, None], "criterion": ["gini", "entropy"], "min_samples_leaf": [1, 5, 9, 20]}
    mixed = {
        "max_depth": randint(1, 20), "max_features": uniform(0, 1), "min_samples_split": randint(2, 11),
        "criterion": ["gini", "entropy"], "ccp_alpha": loguniform(1e-4, 1e-1), "splitter": ["best"],
    }
    yield "candidates", {
        "grid": [plain(c) for c in ParameterGrid([lists, {"max_depth": [7], "splitter": ["best", "random"]}])],
        "lists": [plain(c) for c in ParameterSampler(lists, 7, random_state=42)],
        "many": [plain(c) for c in ParameterSampler(lists, 100, random_state=1)],
        "mixed": [plain(c) for c in ParameterSampler(mixed, 20, random_state=42)],
        "parts": [plain(c) for c in ParameterSampler([mixed, {"max_depth": randint(3, 5)}], 10, random_state=0)],
    }
    x, codes = load_breast_cancer(return_X_y=True)
    grid = GridSearchCV(
        DecisionTreeClassifier(random_state=0), lists, scoring=["accuracy", "roc_auc"], refit="accuracy").fit(x, 1 - codes)
    x, y = load_diabetes(return_X_y=True)
    drawn = RandomizedSearchCV(
        DecisionTreeRegressor(random_state=0),
        {"max_depth": randint(1, 8), "max_features": uniform(0, 1), "min_samples_leaf": [1, 2, 5]}, n_iter=12,
        random_state=3, cv=3).fit(x, y)
    yield "searches", {
        "grid": {
            "accuracy": grid.cv_results_["mean_test_accuracy"], "deviation": grid.cv_results_["std_test_accuracy"],
            "area": grid.cv_results_["mean_test_roc_auc"], "rank": grid.cv_results_["rank_test_accuracy"],
            "best": int(grid.best_index_), "predictions": grid.predict(load_breast_cancer().data),
        },
        "random": {
            "score": drawn.cv_results_["mean_test_score"], "rank": drawn.cv_results_["rank_test_score"],
            "best": int(drawn.best_index_), "predictions": drawn.predict(x[:50]),
        },
    }

    with orderly():
        yield "halving", halving(x, y)
        yield "parzen", {
            "trials": parzen(60, 0), "others": parzen(40, 7), "together": parzen(60, 0, multivariate=True),
            "others together": parzen(40, 7, multivariate=True),
        }
    yield "forests", forests()


@contextlib.contextmanager
def orderly():
    """NumPy's default order of equal values depends on the processor; here they stay as they come."""
    plain_order = np.argsort
    np.argsort = lambda values, *rest, **options: plain_order(values, *rest, **{**options, "kind": "stable"})
    try:
        yield
    finally:
        np.argsort = plain_order


def rounds(search):
    results = search.cv_results_
    return {
        "parameters": [plain(c) for c in results["params"]], "round": results["iter"], "resources": results["n_resources"],
        "score": results["mean_test_score"], "best": int(search.best_index_),
    }


def halving(x, y):
    """Rounds of trees on the diabetes data; scores of regression have no ties."""
    tree = DecisionTreeRegressor(random_state=0)
    grid = {"max_depth": [2, 3, 4, 5, 8], "min_samples_leaf": [1, 3, 9], "max_features": [0.5, 1.0]}
    drawn = {"max_depth": randint(1, 12), "max_features": uniform(0, 1), "min_samples_leaf": randint(1, 20)}
    forest = RandomForestRegressor(random_state=0)
    return {
        "grid": rounds(HalvingGridSearchCV(tree, grid, cv=3, random_state=0).fit(x, y)),
        "smallest": rounds(
            HalvingGridSearchCV(tree, grid, cv=3, factor=2, min_resources=20, aggressive_elimination=True, max_resources=80,
                                random_state=5).fit(x, y)),
        "random": rounds(HalvingRandomSearchCV(tree, drawn, min_resources=40, cv=5, random_state=1).fit(x, y)),
        "trees": rounds(
            HalvingRandomSearchCV(forest, drawn, n_candidates=9, resource="n_estimators", max_resources=18, min_resources=2,
                                  cv=3, random_state=2).fit(x, y)),
    }


def parzen(count, seed, multivariate=False):
    """What a Parzen estimator that draws parameters together or each for itself proposes, and what it is told."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sampler = optuna.samplers.TPESampler(seed=seed, multivariate=multivariate, constant_liar=False)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    compare, tied = optuna.samplers.TPESampler._compare, []

    def watched(samples, gains):
        # Values whose gains differ in the last bits only: rounding decides which of them is taken.
        best = gains.argmax()
        near = gains > gains[best] - 1e-9
        tied.extend(name for name in samples if len(set(samples[name][near])) > 1)
        return compare(samples, gains)


    def value(trial):
        a = trial.suggest_float("a", -5, 5)
        b = trial.suggest_float("b", 1e-3, 1e3, log=True)
        c = trial.suggest_int("c", 1, 19)
        d = trial.suggest_categorical("d", ["gini", "entropy", "log"])
        return -((a - 1) ** 2) - (np.log10(b) - 1) ** 2 - 0.1 * (c - 7) ** 2 - {"gini": 0, "entropy": 1, "log": 2}[d]

    found = []
    optuna.samplers.TPESampler._compare = staticmethod(watched)
    try:
        for _ in range(count):
            tied.clear()
            study.optimize(value, n_trials=1)
            trial = study.trials[-1]
            found.append({**trial.params, "value": trial.value, "tied": list(tied)})
    finally:
        optuna.samplers.TPESampler._compare = staticmethod(compare)
    return found


def forests():
    """The random search over forests that the benchmarks repeat in full: here the candidates with the fewest trees."""
    x, y = make_classification(n_samples=1000, n_features=20, random_state=42)
    space = {
        "n_estimators": randint(10, 200), "max_depth": randint(1, 20), "min_samples_split": randint(2, 11),
        "min_samples_leaf": randint(1, 11), "max_features": uniform(0, 1),
    }
    drawn = list(ParameterSampler(space, 100, random_state=42))
    places = sorted(range(100), key=lambda place: (drawn[place]["n_estimators"], place))[:24]
    scores = [
        cross_val_score(RandomForestClassifier(random_state=42, **drawn[place]), x, y, cv=5).mean() for place in places
    ]
    return {"places": places, "score": scores, "parameters": [plain(drawn[place]) for place in places]}
