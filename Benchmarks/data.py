"""Writes the data of the benchmarks to a folder: raw float64 files, and a mixed CSV of about 100 MB."""
import os
import sys

import numpy
import pandas
from sklearn.datasets import make_blobs, make_classification, make_regression

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)


def write(name, values):
    numpy.ascontiguousarray(values, dtype=numpy.float64).tofile(os.path.join(folder, name + ".f64"))


x, y = make_classification(80_000, 20, n_informative=10, random_state=42)
write("classification", x)
write("classification-y", y)
x, y = make_regression(500_000, 100, n_informative=50, noise=10.0, random_state=42)
write("regression", x)
write("regression-y", y)
x, _ = make_blobs(500_000, 16, centers=32, cluster_std=3.0, random_state=42)
write("blobs", x)

random = numpy.random.RandomState(42)
n = 1_400_000
frame = pandas.DataFrame(
    {
        "id": numpy.arange(n),
        "amount": numpy.round(random.exponential(250.0, n), 2),
        "score": random.standard_normal(n),
        "age": random.randint(18, 95, n),
        "city": random.choice(["Zürich", "Oslo", "São Paulo", "Kraków", "New York, NY", "Perth"], n),
        "segment": random.choice(["basic", "plus", "premium"], n, p=[0.6, 0.3, 0.1]),
        "active": random.choice([True, False], n),
        "opened": pandas.to_datetime("2020-01-01") + pandas.to_timedelta(random.randint(0, 2000, n), unit="D"),
        "note": random.choice(["", "called", 'said "yes"', "moved, new address"], n, p=[0.7, 0.1, 0.1, 0.1]),
    }
)
frame.loc[random.uniform(size=n) < 0.05, "score"] = None
frame.to_csv(os.path.join(folder, "mixed.csv"), index=False)
