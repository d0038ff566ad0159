"""Turns what the reference tools return into JSON that reads back to the same bits."""

import json
import math
import numbers

import numpy as np


def plain(value):
    """`value` as strings, numbers, booleans, lists and dictionaries of these, with arrays as shape and values."""
    if value is None or isinstance(value, (str, bool, np.bool_)):
        return bool(value) if isinstance(value, np.bool_) else value
    if isinstance(value, np.ndarray):
        return {"shape": list(value.shape), "values": [plain(element) for element in value.ravel(order="C").tolist()]}
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return number(float(value))
    if isinstance(value, dict):
        return {str(key): plain(element) for key, element in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(element) for element in value]
    raise TypeError(f"a fixture cannot hold a {type(value).__module__}.{type(value).__qualname__}: {value!r}")


def number(value):
    """A finite float as it is, which JSON writes in its shortest exact form; the others by name, as JSON lacks them."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def document(content, tools):
    """The text of a fixture: sorted keys, one line for each at the top, so that a difference shows where it is."""
    content = {"tools": tools, **plain(content)}
    lines = []
    for key in sorted(content):
        text = json.dumps(content[key], sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=False)
        lines.append(f"{json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"
