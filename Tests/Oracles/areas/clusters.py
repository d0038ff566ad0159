"""KMeans: labels, iterations, centres and inertia, from every kind of start, with ties, weights and empty clusters."""

import warnings

import numpy as np
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs

TOOLS = ["scikit-learn", "numpy"]

warnings.simplefilter("ignore")


def fitted(name, x, weights=None, **arguments):
    x = np.asarray(x, dtype=float)
    model = KMeans(**arguments).fit(x, sample_weight=weights)
    shifted = np.round(x[:20] + 0.25, 3)
    return {
        "name": name, "x": x, "weights": weights, "arguments": arguments, "labels": model.labels_,
        "centres": model.cluster_centers_, "inertia": model.inertia_, "iterations": model.n_iter_,
        "other": shifted, "predicted": model.predict(shifted), "distances": np.round(model.transform(shifted[:5]), 9),
    }


def blobs(count, columns, centres, spread, seed):
    x, _ = make_blobs(count, columns, centers=centres, cluster_std=spread, random_state=seed)
    return np.round(x, 3)


def cases():
    x = blobs(150, 2, 4, 1.5, 0)
    yield fitted("default", x, random_state=0)
    for seed in [1, 42, 2**32 - 1]:
        yield fitted(f"seed-{seed}", x, n_clusters=4, random_state=seed)
    yield fitted("several-starts", x, n_clusters=5, n_init=4, random_state=3)
    yield fitted("random-starts", x, n_clusters=3, init="random", random_state=4)
    yield fitted("one-random-start", x, n_clusters=6, init="random", n_init=1, random_state=5)
    random = np.random.RandomState(6)
    weights = np.round(random.exponential(size=150), 3)
    weights[::9] = 0
    yield fitted("weighted", x, weights, n_clusters=5, random_state=6)
    yield fitted("weighted-random", x, weights, n_clusters=4, init="random", n_init=3, random_state=7)
    yield fitted("given-centres", x, n_clusters=3, init=x[[3, 70, 149]], random_state=8)
    yield fitted("given-centres-weighted", x, weights, n_clusters=3, init=x[[3, 70, 149]])
    yield fitted("far-centre", x, n_clusters=3, init=np.array([[0.0, 0.0], [1.0, 1.0], [500.0, 500.0]]))
    yield fitted("few-iterations", x, n_clusters=7, max_iter=2, random_state=9)
    yield fitted("no-tolerance", x, n_clusters=7, tol=0, random_state=10)
    yield fitted("coarse", x, n_clusters=7, tol=0.05, random_state=11)
    yield fitted("one-cluster", x, n_clusters=1, random_state=12)
    yield fitted("one-column", blobs(80, 1, 3, 1.0, 13), n_clusters=3, random_state=13)
    # Not by k-means++: when few rows are left, candidates tie, and the sum's last bit decides, which the CPU does.
    yield fitted("as-many-as-rows", blobs(6, 2, 3, 1.0, 14), n_clusters=6, init="random", random_state=14)
    yield fitted("sixteen-columns", blobs(70, 16, 5, 4.0, 15), n_clusters=9, random_state=15)
    # Wide enough for the road through a matrix product.
    yield fitted("forty-columns", blobs(45, 40, 5, 4.0, 16), n_clusters=9, random_state=16)


def ties():
    """Whole numbers, so that many rows are equally far from two centres, and few distinct rows."""
    for seed in range(12):
        random = np.random.RandomState(seed)
        x = random.randint(0, 5, (70, 1 + seed % 4))
        yield fitted(f"grid-{seed}", x, n_clusters=2 + seed % 3, random_state=seed)
    for seed in range(4):
        x = np.random.RandomState(seed).randint(0, 17, (60, 12))
        yield fitted(f"pixels-{seed}", x, n_clusters=6, random_state=seed)
    corners = np.repeat([[0.0, 0.0], [0.0, 4.0], [4.0, 0.0], [4.0, 4.0]], 5, axis=0)
    yield fitted("corners", corners, n_clusters=4, random_state=0)
    yield fitted("middle", [[-1.0], [0.0], [1.0]], n_clusters=2, init=np.array([[-1.0], [1.0]]))
    # More clusters than distinct rows: centres coincide.
    yield fitted("coinciding", corners, n_clusters=5, init=np.vstack([corners[[0, 5, 10, 15]], corners[:1]]))


def fixtures():
    yield "kmeans", {"cases": list(cases())}
    yield "kmeans-ties", {"cases": list(ties())}
