"""One piece of work in one peer: `peers.py WORK PEER FOLDER` prints a line of JSON with seconds and figures.

The same work is done by `apus-bench WORK FOLDER`. Both read the same raw float64 files from FOLDER, time only the work
itself (not start-up or loading) and report the same figures, so that speed is never shown without accuracy.
"""
import json
import os
import resource
import sys
import time

THREADS = os.environ.get("APUS_THREADS", str(os.cpu_count()))
os.environ.setdefault("OMP_NUM_THREADS", THREADS)
os.environ.setdefault("POLARS_MAX_THREADS", THREADS)

work, peer, folder = sys.argv[1:4]


def matrix(name, columns):
    import numpy

    values = numpy.fromfile(os.path.join(folder, name + ".f64"))
    return values.reshape(-1, columns) if columns > 1 else values


def report(seconds, **figures):
    # A process that reads the file by itself counts its peak from when it started.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(json.dumps({"seconds": seconds, "peak": peak, **figures}))


def estimator(module, name):
    import importlib

    package = {"sklearn": "sklearn", "intelex": "sklearnex"}[peer]
    return getattr(importlib.import_module(f"{package}.{module}"), name)


if work == "csv":
    path = os.path.join(folder, "mixed.csv")
    if peer == "pandas":
        import pandas

        start = time.perf_counter()
        frame = pandas.read_csv(path)
        seconds = time.perf_counter() - start
        rows, total = len(frame), float(frame["amount"].sum())
    elif peer == "pandas-pyarrow":
        import pandas

        start = time.perf_counter()
        frame = pandas.read_csv(path, engine="pyarrow")
        seconds = time.perf_counter() - start
        rows, total = len(frame), float(frame["amount"].sum())
    else:
        import polars

        start = time.perf_counter()
        frame = polars.read_csv(path)
        seconds = time.perf_counter() - start
        rows, total = len(frame), float(frame["amount"].sum())
    report(seconds, rows=rows, total=total)
elif work == "logistic":
    x, y = matrix("classification", 20), matrix("classification-y", 1)
    model = estimator("linear_model", "LogisticRegression")()
    start = time.perf_counter()
    model.fit(x, y)
    seconds = time.perf_counter() - start
    report(seconds, accuracy=float(model.score(x, y)), iterations=int(model.n_iter_[0]))
elif work == "linear":
    x, y = matrix("regression", 100), matrix("regression-y", 1)
    model = estimator("linear_model", "LinearRegression")()
    start = time.perf_counter()
    model.fit(x, y)
    seconds = time.perf_counter() - start
    report(seconds, r2=float(model.score(x, y)), intercept=float(model.intercept_))
elif work == "tree":
    from sklearn.tree import DecisionTreeClassifier

    x, y = matrix("classification", 20), matrix("classification-y", 1)
    model = DecisionTreeClassifier(random_state=0)
    start = time.perf_counter()
    model.fit(x, y)
    seconds = time.perf_counter() - start
    report(seconds, nodes=int(model.tree_.node_count), depth=int(model.tree_.max_depth))
elif work == "kmeans":
    x = matrix("blobs", 16)
    model = estimator("cluster", "KMeans")(n_clusters=32, random_state=0)
    start = time.perf_counter()
    model.fit(x)
    seconds = time.perf_counter() - start
    report(seconds, inertia=float(model.inertia_), iterations=int(model.n_iter_))
else:
    sys.exit(f"peers.py: unknown work {work}")
