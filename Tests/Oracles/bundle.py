"""Writes the bundled data sets, Sources/CApusData/tables/*.csv, from the reference's copies.

Usage: python bundle.py. What is written is read back and compared with the reference, bit for bit.
"""

import csv
import pathlib

import numpy as np
from sklearn import datasets

from generate import checked_versions, pinned_versions

TOOLS = ["scikit-learn", "numpy"]
TABLES = pathlib.Path(__file__).resolve().parents[2] / "Sources" / "CApusData" / "tables"


def tables():
    """Name, feature names, features, target name and target of each data set."""
    for name, loaded, target in [
        ("iris", datasets.load_iris(), "species"),
        ("wine", datasets.load_wine(), "class"),
        ("breast-cancer", datasets.load_breast_cancer(), "diagnosis"),
    ]:
        yield name, loaded.feature_names, loaded.data, target, loaded.target_names[loaded.target].tolist()
    scaled = datasets.load_diabetes()
    raw = datasets.load_diabetes(scaled=False)
    yield "diabetes", scaled.feature_names, scaled.data, "progression", [int(value) for value in scaled.target]
    yield "diabetes-raw", raw.feature_names, raw.data, "progression", [int(value) for value in raw.target]
    digits = datasets.load_digits()
    yield "digits", digits.feature_names, digits.data, "digit", digits.target.tolist()


def main():
    checked_versions("bundle", TOOLS, pinned_versions())
    for name, features, data, target, values in tables():
        # A column of whole numbers is written as such, so that a reader infers integers.
        columns = [
            [int(value) for value in column] if (column == np.round(column)).all() else column.tolist()
            for column in data.T
        ]
        path = TABLES / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([*features, target])
            writer.writerows(zip(*columns, values))

        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        assert header == [*features, target]
        read = np.array([[float(cell) for cell in row[:-1]] for row in rows])
        assert np.array_equal(read.view(np.uint64), np.ascontiguousarray(data).view(np.uint64)), name
        assert [row[-1] for row in rows] == [str(value) for value in values], name
        print(f"{path.name}: {len(rows)} rows, {len(header)} columns, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
