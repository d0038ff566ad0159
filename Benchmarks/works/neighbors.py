"""Neighbours, and clusters by density."""
from . import Work, estimator, timed

# A growth run makes queries and rows more at once: both algorithms are quadratic.
WORKS = {
    "neighbors": Work(
        "5 neighbours of 20,000 among 80,000 x 20", [("intelex", 0.5), ("sklearn", None)], sizes=(0.25, 0.5),
        complexity=2.0),
    "dbscan": Work("DBSCAN 50,000 x 16", [("intelex", 0.5), ("sklearn", None)], complexity=2.0),
}


def neighbors(peer, data):
    x, y = data.matrix("classification", 20, 80_000), data.vector("classification-y", 80_000)
    queries = data.matrix("classification-queries", 20, 20_000)
    model = estimator(peer, "neighbors", "KNeighborsClassifier")(n_jobs=2)
    predicted, seconds = timed(lambda: model.fit(x, y).predict(queries))
    return seconds, {"second class": int(predicted.sum())}


def dbscan(peer, data):
    x = data.matrix("points", 16, 50_000)
    model = estimator(peer, "cluster", "DBSCAN")(eps=3, min_samples=5, n_jobs=2)
    _, seconds = timed(lambda: model.fit(x))
    return seconds, {"clusters": int(model.labels_.max()) + 1, "cores": len(model.core_sample_indices_)}
