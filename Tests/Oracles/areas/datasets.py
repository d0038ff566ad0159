"""What is in the reference's bundled data sets."""

import numpy as np
from sklearn import datasets

TOOLS = ["scikit-learn", "numpy"]


def summary(loaded, targets):
    data = np.ascontiguousarray(loaded.data)
    values, counts = np.unique(targets, return_counts=True)
    return {
        "feature_names": list(loaded.feature_names),
        "shape": list(data.shape),
        "first": data[0], "last": data[-1],
        "first_target": targets[0], "last_target": targets[-1],
        # Adding the bits of all values, modulo 2^64, sees every one of them.
        "bits": int(data.view(np.uint64).sum(dtype=np.uint64)),
        "column_minima": data.min(axis=0), "column_maxima": data.max(axis=0),
        "target_values": values.tolist(), "target_counts": counts,
        # The order of the targets: the sum of position times rank.
        "target_order": int((np.arange(len(targets)) * np.searchsorted(values, targets)).sum()),
    }


def fixtures():
    for name, loaded in [
        ("iris", datasets.load_iris()), ("wine", datasets.load_wine()),
        ("breast-cancer", datasets.load_breast_cancer()),
    ]:
        yield name, summary(loaded, loaded.target_names[loaded.target])
    for name, loaded in [
        ("diabetes", datasets.load_diabetes()), ("diabetes-raw", datasets.load_diabetes(scaled=False)),
        ("digits", datasets.load_digits()),
    ]:
        yield name, summary(loaded, loaded.target.astype(int))
