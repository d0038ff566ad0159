"""Trees and forests."""
from . import Work, estimator, timed

WORKS = {
    "tree": Work("one decision tree 80,000 x 20", [("sklearn", 0.15)], complexity=1.25),
    "forest": Work("random forest of 100 trees 80,000 x 20, exact", [("intelex", 1.0), ("sklearn", 0.2)], complexity=1.25),
    "forest-histogram": Work("random forest of 100 trees 80,000 x 20, histogram", [("intelex", 0.5)], complexity=1.25),
    "forest-mnist": Work("random forest of 100 trees MNIST 60,000 x 784", [("intelex", 0.4), ("sklearn", 0.4)], needs="mnist.f64", rounds=1,
                         sizes=(1 / 16, 1 / 4), complexity=1.25),
}


def tree(peer, data):
    from sklearn.tree import DecisionTreeClassifier

    x, y = data.matrix("classification", 20, 80_000), data.vector("classification-y", 80_000)
    model, seconds = timed(lambda: DecisionTreeClassifier(random_state=0).fit(x, y))
    return seconds, {"nodes": int(model.tree_.node_count), "depth": int(model.tree_.max_depth)}


def grown(peer, x, y):
    """The reference's forest and the seconds it takes on two threads."""
    kind = estimator(peer, "ensemble", "RandomForestClassifier")
    model, seconds = timed(lambda: kind(n_estimators=100, random_state=0, n_jobs=2).fit(x, y))
    return seconds, {"nodes": sum(int(tree.tree_.node_count) for tree in model.estimators_)}


def forest(peer, data):
    return grown(peer, data.matrix("classification", 20, 80_000), data.vector("classification-y", 80_000))


def forest_histogram(peer, data):
    return forest(peer, data)


def forest_mnist(peer, data):
    return grown(peer, data.matrix("mnist", 784, 60_000), data.vector("mnist-y", 60_000))
