"""Support-vector machines."""
from . import Work, estimator, timed

WORKS = {
    "svc": Work(
        "SVC rbf, MNIST 56,000 x 784, fit + predict 14,000", [("intelex", 0.25)], sizes=(1 / 16, 1 / 4), complexity=2,
        needs="mnist-test.f64", rounds=2),
    "svc-512": Work(
        "the same with 512 MB of kernel rows", [("intelex", None)], sizes=(), needs="mnist-test.f64", rounds=1),
    "svc-small": Work(
        "SVC rbf, 4,000 x 20, fit + predict", [("intelex", None), ("sklearn", None)], sizes=(0.25, 2), complexity=2),
}


def run(peer, x, y, train, test):
    import numpy

    # Single precision is where the peer is fastest.
    kind = numpy.float32 if peer == "intelex" else numpy.float64
    train_x, test_x = x[train].astype(kind), x[test].astype(kind)
    model = estimator(peer, "svm", "SVC")()
    prediction, seconds = timed(lambda: model.fit(train_x, y[train]).predict(test_x))
    return seconds, {"accuracy": float((prediction == y[test]).mean()), "support vectors": len(model.support_)}


def svc(peer, data):
    import numpy

    # A smaller run takes fewer of the same rows.
    x, y = (numpy.fromfile(data.path(name)) for name in ("mnist.f64", "mnist-y.f64"))
    x = x.reshape(-1, 784)
    train, test = data.vector("mnist-train", 56_000).astype(int), data.vector("mnist-test", 14_000).astype(int)
    return run(peer, x, y, train, test)


svc_512 = svc


def svc_small(peer, data):
    import numpy

    x, y = data.matrix("classification", 20, 4_000), data.vector("classification-y", 4_000)
    rows = numpy.arange(len(x))
    return run(peer, x, y, rows, rows)
