"""Cramér's V with its correction, the correlation ratio, Wilson's interval."""

import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency, pearsonr
from scipy.stats import binomtest

TOOLS = ["scipy", "numpy", "pandas"]


def cramers_v(a, b):
    table = pd.crosstab(a, b).to_numpy()
    n = table.sum()
    r, k = table.shape
    chi2 = chi2_contingency(table, correction=False).statistic
    phi2 = max(0.0, chi2 / n - (k - 1) * (r - 1) / (n - 1))
    return np.sqrt(phi2 / (min(k - (k - 1) ** 2 / (n - 1), r - (r - 1) ** 2 / (n - 1)) - 1))


def correlation_ratio(codes, values):
    groups = pd.Series(values).groupby(codes)
    between = (groups.count() * (groups.mean() - np.mean(values)) ** 2).sum()
    return np.sqrt(between / ((values - np.mean(values)) ** 2).sum())


def fixtures():
    random = np.random.RandomState(7)
    a = random.randint(0, 4, 300)
    b = np.where(random.uniform(size=300) < 0.5, a % 3, random.randint(0, 3, 300))
    x = a + random.standard_normal(300)
    y = 0.3 * x + random.standard_normal(300)
    intervals = []
    for successes, trials in [(0, 1), (1, 1), (0, 30), (7, 30), (30, 30), (11687, 48842)]:
        interval = binomtest(successes, trials).proportion_ci(0.95, method="wilson")
        intervals.append({"successes": successes, "trials": trials, "low": interval.low, "high": interval.high})
    yield "measures", {
        "a": [int(v) for v in a], "b": [int(v) for v in b], "x": x, "y": y, "cramers_v": cramers_v(a, b),
        "correlation_ratio": correlation_ratio(a, x),
        "pearson": pearsonr(x, y)[0], "wilson": intervals,
    }
