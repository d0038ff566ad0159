"""Every figure of the guide, section by section, by the name that the guide gives it."""

import numpy as np
import pandas as pd
from sklearn import datasets, metrics
from sklearn.cluster import KMeans
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

TOOLS = ["scikit-learn", "numpy", "pandas"]


def section_2():
    X, y = datasets.load_diabetes(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=42)
    model = LinearRegression().fit(X_train, y_train)
    rmse = metrics.root_mean_squared_error
    figures = {
        "R2 train": model.score(X_train, y_train), "R2 test": model.score(X_test, y_test),
        "RMSE test": rmse(y_test, model.predict(X_test)),
        "RMSE of the mean": rmse(y_test, np.full(len(y_test), y_train.mean())),
        "intercept": model.intercept_, "coefficients": model.coef_,
    }
    X, y, centers = datasets.make_blobs(300, centers=3, cluster_std=2, random_state=42, return_centers=True)
    model = KMeans(3, n_init=10, random_state=42).fit(X)
    figures |= {
        "centres by x": model.cluster_centers_[np.argsort(model.cluster_centers_[:, 0])].ravel(),
        "true centres by x": centers[np.argsort(centers[:, 0])].ravel(),
        "inertia": model.inertia_,
        "adjusted Rand index": metrics.adjusted_rand_score(y, model.labels_),
        "silhouette": metrics.silhouette_score(X, model.labels_),
        "inertia for 1 to 8 centres": [KMeans(k, n_init=10, random_state=42).fit(X).inertia_ for k in range(1, 9)],
    }
    return figures


def truth(x):
    return np.sin(1.5 * np.pi * x)


def polynomial(degree):
    return make_pipeline(PolynomialFeatures(degree, include_bias=False), LinearRegression())


def section_3():
    figures = {}
    random = np.random.RandomState(42)
    x = np.sort(random.random_sample(10))
    y = truth(x) + 0.1 * random.standard_normal(10)
    x_test = random.random_sample(100)
    y_test = truth(x_test) + 0.1 * random.standard_normal(100)
    for degree in (1, 3, 15):
        model = polynomial(degree).fit(x[:, None], y)
        figures[f"degree {degree} train error"] = metrics.mean_squared_error(y, model.predict(x[:, None]))
        figures[f"degree {degree} test error"] = metrics.mean_squared_error(y_test, model.predict(x_test[:, None]))

    grid = (np.arange(100) + 0.5) / 100
    random = np.random.RandomState(1)
    samples = []
    for _ in range(200):
        x = random.random_sample(30)
        y = truth(x) + 0.1 * random.standard_normal(30)
        samples.append((x, y, truth(grid) + 0.1 * random.standard_normal(100)))
    sums = {}
    for degree in range(1, 10):
        curves = np.array([polynomial(degree).fit(x[:, None], y).predict(grid[:, None]) for x, y, _ in samples])
        fresh = np.array([sample[2] for sample in samples])
        bias, variance = np.mean((curves.mean(axis=0) - truth(grid)) ** 2), np.mean(curves.var(axis=0))
        figures[f"degree {degree} bias squared"] = bias
        figures[f"degree {degree} variance"] = variance
        figures[f"degree {degree} measured error"] = np.mean((fresh - curves) ** 2)
        sums[degree] = bias + variance
    return figures | {"best degree": min(sums, key=sums.get)}


def best_features(X, y):
    centred = X - X.mean(axis=0)
    strengths = np.abs(centred.T @ (y - y.mean())) / np.sqrt((centred ** 2).sum(axis=0))
    return np.argsort(-strengths, kind="stable")[:20]


def section_5():
    people = pd.DataFrame({
        "age": [25, None, 47, 51, 38, None, 29, 62],
        "income": [32_000, 54_000, None, 61_000, 250_000, 48_000, None, 57_000],
        "gender": ["female", "male", "male", "female", "female", "male", "female", "male"],
    })
    numbers = people[["age", "income"]]
    median = SimpleImputer(strategy="median").fit(numbers)
    imputed = pd.DataFrame(median.transform(numbers), columns=numbers.columns)
    encoded = pd.concat([imputed, pd.get_dummies(people.gender, prefix="gender", dtype=float)], axis=1)
    scaler = StandardScaler().fit(imputed)
    scaled = encoded.copy()
    scaled[["age", "income"]] = scaler.transform(imputed)
    newcomers = pd.DataFrame({"age": [np.nan, 44], "income": [70_000, 39_000]})
    new_rows = np.hstack([
        scaler.transform(pd.DataFrame(median.transform(newcomers), columns=numbers.columns)), [[0, 1], [0, 0]],
    ])

    random = np.random.RandomState(0)
    X = random.standard_normal((100, 1000))
    y = random.randint(0, 2, 100)
    peeked, wrong, right = best_features(X, y), [], []
    for seed in range(50):
        train, test = train_test_split(np.arange(100), test_size=0.3, random_state=seed)
        for scores, columns in [(wrong, peeked), (right, best_features(X[train], y[train]))]:
            model = LogisticRegression().fit(X[train][:, columns], y[train])
            scores.append(model.score(X[test][:, columns], y[test]))
    return {
        **{f"missing in {name}": count for name, count in people.isna().sum().items()},
        "means": SimpleImputer().fit(numbers).statistics_, "medians": median.statistics_,
        "imputed": imputed.to_numpy(), "encoded": encoded.to_numpy(), "scaled": scaled.to_numpy(),
        "column names": list(encoded.columns), "learned means": scaler.mean_, "learned scales": scaler.scale_,
        "new rows": new_rows,
        "accuracies with the leak": wrong, "accuracies without": right,
        "mean accuracy with the leak": np.mean(wrong), "mean accuracy without": np.mean(right),
    }


def section_7():
    loaded = datasets.load_breast_cancer(as_frame=True)
    X = loaded.data[["mean radius", "mean texture"]].to_numpy()
    y = np.where(loaded.target == 0, "malignant", "benign")
    X_rest, X_test, y_rest, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=42)
    X_train, X_choice, y_train, y_choice = train_test_split(
        X_rest, y_rest, test_size=0.25, stratify=y_rest, random_state=42)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X_train, y_train)
    prediction, positive = model.predict(X_test), y_test == "malignant"
    probabilities, choice = model.predict_proba(X_test)[:, 1], model.predict_proba(X_choice)[:, 1]
    false_positives, true_positives, _ = metrics.roc_curve(positive, probabilities)

    def cost(labels, probabilities, threshold):
        malignant, alarm = labels == "malignant", probabilities >= threshold
        return 10.0 * np.sum(malignant & ~alarm) + np.sum(~malignant & alarm)

    thresholds = np.arange(1, 100) / 100
    costs = [cost(y_choice, choice, threshold) for threshold in thresholds]
    chosen = thresholds[np.argmin(costs)]
    return {
        "confusion matrix": metrics.confusion_matrix(y_test, prediction),
        "accuracy": metrics.accuracy_score(y_test, prediction),
        "precision": metrics.precision_score(y_test, prediction, pos_label="malignant"),
        "recall": metrics.recall_score(y_test, prediction, pos_label="malignant"),
        "F1": metrics.f1_score(y_test, prediction, pos_label="malignant"),
        "classification report": metrics.classification_report(y_test, prediction),
        "accuracy of always benign": np.mean(~positive),
        "ROC AUC": metrics.roc_auc_score(positive, probabilities),
        "average precision": metrics.average_precision_score(positive, probabilities),
        "false positive rates": false_positives, "true positive rates": true_positives,
        "chosen threshold": chosen, "costs by threshold": costs,
        "test cost at 0.5": cost(y_test, probabilities, 0.5),
        "test cost at the chosen threshold": cost(y_test, probabilities, chosen),
    }


def section_13():
    X, y = datasets.load_iris(return_X_y=True)
    names = datasets.load_iris().target_names[y]
    X_train, X_test, y_train, y_test = train_test_split(X, names, test_size=0.2, random_state=42)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X_train, y_train)
    second = [[6.0, 2.2, 4.0, 1.0]]
    return {
        "accuracy on the rows held out": model.score(X_test, y_test),
        "prediction": list(model.predict([[5.1, 3.5, 1.4, 0.2]])),
        "second prediction": list(model.predict(second)),
        "probabilities": model.predict_proba(second).ravel(),
    }


def fixtures():
    yield "section-2", section_2()
    yield "section-3", section_3()
    yield "section-5", section_5()
    yield "section-7", section_7()
    yield "section-13", section_13()
