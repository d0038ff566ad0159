"""Grids, candidates drawn at random, and whole searches over small trees."""

import numpy as np
from scipy.stats import loguniform, randint, uniform
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.model_selection import GridSearchCV, ParameterGrid, ParameterSampler, RandomizedSearchCV
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

TOOLS = ["scikit-learn", "scipy", "numpy"]


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
