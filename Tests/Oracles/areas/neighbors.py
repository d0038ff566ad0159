"""Neighbours and what is made of them: every algorithm and metric, ties and duplicates, votes, means and DBSCAN."""

import warnings

import numpy as np
from scipy import sparse
from sklearn.cluster import DBSCAN
from sklearn.datasets import make_blobs
from sklearn.neighbors import (
    BallTree,
    KDTree,
    KNeighborsClassifier,
    KNeighborsRegressor,
    NearestNeighbors,
    RadiusNeighborsClassifier,
    RadiusNeighborsRegressor,
)

TOOLS = ["scikit-learn", "numpy", "scipy"]

warnings.simplefilter("ignore")


def gaussian(rows, columns, seed, decimals=2):
    return np.round(np.random.RandomState(seed).randn(rows, columns), decimals)


def grid(rows, columns, seed, high=3):
    return np.random.RandomState(seed).randint(0, high, (rows, columns)).astype(float)


def nearest(name, x, queries, k, **arguments):
    model = NearestNeighbors(n_neighbors=k, **arguments).fit(x)
    distances, indices = model.kneighbors(queries)
    case = {
        "name": name, "x": x, "queries": queries, "k": k, "arguments": arguments, "method": model._fit_method,
        "distances": distances, "indices": indices,
    }
    if k < len(x):
        case["otherIndices"] = model.kneighbors(return_distance=False)[:60]
    return case


def near_cases():
    shapes = [("tiny", 7, 2), ("small", 40, 3), ("tall", 120, 4), ("wide", 50, 12)]
    for label, rows, columns in shapes:
        x, queries = gaussian(rows, columns, rows), gaussian(12, columns, rows + 1)
        for algorithm in ["auto", "kd_tree", "ball_tree", "brute"]:
            for metric in [{}, {"p": 1}, {"p": 3}, {"metric": "chebyshev"}]:
                if metric and (algorithm == "auto" or label == "small"):
                    continue
                yield nearest(f"{label}-{algorithm}-{metric}", x, queries, 3, algorithm=algorithm, leaf_size=4, **metric)
    x, queries = gaussian(60, 20, 1), gaussian(10, 20, 2)
    yield nearest("auto-is-brute-by-columns", x, queries, 4)
    yield nearest("auto-is-brute-by-neighbors", x[:20, :3], queries[:, :3], 10)
    yield nearest("auto-is-a-tree", x[:, :15], queries[:, :15], 5)
    yield nearest("cosine", x, queries, 4, metric="cosine")
    yield nearest("root-of-p", np.abs(x[:, :4]), queries[:, :4], 4, p=0.5)
    yield nearest("far-from-zero", x + 1000, queries + 1000, 4)


def tie_cases():
    """Whole numbers and few distinct rows, so that which of many equally distant rows comes first is seen."""
    for seed in range(4):
        for algorithm in ["kd_tree", "ball_tree", "brute"]:
            x, queries = grid(70, 2 + seed, seed), grid(12, 2 + seed, seed + 50)
            yield nearest(f"grid-{seed}-{algorithm}", x, queries, 6, algorithm=algorithm, leaf_size=5)
    x, queries = grid(90, 18, 9), grid(12, 18, 10)
    yield nearest("wide-grid", x, queries, 9)
    yield nearest("wide-grid-more-queries", x[:10], queries, 4)
    yield nearest("wide-grid-manhattan", x, queries, 9, algorithm="brute", p=1)
    # Not whole numbers: equal distances differ by rounding, and its order decides.
    yield nearest("thirds", np.round(x / 3 - 0.7, 2), np.round(queries / 3 - 0.7, 2), 9)
    yield nearest("tenths", np.round(x * 0.1, 1), np.round(queries * 0.1, 1), 9)
    yield nearest("equal", np.full((40, 3), 2.5), np.full((3, 3), 2.5), 4, leaf_size=3)
    yield nearest("equal-brute", np.full((40, 20), 2.5), np.full((3, 20), 2.5), 20)
    # Long lists are sorted by quicksort, whose order of equal distances shows.
    yield nearest("many", grid(250, 2, 3, 6), grid(3, 2, 4, 6), 60, algorithm="kd_tree", leaf_size=7)
    yield nearest("many-brute", grid(200, 2, 3, 6), grid(3, 2, 4, 6), 60, algorithm="brute")


def trees():
    """The order of the rows in the leaves, large enough for every branch of the selection."""
    for name, x in [
        ("gaussian", gaussian(500, 3, 0)), ("grid", grid(700, 2, 1, 5)), ("sorted", np.arange(600.0)[:, None]),
        ("organ-pipe", np.abs(np.arange(601.0) - 300)[:, None]), ("equal", np.ones((200, 2))),
    ]:
        for leaf in [1, 6]:
            yield {
                "name": name, "x": x, "leaf": leaf, "boxes": np.asarray(KDTree(x, leaf_size=leaf).idx_array),
                "balls": np.asarray(BallTree(x, leaf_size=leaf).idx_array),
            }


def radius(name, x, queries, distance, **arguments):
    model = NearestNeighbors(radius=distance, **arguments).fit(x)
    found, places = model.radius_neighbors(queries)
    return {
        "name": name, "x": x, "queries": queries, "radius": distance, "arguments": arguments,
        "counts": [len(row) for row in places], "indices": np.concatenate(places), "distances": np.concatenate(found),
        "otherCounts": [len(row) for row in model.radius_neighbors()[1]],
    }


def radius_cases():
    x, queries = gaussian(80, 3, 5), gaussian(9, 3, 6)
    for algorithm in ["kd_tree", "ball_tree", "brute"]:
        for metric in [{}, {"p": 1}, {"p": 3}, {"metric": "chebyshev"}]:
            yield radius(f"{algorithm}-{metric}", x, queries, 1.1, algorithm=algorithm, leaf_size=5, **metric)
    yield radius("wide", gaussian(80, 20, 5), gaussian(9, 20, 6), 5.5)
    yield radius("cosine", x, queries, 0.3, metric="cosine")
    yield radius("border", grid(60, 2, 1), grid(6, 2, 2), 1.0, leaf_size=4)
    yield radius("border-wide", grid(60, 18, 1), grid(6, 18, 2), 4.0)


def vote(name, x, y, queries, **arguments):
    x, queries = np.asarray(x), np.asarray(queries)
    model = KNeighborsClassifier(**arguments).fit(x, y)
    values = np.round(np.random.RandomState(len(x)).randn(len(x)), 3)
    means = KNeighborsRegressor(**arguments).fit(x, values)
    return {
        "name": name, "x": x, "y": y, "queries": queries, "arguments": arguments, "predicted": model.predict(queries),
        "probabilities": model.predict_proba(queries), "values": values, "means": means.predict(queries),
    }


def vote_cases():
    for label, rows, columns in [("tiny", 9, 2), ("tall", 200, 3), ("wide", 40, 25)]:
        x, queries = gaussian(rows, columns, rows), gaussian(15, columns, rows + 1)
        queries[:3] = x[:3]
        y = np.random.RandomState(rows).randint(0, 3, rows)
        yield vote(f"{label}-uniform", x, y, queries)
        yield vote(f"{label}-distance", x, y, queries, weights="distance", n_neighbors=4)
        yield vote(f"{label}-manhattan", x, y, queries, p=1, n_neighbors=3)
        yield vote(f"{label}-cosine", x, y, queries, metric="cosine", n_neighbors=3)
        yield vote(f"{label}-ball", x, y, queries, algorithm="ball_tree", leaf_size=3, weights="distance")
    x, y = grid(120, 3, 4), np.random.RandomState(4).randint(0, 4, 120)
    yield vote("ties", x, y, grid(20, 3, 5), weights="distance")
    yield vote("ties-brute", x, y, grid(20, 3, 5), algorithm="brute", n_neighbors=8)
    distances = np.abs(x[:, None] - x[None]).sum(axis=2)
    yield vote("precomputed", distances, y, distances[:10] + 0.001 * np.arange(120), metric="precomputed")


def sparse_cases():
    random = np.random.RandomState(3)
    x = np.round(random.rand(60, 12) * (random.rand(60, 12) < 0.25), 3)
    x[5] = 0
    queries = np.round(random.rand(8, 12) * (random.rand(8, 12) < 0.3), 3)
    y = random.randint(0, 3, 60)
    for arguments in [{}, {"p": 1}, {"metric": "cosine"}, {"weights": "distance"}]:
        model = KNeighborsClassifier(4, algorithm="brute", **arguments).fit(sparse.csr_matrix(x), y)
        yield {
            "x": x, "y": y, "queries": queries, "arguments": arguments,
            "distances": model.kneighbors(sparse.csr_matrix(queries))[0],
            "probabilities": model.predict_proba(sparse.csr_matrix(queries)),
        }


def radius_votes():
    x, queries = gaussian(100, 2, 7), np.vstack([gaussian(10, 2, 8), [[50.0, 50.0]]])
    y = np.random.RandomState(7).randint(0, 3, 100)
    values = np.round(np.random.RandomState(8).randn(100), 3)
    for arguments in [{}, {"weights": "distance"}, {"algorithm": "brute"}, {"p": 1, "algorithm": "ball_tree"}]:
        for outlier in [2, "most_frequent"]:
            model = RadiusNeighborsClassifier(0.8, outlier_label=outlier, **arguments).fit(x, y)
            means = RadiusNeighborsRegressor(0.8, **arguments).fit(x, values).predict(queries)
            yield {
                "x": x, "y": y, "queries": queries, "arguments": arguments, "outlier": str(outlier),
                "predicted": model.predict(queries), "probabilities": model.predict_proba(queries), "values": values,
                "means": means,
            }


def density(name, x, weights=None, **arguments):
    model = DBSCAN(**arguments).fit(x, sample_weight=weights)
    return {
        "name": name, "x": x, "weights": weights, "arguments": arguments, "labels": model.labels_,
        "cores": model.core_sample_indices_,
    }


def density_cases():
    x = np.round(make_blobs(300, 2, centers=4, cluster_std=0.8, random_state=1)[0], 3)
    yield density("default", x)
    yield density("wide-eps", x, eps=0.9, min_samples=10)
    for algorithm in ["kd_tree", "ball_tree", "brute"]:
        yield density(f"{algorithm}", x, eps=0.6, min_samples=4, algorithm=algorithm, leaf_size=7)
    for metric in ["manhattan", "chebyshev", "cosine"]:
        yield density(metric, x, eps=0.02 if metric == "cosine" else 0.6, min_samples=6, metric=metric)
    yield density("minkowski", x, eps=0.5, metric="minkowski", p=3)
    weights = np.round(np.random.RandomState(2).exponential(size=300), 2)
    weights[::7] = 0
    yield density("weighted", x, weights, eps=0.5, min_samples=5)
    yield density("heavy", x, np.where(np.arange(300) % 50 == 0, 9.0, 0.5), eps=0.3, min_samples=8)
    yield density("noise-only", x[:30], eps=0.01)
    yield density("one-row", x[:1], min_samples=1)
    yield density("one-row-is-noise", x[:1])
    yield density("everything", x[:90], eps=1e6)
    yield density("grid", grid(80, 2, 3, 12), eps=1.0, min_samples=3)
    yield density("grid-wide", grid(150, 17, 4, 2), eps=2.0, min_samples=4)
    yield density("grid-duplicates", np.repeat(grid(30, 2, 5, 9), 4, axis=0), eps=1.0, min_samples=6)
    tall = np.round(make_blobs(400, 5, centers=6, cluster_std=0.7, random_state=2)[0], 2)
    yield density("tall", tall, eps=1.3, min_samples=5)
    wide = np.round(make_blobs(60, 30, centers=3, cluster_std=1.0, random_state=3)[0], 2)
    yield density("wide", wide, eps=7.0, min_samples=4)
    yield density("zero-vectors", np.vstack([np.zeros((4, 2)), x[:40]]), eps=0.05, metric="cosine", min_samples=3)
    distances = np.random.RandomState(6).randint(0, 30, (60, 60)).astype(float)
    yield density("precomputed", distances, eps=2.0, min_samples=5, metric="precomputed")


def fixtures():
    yield "nearest", {"cases": list(near_cases())}
    yield "ties", {"cases": list(tie_cases())}
    yield "trees", {"cases": list(trees())}
    yield "radius", {"cases": list(radius_cases())}
    yield "votes", {"cases": list(vote_cases())}
    yield "sparse", {"cases": list(sparse_cases())}
    yield "radius-votes", {"cases": list(radius_votes())}
    yield "dbscan", {"cases": list(density_cases())}
