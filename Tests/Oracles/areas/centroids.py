"""KMeans by Elkan's algorithm and MiniBatchKMeans: labels, iterations, centres, inertia, scores, and partial_fit."""

import warnings

import numpy as np
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.datasets import make_blobs
from sklearn.metrics import silhouette_samples, silhouette_score

TOOLS = ["scikit-learn", "numpy"]

warnings.simplefilter("ignore")


def blobs(count, columns, centres, spread, seed):
    x, _ = make_blobs(count, columns, centers=centres, cluster_std=spread, random_state=seed)
    return np.round(x, 3)


def weights(count, seed):
    drawn = np.round(np.random.RandomState(seed).exponential(size=count), 3)
    drawn[::9] = 0
    return drawn


def elkan(name, x, sample_weight=None, **arguments):
    model = KMeans(algorithm="elkan", **arguments).fit(np.asarray(x, dtype=float), sample_weight=sample_weight)
    return {
        "name": name, "x": np.asarray(x, dtype=float), "weights": sample_weight, "arguments": arguments,
        "labels": model.labels_, "centres": model.cluster_centers_, "inertia": model.inertia_,
        "iterations": model.n_iter_, "score": model.score(x), "weightedScore": model.score(x, sample_weight=sample_weight),
    }


def elkans():
    x = blobs(150, 2, 4, 1.5, 0)
    yield elkan("default", x, random_state=0)
    yield elkan("seed", x, n_clusters=4, random_state=42)
    yield elkan("several-starts", x, n_clusters=5, n_init=4, random_state=3)
    yield elkan("random-starts", x, n_clusters=3, init="random", random_state=4)
    yield elkan("weighted", x, weights(150, 6), n_clusters=5, random_state=6)
    yield elkan("given-centres", x, n_clusters=3, init=x[[3, 70, 149]])
    yield elkan("far-centre", x, n_clusters=3, init=np.array([[0.0, 0.0], [1.0, 1.0], [500.0, 500.0]]))
    yield elkan("few-iterations", x, n_clusters=7, max_iter=2, random_state=9)
    yield elkan("no-tolerance", x, n_clusters=7, tol=0, random_state=10)
    yield elkan("one-cluster", x, n_clusters=1, random_state=12)
    yield elkan("one-column", blobs(80, 1, 3, 1.0, 13), n_clusters=3, random_state=13)
    yield elkan("wide", blobs(45, 40, 5, 4.0, 16), n_clusters=9, random_state=16)
    for seed in range(6):
        grid = np.random.RandomState(seed).randint(0, 5, (70, 1 + seed % 4))
        yield elkan(f"grid-{seed}", grid, n_clusters=2 + seed % 3, random_state=seed)
    corners = np.repeat([[0.0, 0.0], [0.0, 4.0], [4.0, 0.0], [4.0, 4.0]], 5, axis=0)
    yield elkan("coinciding", corners, n_clusters=5, init=np.vstack([corners[[0, 5, 10, 15]], corners[:1]]))


def described(name, x, sample_weight, arguments, model):
    labels = getattr(model, "labels_", None)
    return {
        "name": name, "x": x, "weights": sample_weight, "arguments": arguments, "labels": labels,
        "centres": model.cluster_centers_.copy(), "inertia": model.inertia_, "steps": model.n_steps_,
        "counts": model._counts.copy(), "predicted": model.predict(np.round(x[:20] + 0.25, 3)), "score": model.score(x),
    }


def batches(name, x, sample_weight=None, **arguments):
    model = MiniBatchKMeans(**arguments).fit(x, sample_weight=sample_weight)
    return {**described(name, x, sample_weight, arguments, model), "iterations": model.n_iter_}


def mini_batches():
    x = blobs(160, 3, 5, 1.5, 0)
    yield batches("default", x, random_state=0)
    yield batches("small-batches", x, n_clusters=5, batch_size=20, random_state=1)
    yield batches("one-row-batches", x, n_clusters=3, batch_size=1, max_iter=2, random_state=2)
    yield batches("random", x, n_clusters=5, init="random", batch_size=30, random_state=3)
    yield batches("several-starts", x, n_clusters=6, n_init=4, batch_size=25, random_state=4)
    yield batches("weighted", x, weights(160, 5), n_clusters=5, batch_size=32, random_state=5)
    yield batches("weighted-random", x, weights(160, 5), n_clusters=4, init="random", batch_size=32, random_state=6)
    yield batches("given-centres", x, n_clusters=3, init=x[[3, 70, 149]], batch_size=40, random_state=7)
    yield batches("tolerance", x, n_clusters=5, tol=0.01, batch_size=50, random_state=8)
    yield batches("no-improvement-limit", x, n_clusters=5, max_no_improvement=None, max_iter=5, batch_size=50,
                  random_state=9)
    yield batches("impatient", x, n_clusters=5, max_no_improvement=0, batch_size=50, random_state=10)
    yield batches("small-start", x, n_clusters=12, init_size=5, batch_size=24, random_state=11)
    yield batches("start", x, n_clusters=4, init_size=50, batch_size=10, random_state=12)
    yield batches("reassigning", x, n_clusters=15, reassignment_ratio=0.5, batch_size=40, max_iter=20, random_state=13)
    # Not more than half a batch: beyond that the reference chooses among equally light clusters by an unstable sort.
    yield batches("reassigning-many", x, n_clusters=40, reassignment_ratio=0.9, batch_size=80, max_iter=3,
                  random_state=13)
    yield batches("never-reassigning", x, n_clusters=15, reassignment_ratio=0, batch_size=40, random_state=14)
    yield batches("unlabelled", x, n_clusters=4, compute_labels=False, batch_size=40, random_state=15)
    yield batches("one-cluster", x, n_clusters=1, batch_size=40, random_state=16)
    yield batches("wide", blobs(60, 40, 5, 4.0, 17), n_clusters=6, batch_size=16, random_state=17)


def in_parts(name, x, size, sample_weight=None, **arguments):
    model = MiniBatchKMeans(**arguments)
    steps = []
    for start in range(0, len(x), size):
        rows = slice(start, start + size)
        part = None if sample_weight is None else sample_weight[rows]
        model.partial_fit(x[rows], sample_weight=part)
        steps.append(described(f"{start}", x[rows], part, {}, model))
    return {"name": name, "arguments": arguments, "steps": steps}


def parts():
    x = blobs(120, 2, 4, 1.5, 20)
    yield in_parts("plain", x, 30, n_clusters=4, random_state=0)
    yield in_parts("weighted", x, 40, np.where(np.arange(120) % 7 == 0, 0.0, 1.5), n_clusters=5, random_state=1)
    yield in_parts("reassigning", x, 24, n_clusters=12, reassignment_ratio=0.4, random_state=2)
    yield in_parts("random", x, 30, n_clusters=4, init="random", random_state=3)


def silhouettes():
    for count, columns, groups, seed in [(12, 1, 2, 0), (150, 3, 4, 1), (60, 20, 30, 2), (700, 2, 3, 3)]:
        x = blobs(count, columns, 4, 2.0, seed)
        labels = np.random.RandomState(seed).randint(groups, size=count)
        labels[0] = groups  # alone in its group
        yield {
            "x": x, "labels": labels, "samples": np.round(silhouette_samples(x, labels), 14),
            "score": silhouette_score(x, labels),
            "sampled": silhouette_score(x, labels, sample_size=count * 2 // 3, random_state=seed),
        }


def fixtures():
    yield "silhouettes", {"cases": list(silhouettes())}
    yield "elkan", {"cases": list(elkans())}
    yield "mini-batch", {"cases": list(mini_batches())}
    yield "partial-fit", {"cases": list(parts())}
