"""Searching parameters: a hundred forests drawn at random, and what a trial costs that has nothing to do."""
from . import Work, timed

WORKS = {
    "search": Work("random search, 100 forests x 5 folds, 1,000 x 20", [("sklearn", 0.2)], sizes=(), rounds=1),
    "search-study": Work("the same, kept in a study", [("sklearn", 0.2)], sizes=(), rounds=1),
    "trial": Work("1,000 empty trials (bar 0.2 s)", sizes=()),
    "trial-study": Work("1,000 empty trials in a study (bar 2 s)", sizes=()),
}


def search(peer, data):
    from scipy.stats import randint, uniform
    from sklearn.datasets import make_classification
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.model_selection import RandomizedSearchCV

    x, y = make_classification(n_samples=1000, n_features=20, random_state=42)
    space = {
        "n_estimators": randint(10, 200), "max_depth": randint(1, 20), "min_samples_split": randint(2, 11),
        "min_samples_leaf": randint(1, 11), "max_features": uniform(0, 1),
    }
    wanted = RandomizedSearchCV(RandomForestClassifier(random_state=42), space, n_iter=100, cv=5, random_state=42, n_jobs=2)
    found, seconds = timed(lambda: wanted.fit(x, y))
    return seconds, {"best": found.best_score_, "sum": float(found.cv_results_["mean_test_score"].sum())}


def search_study(peer, data):
    return search(peer, data)
