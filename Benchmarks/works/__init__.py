"""What the benchmarks measure: see README.md. Importing this imports no peer."""
import importlib
import os
import time
from dataclasses import dataclass, field

FAMILIES = [
    "frames", "linear", "trees", "boosting", "support_vectors", "neighbors", "clusters", "text", "search",
    "fairness", "resampling", "explanations",
]


@dataclass
class Work:
    title: str
    # (peer, the ratio that Apus promises or None)
    peers: list = field(default_factory=list)
    # Factors on the rows of a growth run, and the exponent that time may grow with; no sizes, no growth run.
    sizes: tuple = (0.25, 4)
    complexity: float = 1.0
    # For works that need files that are not always there.
    needs: str = ""
    # Rounds at most, for the long ones.
    rounds: int = 3


@dataclass
class Data:
    folder: str
    scale: float = 1.0

    def path(self, name):
        return os.path.join(self.folder, name)

    def matrix(self, name, columns, rows):
        import numpy

        values = numpy.fromfile(self.path(name + ".f64"), count=self.rows(rows) * columns)
        return values.reshape(-1, columns)

    def vector(self, name, rows):
        import numpy

        return numpy.fromfile(self.path(name + ".f64"), count=self.rows(rows))

    def rows(self, rows):
        return int(rows * self.scale)


def timed(body):
    """(what body returns, seconds)"""
    start = time.perf_counter()
    result = body()
    return result, time.perf_counter() - start


def estimator(peer, module, name):
    package = {"sklearn": "sklearn", "intelex": "sklearnex"}[peer]
    found = getattr(importlib.import_module(f"{package}.{module}"), name, None)
    if found is None:
        # Some estimators are only there once scikit-learn itself has been patched.
        import sklearnex

        sklearnex.patch_sklearn(verbose=False)
        found = getattr(importlib.import_module(f"sklearn.{module}"), name)
    return found


def modules():
    return [importlib.import_module(f"works.{name}") for name in FAMILIES]


def all_works():
    return {name: work for module in modules() for name, work in module.WORKS.items()}
