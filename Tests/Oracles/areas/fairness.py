"""Fairness: metrics by group, reductions, thresholds, correlation."""

import warnings

import numpy as np
import pandas as pd
from fairlearn import metrics, postprocessing, preprocessing, reductions
from sklearn.base import BaseEstimator
from sklearn.linear_model import LinearRegression, LogisticRegression

TOOLS = ["fairlearn", "scikit-learn", "numpy"]

warnings.filterwarnings("ignore")


def sample(count, groups, seed):
    random = np.random.RandomState(seed)
    group = random.randint(0, groups, count)
    x = np.round(random.standard_normal((count, 3)) + 0.6 * group[:, None] / groups, 4)
    y = (x[:, 0] + 0.5 * x[:, 1] + 0.5 * group / groups + 0.7 * random.standard_normal(count) > 0.6).astype(int)
    return x, y, group


def metric_cases():
    for count, groups, seed, weighted in [(60, 2, 0, False), (200, 3, 1, False), (150, 4, 2, True), (30, 2, 3, True)]:
        x, y, group = sample(count, groups, seed)
        random = np.random.RandomState(100 + seed)
        prediction = np.where(random.uniform(size=count) < 0.75, y, 1 - y)
        weights = np.round(random.exponential(size=count) + 0.05, 2) if weighted else None
        control = random.randint(0, 2, count)
        given = {"sensitive_features": group, "sample_weight": weights}
        content = {"truth": y, "prediction": prediction, "group": group, "control": control, "weights": weights}
        for method in ["between_groups", "to_overall"]:
            values = {}
            for name in [
                "demographic_parity_difference", "demographic_parity_ratio", "equalized_odds_difference",
                "equalized_odds_ratio", "equal_opportunity_difference", "equal_opportunity_ratio",
                "false_positive_rate_difference", "false_negative_rate_difference", "accuracy_score_difference",
            ]:
                values[name] = getattr(metrics, name)(y, prediction, method=method, **given)
            for name in ["equalized_odds_difference", "equalized_odds_ratio"]:
                values[name + "_mean"] = getattr(metrics, name)(y, prediction, method=method, agg="mean", **given)
            content[method] = values
        functions = {
            "selectionRate": metrics.selection_rate, "truePositiveRate": metrics.true_positive_rate,
            "falsePositiveRate": metrics.false_positive_rate, "falseNegativeRate": metrics.false_negative_rate,
            "trueNegativeRate": metrics.true_negative_rate,
        }
        for key, features in [("frame", None), ("controlled", control)]:
            frame = metrics.MetricFrame(
                metrics=functions, y_true=y, y_pred=prediction, sensitive_features=group, control_features=features,
                sample_params={name: {"sample_weight": weights} for name in functions})
            table = {}
            for name in functions:
                by_group = frame.by_group[name]
                overall = frame.overall[name]
                table[name] = {
                    "by_group": by_group.to_numpy(dtype=float),
                    "overall": np.atleast_1d(np.asarray(overall, dtype=float)),
                    "difference": np.atleast_1d(frame.difference()[name]).astype(float),
                    "ratio": np.atleast_1d(frame.ratio()[name]).astype(float),
                    "to_overall": np.atleast_1d(frame.difference(method="to_overall")[name]).astype(float),
                    "ratio_to_overall": np.atleast_1d(frame.ratio(method="to_overall")[name]).astype(float),
                    "max": np.atleast_1d(frame.group_max()[name]).astype(float),
                    "min": np.atleast_1d(frame.group_min()[name]).astype(float),
                }
            content[key] = table
        yield content


MOMENTS = {
    "demographicParity": reductions.DemographicParity, "equalizedOdds": reductions.EqualizedOdds,
    "truePositiveRateParity": reductions.TruePositiveRateParity,
    "falsePositiveRateParity": reductions.FalsePositiveRateParity,
    "errorRateParity": reductions.ErrorRateParity,
}


def moment(name, bound, ratio=None):
    if name == "boundedGroupLoss":
        return reductions.BoundedGroupLoss(reductions.ZeroOneLoss(), upper_bound=bound)
    if ratio is not None:
        return MOMENTS[name](ratio_bound=ratio, ratio_bound_slack=bound)
    return MOMENTS[name](difference_bound=bound)


def reduction_cases():
    for name, bound, groups, seed, ratio in [
        ("demographicParity", 0.02, 2, 4, None), ("equalizedOdds", 0.03, 2, 5, None),
        ("truePositiveRateParity", 0.02, 3, 6, None), ("falsePositiveRateParity", 0.02, 2, 7, None),
        ("errorRateParity", 0.02, 3, 8, None), ("boundedGroupLoss", 0.2, 2, 9, None),
        ("demographicParity", 0.02, 2, 10, 0.9),
    ]:
        x, y, group = sample(400, groups, seed)
        fair = reductions.ExponentiatedGradient(
            LogisticRegression(), moment(name, bound, ratio), eps=0.01, max_iter=50)
        fair.fit(x, y, sensitive_features=group)
        used = fair.weights_[fair.weights_ > 1e-12]
        predictions = pd.DataFrame({i: fair.predictors_[i].predict(x) for i in used.index})
        mixed = predictions.to_numpy() @ used.to_numpy()
        constraint = moment(name, bound, ratio)
        constraint.load_data(x, pd.Series(y), sensitive_features=pd.Series(group))
        if name == "boundedGroupLoss":
            errors = np.abs(predictions.to_numpy() - y[:, None]) @ used.to_numpy()
            disparity = max(errors[group == g].mean() for g in range(groups))
            error = errors.mean()
        else:
            gammas = [constraint.gamma(lambda X, p=predictions[i]: p.to_numpy()) for i in used.index]
            disparity = float(np.max(sum(w * g for w, g in zip(used, gammas))))
            error = float(np.mean(np.abs(predictions.to_numpy() - y[:, None]) @ used.to_numpy()))
        yield {
            "constraint": name, "bound": bound, "ratio": ratio, "x": x, "y": y, "group": group,
            "error": error, "disparity": disparity, "nu": float(fair.nu), "gap": float(fair.best_gap_),
            "mixed": mixed, "rounds": int(fair.last_iter_) + 1,
        }


def grid_cases():
    for name, groups, seed, size in [
        ("demographicParity", 2, 11, 11), ("equalizedOdds", 2, 12, 15), ("demographicParity", 3, 13, 12),
        ("boundedGroupLoss", 2, 14, 7),
    ]:
        x, y, group = sample(200, groups, seed)
        fair = reductions.GridSearch(LogisticRegression(), moment(name, 0.1), grid_size=size)
        fair.fit(x, y, sensitive_features=group)
        yield {
            "constraint": name, "x": x, "y": y, "group": group, "size": size,
            "errors": np.array(fair.objectives_), "disparities": fair.gammas_.max(axis=0).to_numpy(),
            "best": fair.best_idx_, "prediction": fair.predict(x),
        }


LOSSES = {"square": reductions.SquareLoss, "absolute": reductions.AbsoluteLoss}


def regression_cases():
    for loss, bound, groups, seed, ends in [
        ("square", 0.8, 2, 40, (-3.0, 4.0)), ("square", 0.7, 3, 41, (-2.0, 3.0)), ("absolute", 0.68, 2, 42, (-3.0, 4.0)),
        ("square", 0.05, 2, 43, (-3.0, 4.0)),
    ]:
        random = np.random.RandomState(seed)
        group = (random.rand(160) < 0.25).astype(int) if groups == 2 else random.choice(3, 160, p=[0.6, 0.25, 0.15])
        x = np.round(random.standard_normal((160, 3)), 4)
        y = np.round(x @ [1, -0.5, 0.2] * (1 - 2.2 * group / groups) + 0.4 * group + 0.5 * random.standard_normal(160), 4)
        fair = reductions.ExponentiatedGradient(
            LinearRegression(), reductions.BoundedGroupLoss(LOSSES[loss](*ends), upper_bound=bound), eps=0.05,
            max_iter=30)
        fair.fit(x, y, sensitive_features=group)
        used = fair.weights_[fair.weights_ > 1e-12]
        function = LOSSES[loss](*ends)
        losses = np.column_stack([function.eval(y, fair.predictors_[i].predict(x)) for i in used.index]) @ used.to_numpy()
        by_group = [float(losses[group == g].mean()) for g in range(groups)]
        plain = LinearRegression().fit(x, y)
        before = function.eval(y, plain.predict(x))
        yield {
            "loss": loss, "bound": bound, "ends": list(ends), "x": x, "y": y, "group": group,
            "error": float(losses.mean()), "by-group": by_group, "nu": float(fair.nu), "gap": float(fair.best_gap_),
            "before": [float(before[group == g].mean()) for g in range(groups)], "rounds": int(fair.last_iter_) + 1,
            "mean": np.column_stack([fair.predictors_[i].predict(x) for i in used.index]) @ used.to_numpy(),
        }


class Scores(BaseEstimator):
    """A classifier whose probabilities are its first feature."""

    def fit(self, X, y):
        self.fitted_ = True
        return self

    def predict(self, X):
        return np.asarray(X)[:, 0]


def threshold_cases():
    for constraint, objective, flip, tol, groups, seed in [
        ("demographic_parity", "accuracy_score", False, None, 2, 20),
        ("demographic_parity", "balanced_accuracy_score", True, None, 3, 21),
        ("true_positive_rate_parity", "accuracy_score", False, None, 2, 22),
        ("false_positive_rate_parity", "true_positive_rate", False, None, 2, 23),
        ("false_negative_rate_parity", "balanced_accuracy_score", False, None, 3, 24),
        ("true_negative_rate_parity", "accuracy_score", True, None, 2, 25),
        ("equalized_odds", "accuracy_score", False, None, 2, 26),
        ("equalized_odds", "balanced_accuracy_score", True, None, 3, 27),
        ("demographic_parity", "accuracy_score", False, 0.05, 3, 28),
    ]:
        x, y, group = sample(150, groups, seed)
        model = LogisticRegression().fit(x, y)
        scores = np.round(model.predict_proba(x)[:, 1], 2)
        fair = postprocessing.ThresholdOptimizer(
            estimator=Scores().fit(None, None), constraints=constraint, objective=objective, grid_size=100, flip=flip,
            prefit=True, predict_method="predict", tol=tol)
        fair.fit(scores[:, None], y, sensitive_features=group)
        rules = fair.interpolated_thresholder_.interpolation_dict
        yield {
            "constraint": constraint, "objective": objective, "flip": flip, "tol": tol, "scores": scores, "y": y,
            "group": group,
            "shares": fair._pmf_predict(scores[:, None], sensitive_features=group)[:, 1],
            "rules": [
                [
                    rule.p0, rule.operation0.threshold, rule.p1, rule.operation1.threshold,
                    getattr(rule, "p_ignore", 0.0) if "p_ignore" in rule else 0.0,
                ]
                for _, rule in sorted(rules.items())
            ],
        }


def correlation_cases():
    for count, sensitive, alpha, seed in [(40, [0], 1.0, 30), (60, [1, 3], 0.7, 31)]:
        random = np.random.RandomState(seed)
        x = np.round(random.standard_normal((count, 5)) @ random.standard_normal((5, 5)), 4)
        fitted = preprocessing.CorrelationRemover(sensitive_feature_ids=sensitive, alpha=alpha).fit(x)
        yield {
            "x": x, "sensitive": sensitive, "alpha": alpha, "changed": fitted.transform(x), "beta": fitted.beta_,
        }


def fixtures():
    yield "metrics", {"cases": list(metric_cases())}
    yield "reductions", {"cases": list(reduction_cases())}
    yield "group-losses", {"cases": list(regression_cases())}
    yield "grid", {"cases": list(grid_cases())}
    yield "thresholds", {"cases": list(threshold_cases())}
    yield "correlation", {"cases": list(correlation_cases())}
