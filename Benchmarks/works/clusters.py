"""Clusters and decompositions."""
from . import Work, estimator, timed

WORKS = {
    "kmeans": Work("k-means 500,000 x 16, k = 32", [("intelex", 0.8), ("sklearn", None)], complexity=1.15),
    "mini-batch-kmeans": Work("mini-batch k-means 500,000 x 16, k = 32", [("sklearn", None)], rounds=1),
    "pca": Work(
        "PCA, 50 components, MNIST 70,000 x 784", [("sklearn", 1.0), ("intelex", None)], sizes=(1 / 16, 1 / 4),
        needs="mnist.f64",
    ),
}


def kmeans(peer, data):
    x = data.matrix("blobs", 16, 500_000)
    model = estimator(peer, "cluster", "KMeans")(n_clusters=32, random_state=0)
    _, seconds = timed(lambda: model.fit(x))
    return seconds, {"inertia": float(model.inertia_), "iterations": int(model.n_iter_)}


def mini_batch_kmeans(peer, data):
    x = data.matrix("blobs", 16, 500_000)
    model = estimator(peer, "cluster", "MiniBatchKMeans")(n_clusters=32, random_state=0)
    _, seconds = timed(lambda: model.fit(x))
    return seconds, {"inertia": float(model.inertia_), "iterations": int(model.n_steps_)}


def pca(peer, data):
    x = data.matrix("mnist", 784, 70_000)
    model = estimator(peer, "decomposition", "PCA")(n_components=50)
    _, seconds = timed(lambda: model.fit(x))
    return seconds, {"variance": float(model.explained_variance_ratio_.sum())}
