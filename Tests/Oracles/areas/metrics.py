"""Scores of labels, rankings, probabilities, regressions and groupings, with weights, ties and missing classes."""

import warnings

import numpy as np
from sklearn import metrics

TOOLS = ["scikit-learn", "numpy"]

warnings.simplefilter("ignore")


def drawn_labels(seed, classes, count, wrong, weighted):
    random = np.random.RandomState(seed)
    truth = random.choice(len(classes), count)
    prediction = np.where(random.uniform(size=count) < wrong, random.choice(len(classes), count), truth)
    weights = None
    if weighted:
        weights = np.round(random.exponential(size=count), 3)
        weights[::7] = 0
    return [classes[k] for k in truth], [classes[k] for k in prediction], weights


def label_cases():
    yield "two", *drawn_labels(0, [0, 1], 60, 0.4, False), 1
    yield "two-weighted", *drawn_labels(1, [0, 1], 60, 0.4, True), 1
    yield "one-and-two", *drawn_labels(2, [1, 2], 30, 0.5, False), 1
    yield "signs", *drawn_labels(3, [-1, 1], 30, 0.5, True), 1
    yield "words", *drawn_labels(4, ["no", "yes"], 25, 0.3, False), "yes"
    yield "three", *drawn_labels(5, ["setosa", "versicolor", "virginica"], 50, 0.3, False), None
    yield "three-weighted", *drawn_labels(6, [10, 20, 30], 50, 0.6, True), None
    yield "unicode", *drawn_labels(7, ["Ωmega", "a\u0308rger", "zażółć gęślą jaźń", "日本"], 40, 0.5, False), None
    # Never predicted, never true, and both in one.
    yield "never-predicted", [0, 1, 2, 2, 1, 0], [0, 1, 1, 0, 1, 0], None, None
    yield "never-true", [0, 1, 1, 0], [0, 2, 1, 3], None, None
    yield "disjoint", ["a", "b", "a"], ["c", "d", "d"], [0.5, 1.5, 2.0], None
    yield "never-positive", [0, 1, 0, 1], [0, 0, 0, 0], None, 1
    yield "one-class", [1, 1, 1], [1, 1, 1], None, 1
    yield "perfect", [0, 1, 2], [0, 1, 2], None, None
    yield "one-row", [3], [4], None, None
    yield "nothing-weighs", [0, 1, 1], [0, 1, 2], [0.0, 2.0, 0.0], None


def averages(truth, prediction, weights, positive):
    def scores(**arguments):
        return metrics.precision_recall_fscore_support(truth, prediction, sample_weight=weights, **arguments)

    p, r, f, support = scores(average=None)
    content = {
        "per_class": {"precision": p, "recall": r, "f1": f, "support": support},
        **{name: scores(average=name)[:3] for name in ["macro", "micro", "weighted"]},
        "macro_one": scores(average="macro", zero_division=1)[:3],
        "weighted_one": scores(average="weighted", zero_division=1)[:3],
        "macro_omitted": scores(average="macro", zero_division=np.nan)[:3],
        "weighted_omitted": scores(average="weighted", zero_division=np.nan)[:3],
    }
    if positive is not None:
        content["binary"] = scores(average="binary", pos_label=positive)[:3]
    return content


def labels():
    for name, truth, prediction, weights, positive in label_cases():
        report = [
            metrics.classification_report(truth, prediction, sample_weight=weights, digits=digits)
            for digits in [2, 0, 4, 15]
        ]
        yield {
            "name": name, "truth": truth, "prediction": prediction, "weights": weights, "positive": positive,
            "accuracy": metrics.accuracy_score(truth, prediction, sample_weight=weights),
            "balanced_accuracy": metrics.balanced_accuracy_score(truth, prediction, sample_weight=weights),
            "matthews": metrics.matthews_corrcoef(truth, prediction, sample_weight=weights),
            "confusion": metrics.confusion_matrix(truth, prediction, sample_weight=weights),
            "normalized": metrics.confusion_matrix(truth, prediction, sample_weight=weights, normalize="true"),
            "report": dict(zip(["2", "0", "4", "15"], report)),
            "report_omitted": metrics.classification_report(
                truth, prediction, sample_weight=weights, zero_division=np.nan),
            "report_one": metrics.classification_report(truth, prediction, sample_weight=weights, zero_division=1),
            **averages(truth, prediction, weights, positive),
        }


def ranking_cases():
    random = np.random.RandomState(0)

    def drawn(count, decimals, weighted):
        truth = random.randint(0, 2, count)
        scores = np.round(0.3 * truth + random.uniform(size=count), decimals)
        weights = np.round(random.exponential(size=count), 2) if weighted else None
        if weighted:
            weights[::5] = 0
        return truth, scores, weights

    yield "distinct", *drawn(40, 12, False)
    yield "ties", *drawn(80, 1, False)
    yield "weighted", *drawn(60, 12, True)
    yield "weighted-ties", *drawn(90, 1, True)
    yield "perfect", [0, 0, 1, 1], [-2.0, -1.0, 0.5, 3.0], None
    yield "reversed", [1, 1, 0, 0], [-2.0, -1.0, 0.5, 3.0], None
    yield "all-equal", [0, 1, 1, 0, 1], [0.5] * 5, None
    yield "signed-zeros", [0, 1, 1, 0], [0.0, -0.0, 1.0, -1.0], None
    yield "two-rows", [1, 0], [0.2, 0.1], None
    yield "many", *drawn(3000, 4, True)


def ranking():
    for name, truth, scores, weights in ranking_cases():
        content = {"name": name, "truth": truth, "scores": scores, "weights": weights}
        if len(truth) < 1000:
            for drop in [True, False]:
                curve = metrics.roc_curve(truth, scores, sample_weight=weights, drop_intermediate=drop)
                content["roc_dropped" if drop else "roc"] = dict(zip(["fpr", "tpr", "thresholds"], curve))
                curve = metrics.precision_recall_curve(truth, scores, sample_weight=weights, drop_intermediate=drop)
                content["pr_dropped" if drop else "pr"] = dict(zip(["precision", "recall", "thresholds"], curve))
        content["auc"] = metrics.roc_auc_score(truth, scores, sample_weight=weights)
        content["average_precision"] = metrics.average_precision_score(truth, scores, sample_weight=weights)
        yield content


def probabilities():
    random = np.random.RandomState(1)
    for name, classes, count, decimals in [
        ("three", 3, 60, 12), ("five", 5, 80, 12), ("ties", 3, 70, 1), ("two", 2, 40, 3), ("certain", 2, 12, 0),
    ]:
        truth = random.randint(0, classes, count)
        raw = random.uniform(size=(count, classes)) + 0.5 * np.eye(classes)[truth]
        shares = raw / raw.sum(axis=1, keepdims=True)
        shares = np.round(shares, decimals)
        shares[:, -1] = np.maximum(0, 1 - shares[:, :-1].sum(axis=1))
        weights = np.round(random.exponential(size=count), 3)
        weights[::6] = 0
        content = {
            "name": name, "classes": classes, "truth": truth, "probabilities": shares, "weights": weights,
            "log_loss": metrics.log_loss(truth, y_proba=shares),
            "log_loss_weighted": metrics.log_loss(truth, y_proba=shares, sample_weight=weights),
            "brier": metrics.brier_score_loss(truth, y_proba=shares),
            "brier_weighted": metrics.brier_score_loss(truth, y_proba=shares, sample_weight=weights),
        }
        if classes == 2:
            content["brier_column"] = metrics.brier_score_loss(truth, y_proba=shares[:, 1], sample_weight=weights)
        else:
            for average in ["macro", "weighted", "micro"]:
                for key, given in [("", None), ("_sample_weights", weights)]:
                    content[f"ovr_{average}{key}"] = metrics.roc_auc_score(
                        truth, shares, multi_class="ovr", average=average, sample_weight=given)
                    content[f"ap_{average}{key}"] = metrics.average_precision_score(
                        truth, shares, average=average, sample_weight=given)
            for average in ["macro", "weighted"]:
                content[f"ovo_{average}"] = metrics.roc_auc_score(truth, shares, multi_class="ovo", average=average)
            # A class that the model knows and that does not occur.
            kept = truth != 1
            content["ovo_without_second"] = metrics.roc_auc_score(
                truth[kept], shares[kept], multi_class="ovo", labels=np.arange(classes))
            content["ovr_weighted_without_second"] = metrics.roc_auc_score(
                truth[kept], shares[kept], multi_class="ovr", average="weighted", labels=np.arange(classes))
            content["log_loss_without_second"] = metrics.log_loss(
                truth[kept], y_proba=shares[kept], labels=np.arange(classes))
        yield content


def regression():
    random = np.random.RandomState(2)
    cases = []
    for count in [2, 5, 8, 50, 129, 300]:
        truth = np.round(10 * random.standard_normal(count), 3)
        prediction = np.round(truth + random.standard_normal(count), 3)
        weights = np.round(random.exponential(size=count), 2) + 0.01
        weights[::4] = 0
        cases += [(truth, prediction, None), (truth, prediction, weights)]
    cases += [
        ([3.0, 3.0, 3.0], [3.0, 3.0, 3.0], None), ([3.0, 3.0, 3.0], [3.0, 3.0, 4.0], None),
        ([0.0, 1.0, -2.0], [0.5, 1.0, -2.0], None), ([1e-3, 2e5, -7.0], [0.0, 1e5, 7.0], [1.0, 2.0, 1.0]),
        ([1.0, 2.0, 3.0, 4.0], [1.5, 2.25, 3.125, 6.0], [1.0, 1.0, 1.0, 1.0]), ([5.0], [4.0], None),
    ]
    for truth, prediction, weights in cases:
        given = {"sample_weight": weights}
        yield {
            "truth": truth, "prediction": prediction, "weights": weights,
            "mae": metrics.mean_absolute_error(truth, prediction, **given),
            "mse": metrics.mean_squared_error(truth, prediction, **given),
            "rmse": metrics.root_mean_squared_error(truth, prediction, **given),
            "median": metrics.median_absolute_error(truth, prediction, **given),
            "mape": metrics.mean_absolute_percentage_error(truth, prediction, **given),
            "max": metrics.max_error(truth, prediction),
            "r2": metrics.r2_score(truth, prediction, **given) if len(truth) > 1 else None,
            "explained_variance": metrics.explained_variance_score(truth, prediction, **given),
        }


def groups():
    random = np.random.RandomState(3)
    for count, first, second in [(30, 3, 3), (50, 2, 7), (6, 6, 1), (10, 1, 1), (200, 4, 4)]:
        a = random.randint(0, first, count)
        b = np.where(random.uniform(size=count) < 0.6, a % second, random.randint(0, second, count))
        x = np.round(random.standard_normal((count, 3)) + 2 * a[:, None], 3)
        content = {"first": a, "second": b, "rand": metrics.adjusted_rand_score(a, b), "silhouette": None}
        if 2 <= len(set(a.tolist())) < count:
            content.update(x=x, silhouette=metrics.silhouette_score(x, a))
        yield content
    # Equal points, and a row that is alone in its group.
    x = np.array([[0.0, 0.0], [0.0, 0.0], [3.0, 4.0], [9.0, 9.0]])
    for a, b in [([0, 0, 1, 1], [0, 0, 0, 1]), ([0, 0, 1, 2], [1, 1, 0, 0])]:
        yield {
            "first": a, "second": b, "rand": metrics.adjusted_rand_score(a, b), "x": x,
            "silhouette": metrics.silhouette_score(x, a),
        }


def fixtures():
    for function in [labels, ranking, probabilities, regression, groups]:
        yield function.__name__, {"cases": list(function())}
