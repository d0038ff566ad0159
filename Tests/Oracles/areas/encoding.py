"""The numbers that are hardest to carry through JSON: a test of the fixtures' own road."""

import numpy as np

TOOLS = ["numpy"]


def fixtures():
    doubles = [
        0.1, 0.1 + 0.2, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 9007199254740993.0, 1e22, 1e23, 1e16,
        1.2345678901234567e17, -0.0, 0.0, 1.0, -3.0, 2.0**53, 2.0**63, 2.0**64, np.nextafter(1.0, 2.0),
        np.nan, np.inf, -np.inf,
    ]
    spread = np.random.RandomState(0).randint(0, 2**64, size=500, dtype=np.uint64)
    spread = spread.view(np.float64)
    yield "numbers", {
        "doubles": np.array(doubles),
        # The bits as integers, so that the doubles are checked against something that is not a double.
        "bits": np.array(doubles).view(np.uint64),
        "spread": spread,
        "spread_bits": spread.view(np.uint64),
        "integers": [0, -1, 2**53 + 1, -(2**63), 2**63 - 1],
        "words": np.array([0, 2**32 - 1], dtype=np.uint32),
        "unsigned": [2**63, 2**64 - 1],
        "flags": np.array([True, False]),
        "texts": ["Σίσυφος", "a \"quoted\"\n line", ""],
        "nothing": None,
        "matrix": np.arange(6.0).reshape(2, 3) / 7,
        "nested": {"cases": [{"value": 1}, {"value": 2}]},
    }
