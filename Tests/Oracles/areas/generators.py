"""The synthetic data sets: what is drawn, bit for bit, and what comes out of matrix products."""

import numpy as np
from sklearn import datasets

TOOLS = ["scikit-learn", "numpy", "scipy"]


def example(make, outputs, **arguments):
    """One call: the arguments (those not named are the reference's defaults) and what came back."""
    arguments = {"n_samples": 20, **arguments}
    return {"arguments": arguments, **dict(zip(outputs, make(**arguments)))}


def regressions():
    def make(**arguments):
        def generate(n_targets=1, **rest):
            X, y, coefficients = datasets.make_regression(coef=True, n_targets=n_targets, **rest)
            # Axes of length 1 that the reference squeezed away are put back.
            return X, y.reshape(-1, n_targets), coefficients.reshape(-1, n_targets)
        return example(generate, ["X", "y", "coefficients"], **arguments)

    yield make(n_features=4, n_informative=2, random_state=0)
    yield make(n_features=4, n_informative=10, noise=3.5, random_state=42)
    yield make(n_features=5, n_informative=3, n_targets=2, bias=-7.25, noise=0.5, random_state=1)
    yield make(n_features=5, n_informative=3, n_targets=3, shuffle=False, random_state=2)
    yield make(n_features=3, n_informative=0, bias=2.0, noise=1.0, random_state=3)
    yield make(n_features=6, n_informative=4, effective_rank=2, random_state=4)
    yield make(n_features=6, n_informative=4, effective_rank=3, tail_strength=0.1, noise=0.1, bias=1.0, random_state=5)
    yield make(n_samples=5, n_features=8, n_informative=8, effective_rank=4, tail_strength=1.0, random_state=6)
    yield make(n_samples=1, n_features=2, n_informative=1, noise=1.0, random_state=7)
    yield make(n_samples=7, n_features=1, n_informative=1, random_state=2**32 - 1)
    yield make(n_samples=3, random_state=8)


def classifications():
    def make(**arguments):
        return example(datasets.make_classification, ["X", "y"], **arguments)

    yield make(n_features=4, random_state=0)
    yield make(n_features=5, random_state=42)
    yield make(n_samples=20, random_state=42)
    yield make(n_features=8, n_informative=3, n_redundant=2, n_repeated=2, random_state=1)
    yield make(n_features=6, n_informative=4, n_redundant=0, n_repeated=2, shuffle=False, random_state=2)
    yield make(n_features=7, n_redundant=1, n_repeated=1, shuffle=False, shift=0.5, scale=3.0, random_state=2)
    yield make(n_features=4, n_informative=4, n_redundant=0, flip_y=0.0, random_state=3)
    yield make(n_features=3, n_informative=3, n_redundant=0, flip_y=1.0, n_classes=4, random_state=4)
    yield make(n_features=5, n_informative=3, n_classes=3, n_clusters_per_class=2, weights=[0.6, 0.3], random_state=5)
    yield make(n_features=5, n_informative=3, n_classes=3, n_clusters_per_class=1, weights=[0.5, 0.25, 0.25],
               random_state=6)
    yield make(n_features=4, weights=[0.9], flip_y=0.3, random_state=7)
    yield make(n_features=4, weights=[1.0, 0.0], n_clusters_per_class=1, random_state=8)
    yield make(n_features=4, hypercube=False, class_sep=2.5, random_state=9)
    yield make(n_features=4, shift=None, scale=None, class_sep=0.5, random_state=10)
    yield make(n_features=4, shift=-3.0, scale=0.125, random_state=11)
    yield make(n_features=3, n_redundant=1, shift=[1.0, 2.0, -3.0], scale=[0.5, 10.0, 1.0], random_state=12)
    yield make(n_features=3, n_informative=1, n_redundant=1, n_clusters_per_class=1, random_state=13)
    yield make(n_features=2, n_redundant=0, n_classes=1, n_clusters_per_class=3, random_state=14)
    yield make(n_samples=10, n_features=34, n_informative=30, random_state=15)
    yield make(n_samples=10, n_features=36, n_informative=33, n_redundant=1, n_repeated=1, random_state=16)
    yield make(n_samples=6, n_features=64, n_informative=62, shuffle=False, random_state=17)
    yield make(n_samples=3, n_features=4, random_state=18)
    yield make(n_samples=1, n_features=4, random_state=19)
    # Every vertex of the cube, and all but a few: the other two ways of sampling without replacement.
    yield make(n_features=3, n_informative=3, n_redundant=0, n_classes=4, n_clusters_per_class=2, random_state=20)
    yield make(n_samples=140, n_features=7, n_informative=7, n_redundant=0, n_classes=127, n_clusters_per_class=1,
               random_state=21)
    yield make(n_samples=40, n_features=9, n_informative=9, n_redundant=0, random_state=2**32 - 1)


def blobs():
    def make(**arguments):
        def generate(**rest):
            return datasets.make_blobs(return_centers=True, **rest)
        return example(generate, ["X", "y", "centers_used"], **arguments)

    yield make(random_state=0)
    yield make(n_samples=31, centers=4, cluster_std=0.6, random_state=42)
    yield make(n_features=5, centers=2, center_box=(0.0, 1.0), random_state=1)
    yield make(n_features=1, centers=3, shuffle=False, random_state=2)
    yield make(centers=np.array([[0.0, 0.0, 1.0], [5.0, -5.0, 1e6]]), cluster_std=[0.1, 3.0], random_state=3)
    yield make(n_samples=[3, 0, 8, 1], cluster_std=[1.0, 1.0, 0.0, 2.0], random_state=4)
    yield make(n_samples=[4, 6], centers=np.array([[1.0], [2.0]]), cluster_std=0.0, random_state=5)
    yield make(n_samples=2, centers=5, random_state=6)
    yield make(n_samples=9, centers=1, center_box=(3.0, -3.0), random_state=2**32 - 1)


def moons():
    for arguments in [
        {"random_state": 0}, {"noise": 0.1, "random_state": 42}, {"noise": 0.0, "random_state": 1},
        {"n_samples": 31, "shuffle": False}, {"n_samples": 7, "shuffle": False, "noise": 0.3, "random_state": 2},
        {"n_samples": 1, "random_state": 3}, {"n_samples": 2, "random_state": 4}, {"n_samples": 3, "random_state": 5},
        {"n_samples": (5, 12), "random_state": 6}, {"n_samples": (0, 4), "noise": 1.0, "random_state": 7},
        {"n_samples": 301, "random_state": 2**32 - 1},
    ]:
        yield example(datasets.make_moons, ["X", "y"], **arguments)


def circles():
    for arguments in [
        {"random_state": 0}, {"noise": 0.05, "factor": 0.5, "random_state": 42}, {"noise": 0.0, "random_state": 1},
        {"n_samples": 31, "shuffle": False}, {"n_samples": 7, "shuffle": False, "noise": 0.3, "random_state": 2},
        {"n_samples": 1, "random_state": 3}, {"n_samples": 2, "factor": 0.0, "random_state": 4},
        {"n_samples": (5, 12), "factor": 0.99, "random_state": 6}, {"n_samples": (3, 0), "random_state": 7},
        {"n_samples": 301, "random_state": 2**32 - 1},
    ]:
        yield example(datasets.make_circles, ["X", "y"], **arguments)


def fixtures():
    yield "regression", {"cases": list(regressions())}
    yield "classification", {"cases": list(classifications())}
    yield "blobs", {"cases": list(blobs())}
    yield "moons", {"cases": list(moons())}
    yield "circles", {"cases": list(circles())}
