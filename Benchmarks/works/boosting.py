"""Histogram gradient boosting."""
from . import Work, timed

WORKS = {
    "boosting": Work("histogram boosting, 100 iterations, 80,000 x 20", [("lightgbm", 1.0), ("sklearn", None)]),
    "boosting-large": Work(
        "histogram boosting, 100 iterations, 1,000,000 x 28", [("lightgbm", 1.0), ("sklearn", None)],
        sizes=(1 / 16, 1 / 4), rounds=2),
}


def boosting(peer, data):
    return boosted(peer, data.matrix("classification", 20, 80_000), data.vector("classification-y", 80_000))


def boosting_large(peer, data):
    return boosted(
        peer, data.matrix("wide-classification", 28, 1_000_000), data.vector("wide-classification-y", 1_000_000))


def boosted(peer, x, y):
    """100 iterations without early stopping."""
    if peer == "lightgbm":
        import lightgbm

        # Threads are those of OMP_NUM_THREADS, as for every peer.
        parameters = {"objective": "binary", "num_leaves": 31, "learning_rate": 0.1, "max_bin": 255,
                      "min_data_in_leaf": 20, "verbose": -1}
        model, seconds = timed(lambda: lightgbm.train(parameters, lightgbm.Dataset(x, y), 100))
        predicted = model.predict(x) > 0.5
    else:
        from sklearn.ensemble import HistGradientBoostingClassifier

        model, seconds = timed(
            lambda: HistGradientBoostingClassifier(early_stopping=False, random_state=0).fit(x, y))
        predicted = model.predict(x)
    return seconds, {"accuracy": float((predicted == y).mean())}
