"""Rows for small classes: a tenth of the rows is the small class, which is made as large as the other."""
from . import Work, timed

WORKS = {
    "smote": Work("SMOTE 50,000 x 20", [("imblearn", 0.5)], complexity=2.0),
}


def smote(peer, data):
    import numpy
    from imblearn.over_sampling import SMOTE

    x, y = data.matrix("classification", 20, 50_000), data.vector("classification-y", 50_000)
    rare = ((y == 1) & (numpy.arange(len(y)) % 5 == 0)).astype(int)
    (rows, labels), seconds = timed(lambda: SMOTE(random_state=0).fit_resample(x, rare))
    return seconds, {"rows": len(rows), "rare": int(labels.sum()), "last": float(rows[-1, 0])}
