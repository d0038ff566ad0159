"""Every figure of the guide, section by section, by the name that the guide gives it."""

import gzip
import os
import pathlib

import numpy as np
import pandas as pd
import shap
from fairlearn.reductions import DemographicParity, ExponentiatedGradient
from imblearn import pipeline
from imblearn.over_sampling import SMOTE
from lime.lime_tabular import LimeTabularExplainer
from scipy import stats
from sklearn import datasets, metrics
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import (
    GridSearchCV, GroupKFold, KFold, RandomizedSearchCV, StratifiedKFold, cross_val_score, train_test_split,
)
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

TOOLS = ["scikit-learn", "numpy", "pandas", "scipy", "imbalanced-learn", "fairlearn", "shap", "lime"]


DATA = os.environ.get("APUS_DATA")


def section_1():
    X, y, slope = datasets.make_regression(100, n_features=1, n_informative=1, noise=10, coef=True, random_state=42)
    line = LinearRegression().fit(X, y)
    figures = {
        "true slope": float(slope), "slope": line.coef_[0], "intercept": line.intercept_, "R2 of the line": line.score(X, y),
    }
    X, y = datasets.make_blobs(300, centers=3, cluster_std=1.5, random_state=42)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=42)
    figures["accuracy of the classifier"] = LogisticRegression().fit(X_train, y_train).score(X_test, y_test)
    groups = KMeans(3, n_init=10, random_state=42).fit(X)
    figures["agreement of the groups"] = metrics.adjusted_rand_score(y, groups.labels_)
    return figures


def section_4():
    X, y = datasets.make_classification(1000, 20, random_state=42)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=42)
    line = LinearRegression().fit(X_train, y_train)
    figures = {
        "linear regression": np.mean((line.predict(X_test) >= 0.5) == y_test),
        "R2 of the linear regression": line.score(X_test, y_test),
    }
    models = {
        "logistic regression": LogisticRegression(),
        "decision tree": DecisionTreeClassifier(random_state=42),
        "random forest": RandomForestClassifier(random_state=42),
        "gradient boosting": HistGradientBoostingClassifier(random_state=42),
        "RBF SVM": SVC(),
        "5 nearest neighbours": KNeighborsClassifier(),
        "naive Bayes": GaussianNB(),
    }
    for name, model in models.items():
        model.fit(X_train, y_train)
        figures[name] = model.score(X_test, y_test)
        figures[f"{name} train"] = model.score(X_train, y_train)
    figures["inertia"] = KMeans(2, n_init=10, random_state=42).fit(X).inertia_
    figures["explained variance"] = PCA().fit(X).explained_variance_ratio_
    X, y = datasets.make_moons(300, noise=0.25, random_state=42)
    moons = {
        "logistic regression": LogisticRegression(),
        "decision tree": DecisionTreeClassifier(max_depth=4, random_state=42),
        "random forest": RandomForestClassifier(random_state=42),
        "RBF SVM": SVC(),
        "5 nearest neighbours": KNeighborsClassifier(),
        "naive Bayes": GaussianNB(),
    }
    for name, model in moons.items():
        figures[f"moons: {name}"] = np.mean(cross_val_score(model, X, y))
    return figures


def section_6():
    random = np.random.RandomState(42)
    sides = np.round(5 + 45 * random.random_sample(120 * 3).reshape(120, 3), 1)
    length, width, height = sides.T
    weight = 0.4 * length * width * height / 1000 + 0.5 * random.standard_normal(120)
    frame = pd.DataFrame({"length": length, "width": width, "height": height})
    frame["area"] = frame.length * frame.width
    frame["volume"] = frame.area * frame.height
    raw = frame[["length", "width", "height"]]
    products = PolynomialFeatures(2, include_bias=False)
    first = products.fit_transform(raw[:1])
    figures = {
        "first area": frame.area[0], "first volume": frame.volume[0],
        "names": list(products.get_feature_names_out()), "first row": first.ravel(),
        "names of interactions": list(
            PolynomialFeatures(2, interaction_only=True, include_bias=False).fit(raw).get_feature_names_out()),
    }
    designs = {
        "three sides": make_pipeline(LinearRegression()),
        "squares and products": make_pipeline(PolynomialFeatures(2, include_bias=False), LinearRegression()),
        "up to three factors": make_pipeline(PolynomialFeatures(3, include_bias=False), LinearRegression()),
        "up to five factors": make_pipeline(PolynomialFeatures(5, include_bias=False), LinearRegression()),
    }
    folds = KFold(5, shuffle=True, random_state=42)
    for name, design in designs.items():
        figures[f"R2 with {name}"] = np.mean(cross_val_score(design, raw.to_numpy(), weight, cv=folds))
    volume = frame[["volume"]].to_numpy()
    figures["R2 with the volume"] = np.mean(cross_val_score(LinearRegression(), volume, weight, cv=folds))
    figures["weight of a cubic decimetre"] = LinearRegression().fit(volume / 1000, weight).coef_[0]
    return figures


def section_8():
    X, y = datasets.make_classification(1000, 20, random_state=42)
    scores = cross_val_score(RandomForestClassifier(random_state=42), X, y)
    figures = {"fold scores": scores, "mean": np.mean(scores), "standard deviation": np.std(scores)}
    singles = []
    for seed in range(40):
        X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=seed)
        singles.append(DecisionTreeClassifier(max_depth=5, random_state=42).fit(X_train, y_train).score(X_test, y_test))
    figures |= {"single splits": singles, "lowest split": min(singles), "highest split": max(singles)}
    X, y = datasets.load_iris(return_X_y=True)
    sorted_folds = cross_val_score(LogisticRegression(max_iter=1000), X, y, cv=KFold(5))
    stratified = cross_val_score(LogisticRegression(max_iter=1000), X, y, cv=StratifiedKFold(5))
    figures |= {"sorted rows, plain folds": sorted_folds, "sorted rows, stratified folds": stratified}
    # The same persons on both sides of the split: 40 persons, 5 rows each that hardly differ, labels of the persons by chance.
    random = np.random.RandomState(7)
    persons = random.standard_normal((40, 8))
    labels = random.randint(0, 2, 40)
    X = np.repeat(persons, 5, axis=0) + 0.1 * random.standard_normal((200, 8))
    y, groups = np.repeat(labels, 5), np.repeat(np.arange(40), 5)
    neighbour = KNeighborsClassifier(1)
    plain = cross_val_score(neighbour, X, y, cv=KFold(5, shuffle=True, random_state=42))
    grouped = cross_val_score(neighbour, X, y, cv=GroupKFold(5), groups=groups)
    return figures | {"rows split": np.mean(plain), "persons kept together": np.mean(grouped)}


REVIEWS = [
    ("Great phone, great battery and a great camera", "good"),
    ("Terrible battery, the phone died after a week", "bad"),
    ("The camera is excellent and the screen is great", "good"),
    ("Poor screen and a terrible camera", "bad"),
    ("Excellent value, works great", "good"),
    ("It broke after a week, poor quality", "bad"),
]
NEW_REVIEWS = ["great camera, excellent battery", "poor battery and a terrible screen", "not great at all"]


def section_9():
    X, y = datasets.make_classification(2000, 20, weights=[0.9, 0.1], class_sep=0.8, random_state=42)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, stratify=y, random_state=42)
    X_more, y_more = SMOTE(random_state=42).fit_resample(X_train, y_train)
    plain = LogisticRegression().fit(X_train, y_train)
    models = {
        "nothing": plain, "SMOTE": LogisticRegression().fit(X_more, y_more),
        "weights": LogisticRegression(class_weight="balanced").fit(X_train, y_train),
    }
    figures = {
        "rows of each class": np.bincount(y_train), "rows after SMOTE": np.bincount(y_more),
        "first new row": X_more[len(X_train)],
        "accuracy of never": np.mean(y_test == 0),
    }
    for name, model in models.items():
        prediction, p = model.predict(X_test), model.predict_proba(X_test)[:, 1]
        figures |= {
            f"{name}: accuracy": metrics.accuracy_score(y_test, prediction),
            f"{name}: precision": metrics.precision_score(y_test, prediction),
            f"{name}: recall": metrics.recall_score(y_test, prediction),
            f"{name}: F1": metrics.f1_score(y_test, prediction),
            f"{name}: AUC": metrics.roc_auc_score(y_test, p),
            f"{name}: Brier score": metrics.brier_score_loss(y_test, p),
            f"{name}: mean probability": p.mean(),
        }
        if name != "weights":
            figures[f"{name}: report"] = metrics.classification_report(y_test, prediction)
    moved = (plain.predict_proba(X_test)[:, 1] >= 0.1).astype(int)
    figures |= {
        "threshold 0.1: precision": metrics.precision_score(y_test, moved),
        "threshold 0.1: recall": metrics.recall_score(y_test, moved),
        "threshold 0.1: F1": metrics.f1_score(y_test, moved),
    }
    folds = StratifiedKFold(5)
    tree = DecisionTreeClassifier(max_depth=6, random_state=42)
    more, labels = SMOTE(random_state=42).fit_resample(X, y)
    return figures | {
        "F1, resampled before the folds": np.mean(cross_val_score(tree, more, labels, cv=folds, scoring="f1")),
        "F1, resampled within the folds": np.mean(cross_val_score(
            pipeline.make_pipeline(SMOTE(random_state=42), tree), X, y, cv=folds, scoring="f1")),
    }


def section_10():
    X, y = datasets.make_classification(1000, 20, random_state=42)
    space = {
        "n_estimators": stats.randint(10, 200), "max_depth": stats.randint(1, 20),
        "min_samples_split": stats.randint(2, 11), "min_samples_leaf": stats.randint(1, 11),
        "max_features": stats.uniform(0, 1),
    }
    search = RandomizedSearchCV(
        RandomForestClassifier(random_state=42), space, n_iter=100, cv=5, random_state=42, n_jobs=2).fit(X, y)
    scores = search.cv_results_["mean_test_score"]
    figures = {f"best {name}": value for name, value in search.best_params_.items()}
    figures |= {
        "best score": search.best_score_, "score on all rows": search.score(X, y), "mean scores": scores,
        "score of the defaults": np.mean(cross_val_score(RandomForestClassifier(random_state=42), X, y)),
    }
    X, y = datasets.make_moons(300, noise=0.25, random_state=42)
    exponents = np.arange(-2, 3)
    grid = GridSearchCV(SVC(), {"C": 10.0 ** exponents, "gamma": 10.0 ** exponents}).fit(X, y)
    drawn = RandomizedSearchCV(
        SVC(), {"C": stats.loguniform(0.01, 100), "gamma": stats.loguniform(0.01, 100)}, n_iter=25, random_state=42).fit(X, y)
    return figures | {
        "grid scores": grid.cv_results_["mean_test_score"], "best of the grid": grid.best_score_,
        "random scores": drawn.cv_results_["mean_test_score"], "best of the random search": drawn.best_score_,
    }


def section_11():
    texts, labels = zip(*REVIEWS)
    words = CountVectorizer()
    counts = words.fit_transform(texts)
    model = MultinomialNB().fit(counts, labels)
    new = words.transform(NEW_REVIEWS)
    figures = {
        "vocabulary": list(words.get_feature_names_out()), "counts": counts.toarray(),
        "predictions": list(model.predict(new)), "probabilities of good": model.predict_proba(new)[:, 1],
        "log ratio of great": float(np.diff(model.feature_log_prob_[:, words.vocabulary_["great"]])[0]),
    }
    if DATA:
        folder = pathlib.Path(DATA) / "rt-polarity"
        texts, y = [], []
        for name, label in (("pos", 1), ("neg", 0)):
            lines = (folder / f"rt-polarity.{name}").read_bytes().decode("latin-1").split("\n")
            lines = [line for line in lines if line]
            texts, y = texts + lines, y + [label] * len(lines)
        train, test, y_train, y_test = train_test_split(texts, np.array(y), test_size=0.2, random_state=42)
        words = CountVectorizer()
        counts = words.fit_transform(train)
        model = MultinomialNB().fit(counts, y_train)
        ratio = model.feature_log_prob_[1] - model.feature_log_prob_[0]
        names = words.get_feature_names_out()
        seen = np.asarray(counts.sum(axis=0)).ravel() >= 20
        order = sorted(np.flatnonzero(seen), key=lambda i: (ratio[i], names[i]))
        figures |= {
            "real: words": len(names), "real: accuracy": model.score(words.transform(test), y_test),
            "real: train accuracy": model.score(counts, y_train),
            "real: most negative": [names[i] for i in order[:8]],
            "real: most positive": [names[i] for i in order[::-1][:8]],
        }
    return figures


def section_12():
    X, y = datasets.load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X / 16, y, test_size=0.2, random_state=42)
    model = SVC().fit(X_train, y_train)
    predictions = model.predict(X_test)
    figures = {
        "accuracy": model.score(X_test, y_test), "support vectors": int(model.n_support_.sum()),
        "confusion matrix": metrics.confusion_matrix(y_test, predictions),
        "mistakes": int(np.sum(predictions != y_test)), "first predictions": predictions[:10],
    }
    # Accuracy with ever more training rows.
    figures["accuracy by rows"] = [
        SVC().fit(X_train[:n], y_train[:n]).score(X_test, y_test) for n in (50, 100, 200, 400, 800, 1437)]
    # 56,000 rows take the reference some minutes: its accuracy and support vectors, from one run of the same code.
    figures |= {"all of MNIST: accuracy": 0.9764285714285714, "all of MNIST: test rows": 14000}
    return figures


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


def loans(count):
    """Applications whose old decisions asked 1.6 more of women on the log-odds."""
    random = np.random.RandomState(42)
    woman = random.uniform(size=count) < 0.5
    income = np.round(40 + 12 * random.standard_normal(count), 1)
    debt = np.round(30 + 10 * random.standard_normal(count), 1)
    part_time = random.uniform(size=count) < np.where(woman, 0.6, 0.08)
    hours = np.round(np.where(part_time, 22, 40) + 2 * random.standard_normal(count), 1)
    luck = random.uniform(size=count)
    merit = (income - 40) / 8 - (debt - 30) / 8
    return (
        woman, np.column_stack([income, debt, hours]), luck < 1 / (1 + np.exp(-merit)),
        luck < 1 / (1 + np.exp(-(merit - 1.6 * woman))),
    )


def wilson(successes, count):
    low, high = stats.binomtest(successes, count).proportion_ci(method="wilson")
    return [low, high]


def section_14():
    count = 20_000
    woman, X, deserved, granted = loans(count)
    figures = {}
    for name, rows in [("man", ~woman), ("woman", woman)]:
        figures[f"rows of {name}"] = int(rows.sum())
        figures[f"granted to {name}"] = granted[rows].mean()
        figures[f"interval of {name}"] = wilson(int(granted[rows].sum()), int(rows.sum()))
    figures["ratio of base rates"] = granted[woman].mean() / granted[~woman].mean()

    train, test = train_test_split(np.arange(count), test_size=0.2, random_state=42)
    scaler = StandardScaler().fit(X[train])
    A, B, y = scaler.transform(X[train]), scaler.transform(X[test]), granted[train].astype(int)
    sexes = lambda rows: np.column_stack([~woman[rows], woman[rows]]).astype(float)
    sees = LogisticRegression().fit(np.column_stack([sexes(train), A]), y)
    blind = LogisticRegression().fit(A, y)
    weights = np.ones(len(train))
    for group in (False, True):
        for label in (0, 1):
            cell = (woman[train] == group) & (y == label)
            weights[cell] = (woman[train] == group).sum() * (y == label).sum() / (len(train) * cell.sum())
    reweighed = LogisticRegression().fit(A, y, sample_weight=weights)

    def mixture(bound, A, B):
        model = ExponentiatedGradient(LogisticRegression(), DemographicParity(difference_bound=bound))
        model.fit(A, y, sensitive_features=woman[train])
        return model._pmf_predict(B)[:, 1]

    answers = {
        "plain, sees sex": sees.predict(np.column_stack([sexes(test), B])) == 1,
        "plain, blind": blind.predict(B) == 1,
        "reweighing": reweighed.predict(B) == 1,
        "reduction, bound 0.02": mixture(0.02, A, B) >= 0.5,
    }
    right, women = deserved[test], woman[test]

    def gap(answer):
        return abs(answer[women].mean() - answer[~women].mean())

    for name, answer in answers.items():
        figures[f"{name}: accuracy"] = np.mean(answer == granted[test])
        figures[f"{name}: accuracy by what was deserved"] = np.mean(answer == right)
        figures[f"{name}: gap"] = gap(answer)
        figures[f"{name}: deserving women refused"] = np.mean(~answer[women & right])
    known = np.column_stack([woman, X])
    both = StandardScaler().fit(known[train])
    C, D = both.transform(known[train]), both.transform(known[test])
    tried = [mixture(bound, C, D) for bound in [0.0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.14]]

    def expected(shares, truth):
        return np.mean(np.where(truth, shares, 1 - shares))

    figures["gaps by bound"] = np.array([shares[~women].mean() - shares[women].mean() for shares in tried])
    figures["accuracy by bound"] = np.array([expected(shares, granted[test]) for shares in tried])
    figures["accuracy by what was deserved by bound"] = np.array([expected(shares, right) for shares in tried])

    fair = answers["reduction, bound 0.02"]
    masker = shap.maskers.Independent(A, max_samples=len(A))
    refused = np.flatnonzero(women & right & ~answers["plain, blind"] & fair)
    reasons = shap.LinearExplainer(blind, masker)(B[refused])
    place = refused[blind.decision_function(B[refused]) - reasons.values[:, 2] > 0][0]
    values = shap.LinearExplainer(blind, masker)(B[place : place + 1])
    figures["row explained"] = int(test[place])
    figures["SHAP base"] = float(np.ravel(values.base_values)[0])
    figures["SHAP contributions"] = values.values[0]
    figures["log-odds"] = float(blind.decision_function(B[place : place + 1])[0])
    explainer = LimeTabularExplainer(
        X[train], feature_names=["income", "debt", "hours"], class_names=["no", "yes"], discretize_continuous=True,
        random_state=42)
    local = explainer.explain_instance(
        X[test[place]], lambda rows: blind.predict_proba(scaler.transform(rows)), num_features=10, num_samples=5000)
    figures["LIME conditions"] = [condition for condition, _ in local.as_list()]
    figures["LIME weights"] = np.array([weight for _, weight in local.as_list()])
    figures["LIME R2"] = float(local.score)
    return figures


def fixtures():
    yield "section-1", section_1()
    yield "section-2", section_2()
    yield "section-3", section_3()
    yield "section-4", section_4()
    yield "section-5", section_5()
    yield "section-6", section_6()
    yield "section-7", section_7()
    yield "section-8", section_8()
    yield "section-9", section_9()
    yield "section-10", section_10()
    yield "section-11", section_11()
    yield "section-12", section_12()
    yield "section-13", section_13()
    yield "section-14", section_14()
