"""Distances and tests between binned samples, intervals of shares, and the tails that the tests need."""

import numpy as np
from scipy import stats
from scipy.spatial import distance

TOOLS = ["scipy", "numpy"]


def psi(reference, window):
    """The symmetric Kullback-Leibler divergence after one row, spread like all rows, joined each side."""
    reference, window = np.asarray(reference, float), np.asarray(window, float)
    seen = reference + window > 0
    prior = (reference + window)[seen] / (reference.sum() + window.sum())
    p, q = reference[seen] + prior, window[seen] + prior
    return stats.entropy(q, p) + stats.entropy(p, q)


def ks(reference, window):
    """The test on every row standing at its bin's number: the difference at the bins' bounds."""
    a = np.repeat(np.arange(len(reference)), reference)
    b = np.repeat(np.arange(len(window)), window)
    statistic = stats.ks_2samp(a, b, method="asymp").statistic
    n, m = len(a), len(b)
    return statistic, stats.kstwobign.sf(np.sqrt(n * m / (n + m)) * statistic)


def chi_square(reference, window):
    table = np.array([reference, window])
    result = stats.chi2_contingency(table[:, table.sum(axis=0) > 0], correction=False)
    return result.statistic, result.pvalue


def count_cases():
    yield "same", [100] * 10, [10] * 10
    yield "shifted", [100] * 10, [2, 4, 5, 9, 10, 12, 18, 25, 40, 75]
    yield "empty-bins", [500, 0, 300, 0], [10, 0, 0, 30]
    yield "one-row", [40, 60], [1, 0]
    yield "large", [30000, 50000, 20000], [31000, 49000, 20000]
    random = np.random.RandomState(3)
    yield "drawn", random.multinomial(2000, [0.05] * 20).tolist(), random.multinomial(700, [0.05] * 20).tolist()
    yield "rare", [9990, 5, 3, 2], [100, 0, 0, 0]


def fixtures():
    cases = []
    for name, reference, window in count_cases():
        d, d_p = ks(reference, window)
        c, c_p = chi_square(reference, window)
        cases.append({
            "name": name, "reference": reference, "window": window, "psi": psi(reference, window),
            "jensen_shannon": distance.jensenshannon(reference, window, base=2),
            "ks": d, "ks_p": d_p, "chi_square": c, "chi_square_p": c_p,
        })
    yield "counts", {"cases": cases}

    random = np.random.RandomState(7)
    atoms = []
    for count in (1, 2, 5, 40):
        u, v = random.normal(size=count), random.normal(1, 2, size=count)
        uw, vw = random.randint(0, 50, count) + 1, random.randint(0, 9, count) + 1
        atoms.append({
            "u": u, "v": v, "u_counts": uw, "v_counts": vw,
            "distance": stats.wasserstein_distance(u, v, uw, vw),
        })
    yield "wasserstein", {"cases": atoms}

    values = [1e-3, 0.1, 0.5, 0.83, 1.0, 1.07, 1.09, 1.5, 2.0, 3.5, 6.0]
    pairs = [(0.02, 1), (1, 1), (3.84, 1), (40, 1), (0.5, 2), (5, 9), (9, 9), (16.9, 9), (80, 9), (200, 49), (30, 49), (1500, 783), (1e-9, 3)]
    yield "tails", {
        "kolmogorov": [{"value": v, "p": stats.kstwobign.sf(v)} for v in values],
        "chi_square": [{"value": float(v), "degrees": d, "p": stats.chi2.sf(v, d)} for v, d in pairs],
    }

    shares = []
    for hits, rows in [(0, 10), (1, 1), (3, 10), (50, 100), (999, 1000), (12, 34567)]:
        interval = stats.binomtest(hits, rows).proportion_ci(method="wilson")
        shares.append({"hits": hits, "rows": rows, "low": interval.low, "high": interval.high})
    yield "shares", {"cases": shares}
