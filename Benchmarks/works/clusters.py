"""Clusters and decompositions."""
from . import Work, estimator, timed

WORKS = {"kmeans": Work("k-means 500,000 x 16, k = 32", [("intelex", 0.8), ("sklearn", None)], complexity=1.15)}


def kmeans(peer, data):
    x = data.matrix("blobs", 16, 500_000)
    model = estimator(peer, "cluster", "KMeans")(n_clusters=32, random_state=0)
    _, seconds = timed(lambda: model.fit(x))
    return seconds, {"inertia": float(model.inertia_), "iterations": int(model.n_iter_)}
