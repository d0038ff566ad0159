"""Shapley values of trees, boosted trees, linear models and any model."""

import warnings

import numpy as np
import shap
from sklearn.ensemble import (
    ExtraTreesClassifier, HistGradientBoostingClassifier, HistGradientBoostingRegressor, RandomForestClassifier,
    RandomForestRegressor)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.tree import DecisionTreeRegressor

TOOLS = ["shap", "scikit-learn", "numpy"]
ROWS = 12


def table(seed, n, d, classes, missing=0.0):
    random = np.random.RandomState(seed)
    # The reference compares rows as 32-bit numbers, but backgrounds as they are: both are the same for these.
    x = (random.randn(n, d) * 128).round() / 128
    score = x[:, 0] + x[:, 1] * x[:, 2] + 0.3 * random.randn(n)
    y = np.digitize(score, np.quantile(score, np.arange(1, classes) / classes))
    if missing:
        x[random.rand(n, d) < missing] = np.nan
    return x, y, score


def first(values, outputs):
    """rows x outputs x features"""
    values = np.asarray(values)
    return values[:, None, :] if values.ndim == 2 else values.transpose(0, 2, 1)


def trees(model, x):
    explainer = shap.TreeExplainer(model)
    values = first(explainer.shap_values(x[:ROWS], check_additivity=False), None)
    return {"values": values, "base": np.atleast_1d(explainer.expected_value)}


def against(model, x, output="raw", y=None):
    # Where boosted trees meet missing values, the reference's values against a background do not add up.
    x = np.nan_to_num(x, nan=0.5) if "HistGradient" in type(model).__name__ else x
    explainer = shap.TreeExplainer(model, x[-10:], feature_perturbation="interventional", model_output=output)
    if output == "log_loss":
        # The library knows this loss, but not that scikit-learn's boosting calls it log_loss.
        explainer.model.objective = "binary_crossentropy"
    values = first(explainer.shap_values(x[:ROWS], y=y, check_additivity=False), None)
    return {"values": values}


def fixtures():
    warnings.simplefilter("ignore")
    x, y, score = table(0, 120, 5, 3, missing=0.08)
    forest = RandomForestClassifier(8, random_state=3).fit(x, y)
    yield "forest-classes", {"x": x, "y": y, "paths": trees(forest, x), "against": against(forest, x)}

    x, y, score = table(1, 150, 6, 2)
    forest = ExtraTreesClassifier(7, max_depth=5, random_state=1).fit(x, y)
    interactions = shap.TreeExplainer(forest).shap_interaction_values(x[:4])[..., 1]
    regressor = RandomForestRegressor(6, random_state=2).fit(x, score)
    tree = DecisionTreeRegressor(max_depth=4, random_state=0).fit(x, score)
    yield "forests", {
        "x": x, "y": y, "score": score, "extra": trees(forest, x), "interactions": interactions,
        "regressor": trees(regressor, x), "regressor-against": against(regressor, x), "tree": trees(tree, x),
        "tree-against": against(tree, x),
    }

    x, y, score = table(2, 300, 4, 2, missing=0.1)
    binary = HistGradientBoostingClassifier(max_iter=12, max_leaf_nodes=9, random_state=0).fit(x, y)
    number = HistGradientBoostingRegressor(max_iter=10, max_leaf_nodes=7, random_state=0).fit(x, score)
    three = np.digitize(score, [-0.5, 0.5])
    classes = HistGradientBoostingClassifier(max_iter=5, max_leaf_nodes=6, random_state=0).fit(x, three)
    yield "boosting", {
        "x": x, "y": y, "score": score, "three": three, "binary": trees(binary, x), "number": trees(number, x),
        "classes": trees(classes, x), "against": against(binary, x),
        "probability": against(binary, x, "probability"), "loss": against(binary, x, "log_loss", y[:ROWS]),
    }

    x, y, _ = table(3, 200, 7, 2)
    model = LogisticRegression().fit(x, y)
    linear = shap.LinearExplainer(model, x[:50]).shap_values(x[:ROWS])

    def probability(rows):
        return 1 / (1 + np.exp(-(rows[:, 0] + rows[:, 1] * rows[:, 2] - 0.5 * rows[:, 3] * rows[:, 4] * rows[:, 5])))

    kernel = shap.KernelExplainer(probability, x[:15])
    np.random.seed(5)
    drawn = kernel.shap_values(x[100:103], nsamples=60, l1_reg=False, silent=True)
    full = kernel.shap_values(x[100:102], l1_reg=False, silent=True)
    permutation = shap.PermutationExplainer(probability, shap.maskers.Independent(x[:15]), seed=4)
    orders = permutation(x[100:104], max_evals=100, silent=True)
    exact = shap.ExactExplainer(probability, shap.maskers.Independent(x[:15]))(x[100:103])
    yield "any-model", {
        "x": x, "y": y, "coefficients": model.coef_[0], "linear": linear, "kernel-drawn": drawn, "kernel-full": full,
        "permutation": orders.values, "permutation-base": orders.base_values, "exact": exact.values,
    }

    x, _, _ = table(4, 160, 12, 2)

    def mostly(rows):
        score = 1.2 * rows[:, 0] - 0.8 * rows[:, 1] + 0.9 * rows[:, 2] * rows[:, 3] + 0.3 * rows[:, 4] + 0.05 * rows[:, 5]
        return 1 / (1 + np.exp(-score))

    found = {}
    for name, rule in {"features": "num_features(4)", "aic": "aic", "bic": "bic", "alpha": 0.002, "auto": "auto"}.items():
        np.random.seed(7)
        found[name] = shap.KernelExplainer(mostly, x[:10]).shap_values(
            x[100:103], nsamples=200, l1_reg=rule, silent=True)
    np.random.seed(3)
    odds = shap.KernelExplainer(mostly, x[:10], link="logit")
    found["odds"] = odds.shap_values(x[100:103], nsamples=300, l1_reg=False, silent=True)
    yield "kernel-choices", {"x": x, "odds-base": odds.expected_value, **found}

    random = np.random.RandomState(6)
    x = random.randn(80, 7)
    x[:, 1] = x[:, 0] + 0.3 * x[:, 1]
    x[:, 3] = x[:, 2] + 1
    x[:, 5] = x[:, 4] - x[:, 0] + 0.5 * x[:, 5]
    x[:, 6] = 3
    y = x[:, 0] - 2 * x[:, 2] + 0.5 * x[:, 4] + 0.1 * random.randn(80)
    model = Ridge(alpha=0.5).fit(x, y)
    np.random.seed(11)
    explainer = shap.LinearExplainer(model, x[:50], feature_perturbation="correlation_dependent", nsamples=200)
    yield "correlated", {
        "x": x, "y": y, "values": explainer.shap_values(x[50:60]), "base": explainer.expected_value,
    }
