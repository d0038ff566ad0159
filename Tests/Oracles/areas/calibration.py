"""Isotonic regression, calibrated probabilities, calibration curves and tuned thresholds."""

import warnings

import numpy as np
from sklearn.calibration import CalibratedClassifierCV, calibration_curve
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.metrics import f1_score, make_scorer
from sklearn.model_selection import FixedThresholdClassifier, TunedThresholdClassifierCV
from sklearn.naive_bayes import GaussianNB

TOOLS = ["scikit-learn", "numpy", "scipy"]

warnings.simplefilter("ignore")

ESTIMATORS = {"gaussian-nb": GaussianNB, "ridge": RidgeClassifier, "logistic-regression": LogisticRegression}


def isotonic_cases():
    random = np.random.RandomState(0)
    x = np.round(random.randn(40) * 2, 1)
    y = np.round(x + random.randn(40) * 2, 2)
    queries = np.round(np.linspace(-7, 7, 29), 2)
    weights = random.randint(0, 4, 40).astype(float)
    for name, target, arguments, weighted in [
        ("up", y, {}, False), ("down", -y, {"increasing": False}, False), ("auto down", -y, {"increasing": "auto"}, False),
        ("auto up", y, {"increasing": "auto"}, False), ("weighted", y, {"out_of_bounds": "clip"}, True),
        ("bounded", y, {"y_min": -1.0, "y_max": 2.5, "out_of_bounds": "clip"}, False),
        ("against the data", -y, {"out_of_bounds": "clip"}, False), ("level", np.full(40, 2.0), {}, False),
        ("classes", (y > 0).astype(float), {"out_of_bounds": "clip"}, True),
    ]:
        model = IsotonicRegression(**arguments).fit(x, target, weights if weighted else None)
        case = {
            "name": name, "y": target, "arguments": arguments, "x_thresholds": model.X_thresholds_,
            "y_thresholds": model.y_thresholds_, "predicted": model.predict(queries),
        }
        yield case | ({"weights": weights} if weighted else {})
    yield {"x": x, "queries": queries}


def table(classes, rows, seed):
    random = np.random.RandomState(seed)
    y = random.randint(0, classes, rows)
    x = np.round(random.randn(rows, 3) + y[:, None] * [0.8, -0.5, 0.3], 2)
    return x, y


def calibrated_cases():
    for classes, rows in [(2, 90), (3, 120)]:
        x, y = table(classes, rows, classes)
        weights = np.random.RandomState(9).randint(1, 4, rows).astype(float)
        for estimator in ["gaussian-nb", "ridge"]:
            for method in ["sigmoid", "isotonic", "temperature"]:
                for ensemble in [True, False]:
                    for sample_weight in [None, weights]:
                        if sample_weight is not None and (ensemble is False or classes == 3):
                            continue
                        model = CalibratedClassifierCV(ESTIMATORS[estimator](), method=method, cv=4, ensemble=ensemble)
                        model.fit(x, y, sample_weight=sample_weight)
                        case = {
                            "classes": classes, "estimator": estimator, "method": method, "ensemble": ensemble,
                            "probability": model.predict_proba(x[:20]), "prediction": model.predict(x[:20]),
                        }
                        yield case | ({} if sample_weight is None else {"weights": weights})


def threshold_cases():
    x, y = table(2, 100, 5)
    y = (y & (np.arange(100) % 3 == 0)).astype(int)
    f1_of_zero = make_scorer(f1_score, pos_label=0)
    for name, estimator, arguments in [
        ("balanced accuracy", "logistic-regression", {}),
        ("f1", "logistic-regression", {"scoring": "f1", "cv": 3}),
        ("decisions", "ridge", {"scoring": "f1", "thresholds": 37}),
        ("decisions of probabilities", "logistic-regression", {"response_method": "decision_function"}),
        ("held out", "gaussian-nb", {"cv": 0.3, "random_state": 7}),
        ("not refitted", "gaussian-nb", {"cv": 0.3, "random_state": 7, "refit": False, "scoring": "recall"}),
        ("first class", "logistic-regression", {"scoring": f1_of_zero}),
        ("first class by decisions", "ridge", {"scoring": f1_of_zero}),
    ]:
        model = TunedThresholdClassifierCV(ESTIMATORS[estimator](), store_cv_results=True, **arguments).fit(x, y)
        shown = {key: value for key, value in arguments.items() if key != "scoring"}
        scoring = arguments.get("scoring", "balanced_accuracy")
        yield {
            "name": name, "estimator": estimator, "arguments": shown,
            "scoring": scoring if isinstance(scoring, str) else "f1 of 0", "threshold": model.best_threshold_,
            "score": model.best_score_, "thresholds": model.cv_results_["thresholds"],
            "scores": model.cv_results_["scores"], "prediction": model.predict(x),
        }
    fixed = FixedThresholdClassifier(LogisticRegression(), threshold=0.2).fit(x, y)
    yield {"x": x, "y": y, "prediction": fixed.predict(x)}


def fixtures():
    *cases, shared = isotonic_cases()
    yield "isotonic", {"cases": cases} | shared
    yield "calibrated", {
        "cases": list(calibrated_cases()),
        "x2": table(2, 90, 2)[0], "y2": table(2, 90, 2)[1], "x3": table(3, 120, 3)[0], "y3": table(3, 120, 3)[1],
    }
    *cases, shared = threshold_cases()
    yield "thresholds", {"cases": cases, "fixed": shared}
    random = np.random.RandomState(1)
    probabilities = np.round(random.rand(80), 2)
    truth = (random.rand(80) < probabilities).astype(int)
    curves = []
    for bins in [1, 4, 5, 10]:
        for strategy in ["uniform", "quantile"]:
            true, predicted = calibration_curve(truth, probabilities, n_bins=bins, strategy=strategy)
            curves.append({"bins": bins, "strategy": strategy, "true": true, "predicted": predicted})
    yield "curves", {"truth": truth, "probabilities": probabilities, "cases": curves}
