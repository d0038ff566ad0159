"""Trees and forests."""
from . import Work, timed

WORKS = {"tree": Work("one decision tree 80,000 x 20", [("sklearn", 0.15)], complexity=1.25)}


def tree(peer, data):
    from sklearn.tree import DecisionTreeClassifier

    x, y = data.matrix("classification", 20, 80_000), data.vector("classification-y", 80_000)
    model, seconds = timed(lambda: DecisionTreeClassifier(random_state=0).fit(x, y))
    return seconds, {"nodes": int(model.tree_.node_count), "depth": int(model.tree_.max_depth)}
