"""LIME for rows and texts, permutation importance, partial dependence."""

import warnings

import numpy as np
from lime.lime_tabular import LimeTabularExplainer
from lime.lime_text import LimeTextExplainer
from sklearn.ensemble import (
    HistGradientBoostingClassifier, HistGradientBoostingRegressor, RandomForestClassifier, RandomForestRegressor)
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.linear_model import LinearRegression
from sklearn.tree import DecisionTreeRegressor

TOOLS = ["lime", "scikit-learn", "scipy", "numpy"]

TEXT = "A good film, a very good film_noir: not bad at all - Élan, 20 stars!"


def probability(x):
    p = 1 / (1 + np.exp(-(x[:, 0] + x[:, 1] * x[:, 2] - (x[:, 3] == 2) * x[:, 4])))
    return np.column_stack([1 - p, p])


def sentiment(texts):
    score = np.array([1.5 * text.count("good") - text.count("bad") + 0.1 * len(text.split()) for text in texts])
    p = 1 / (1 + np.exp(-score))
    return np.column_stack([1 - p, p])


def local(explanation, label=1):
    return {
        "features": [int(feature) for feature, _ in explanation.local_exp[label]],
        "weights": [float(weight) for _, weight in explanation.local_exp[label]],
        "intercept": float(explanation.intercept[label]), "score": float(explanation.score),
        "prediction": float(np.ravel(explanation.local_pred)[0]),
    }


def fixtures():
    warnings.simplefilter("ignore")
    random = np.random.RandomState(7)
    x = random.randn(80, 6).round(2)
    x[:, 3] = random.randint(0, 4, 80)
    x[:, 5] = np.where(random.rand(80) < 0.6, 0.0, 1.5)
    names = ["a", "b", "c", "d", "e", "f"]
    explainer = LimeTabularExplainer(
        x, feature_names=names, categorical_features=[3], categorical_names={3: ["p", "q", "r", "s"]}, random_state=11)
    rows = [
        explainer.explain_instance(x[i], probability, num_features=count, num_samples=500)
        for i, count in [(0, 4), (1, 6), (2, 10)]
    ]
    yield "lime-table", {
        "x": x, "rows": [local(row) for row in rows], "conditions": [name for name, _ in rows[2].as_list()],
    }
    text = LimeTextExplainer(random_state=3)
    few = text.explain_instance(TEXT, sentiment, num_features=5, num_samples=300)
    many = LimeTextExplainer(random_state=4).explain_instance(TEXT, sentiment, num_features=12, num_samples=300)
    yield "lime-text", {
        "text": TEXT, "few": local(few), "many": local(many), "words": [word for word, _ in many.as_list()],
    }

    x = random.randn(150, 5).round(2)
    x[:, 4] = random.randint(0, 3, 150)
    score = x[:, 0] + x[:, 1] * x[:, 2] + 0.5 * x[:, 4]
    y = (score > 0.3).astype(int)
    forest = RandomForestClassifier(10, random_state=0).fit(x, y)
    linear = LinearRegression().fit(x, score)
    dependence = {}
    for feature in (0, 4):
        for resolution in (12, 200):
            found = partial_dependence(forest, x, [feature], grid_resolution=resolution, kind="both", method="brute")
            dependence[f"{feature}-{resolution}"] = {
                "grid": found["grid_values"][0], "average": found["average"][0], "first": found["individual"][0, :3],
            }
    yield "scores", {
        "x": x, "y": y, "score": score,
        "classifier": permutation_importance(forest, x, y, n_repeats=4, random_state=9).importances,
        "loss": permutation_importance(
            forest, x, y, n_repeats=2, random_state=1, scoring="neg_brier_score").importances,
        "regressor": permutation_importance(linear, x, score, n_repeats=3, random_state=2).importances,
        "dependence": dependence,
    }

    models = {
        "tree": DecisionTreeRegressor(max_depth=5, random_state=0).fit(x, score),
        "forest": RandomForestRegressor(6, max_depth=6, random_state=0).fit(x, score),
        "boosting": HistGradientBoostingRegressor(max_iter=8, max_leaf_nodes=7, random_state=0).fit(x, score),
        "boosted-classes": HistGradientBoostingClassifier(max_iter=8, max_leaf_nodes=7, random_state=0).fit(x, y),
    }
    found = {}
    for name, model in models.items():
        for feature in (0, 4):
            part = partial_dependence(
                model, x, [feature], grid_resolution=12, kind="average", method="recursion",
                response_method="decision_function" if name == "boosted-classes" else "auto")
            found[f"{name}-{feature}"] = {"grid": part["grid_values"][0], "average": part["average"][0]}
    yield "recursion", {
        "x": x, "y": y, "score": score, "found": found,
        "baselines": {
            name: float(np.ravel(models[name]._baseline_prediction)[0]) for name in ("boosting", "boosted-classes")
        },
    }
