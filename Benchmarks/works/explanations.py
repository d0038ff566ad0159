"""Explanations of a forest of 100 trees of depth 8."""
from . import Work, timed

WORKS = {
    "tree-shap": Work("TreeSHAP of 1,000 rows, 100 trees of depth 8", [("shap", 0.3)], complexity=1.25, sizes=()),
    "tree-shap-background": Work("TreeSHAP of 200 rows against 100, 100 trees of depth 8", [("shap", 0.5)], sizes=()),
    "kernel-shap": Work("kernel SHAP of 5 rows against 50", [("shap", 0.2)], sizes=()),
    "lime": Work("LIME of 10 rows", [("lime", 0.1)], sizes=()),
    "permutation-importance": Work("permutation importance 10,000 x 20", [("sklearn", 0.2)], sizes=()),
}


def forest(data):
    from sklearn.ensemble import RandomForestClassifier

    x, y = data.matrix("classification", 20, 20_000), data.vector("classification-y", 20_000)
    model = RandomForestClassifier(max_depth=8, random_state=0, n_jobs=2).fit(x, y)
    return model, data.matrix("classification-queries", 20, 1000)


def size(values):
    import numpy

    return float(numpy.abs(values[..., 1]).mean(0).sum())


def tree_shap(peer, data):
    import shap

    model, rows = forest(data)
    values, seconds = timed(lambda: shap.TreeExplainer(model).shap_values(rows, check_additivity=False))
    return seconds, {"size": size(values)}


def tree_shap_background(peer, data):
    import shap

    model, rows = forest(data)
    background = data.matrix("classification", 20, 20_000)[:100]

    def explain():
        explainer = shap.TreeExplainer(model, background, feature_perturbation="interventional")
        return explainer.shap_values(rows[:200], check_additivity=False)

    values, seconds = timed(explain)
    return seconds, {"size": size(values)}


def kernel_shap(peer, data):
    import shap

    model, rows = forest(data)
    background = data.matrix("classification", 20, 20_000)[:50]

    def explain():
        explainer = shap.KernelExplainer(model.predict_proba, background)
        return explainer.shap_values(rows[:5], l1_reg=False, silent=True)

    values, seconds = timed(explain)
    return seconds, {"size": size(values)}


def lime(peer, data):
    from lime.lime_tabular import LimeTabularExplainer

    model, rows = forest(data)
    explainer = LimeTabularExplainer(data.matrix("classification", 20, 20_000), random_state=0)
    found, seconds = timed(lambda: [explainer.explain_instance(row, model.predict_proba) for row in rows[:10]])
    return seconds, {"r2": sum(float(one.score) for one in found) / len(found)}


def permutation_importance(peer, data):
    from sklearn.inspection import permutation_importance as importance

    model = forest(data)[0]
    x, y = data.matrix("classification", 20, 30_000), data.vector("classification-y", 30_000)
    start = len(x) * 2 // 3
    found, seconds = timed(lambda: importance(model, x[start:], y[start:], random_state=0))
    return seconds, {"baseline": float(model.score(x[start:], y[start:])), "sum": float(found.importances_mean.sum())}
