"""NumPy's legacy RandomState, draw for draw, and scikit-learn's sampling on top of it."""

import numpy as np
from sklearn.utils.random import sample_without_replacement

TOOLS = ["scikit-learn", "numpy"]

SEEDS = [0, 1, 42, 123456789, 2**31 - 1, 2**32 - 1]


def words(state, count):
    """The next `count` 32-bit words: where the generator stands in its stream."""
    return state.randint(0, 2**32, size=count, dtype=np.uint32)


def streams():
    for seed in SEEDS:
        state = np.random.RandomState
        yield {
            "seed": seed,
            "words": words(state(seed), 8),
            # Past the first refill of the 624 words.
            "words_from_1240": words(state(seed), 1260)[1240:],
            "doubles": state(seed).random_sample(8),
            "gaussians": state(seed).standard_normal(9),
            "exponentials": state(seed).exponential(size=6),
        }


def uniforms():
    for low, high in [(0.0, 1.0), (-10.0, 10.0), (2.5, 2.5), (5.0, -5.0), (1e300, 1.5e300)]:
        state = np.random.RandomState(7)
        yield {"seed": 7, "low": low, "high": high, "values": state.uniform(low, high, 6), "next": words(state, 1)}


def normals():
    for mean, deviation, count in [(0.0, 1.0, 4), (5.0, 0.25, 5), (-3.0, 0.0, 3), (1e6, 1e-6, 2)]:
        state = np.random.RandomState(11)
        values = state.normal(mean, deviation, count)
        yield {
            "seed": 11, "mean": mean, "deviation": deviation, "values": values,
            "next_gaussian": state.standard_normal(), "next": words(state, 1),
        }


def exponentials():
    for scale in [1.0, 0.0, 2.5, 1e-3]:
        state = np.random.RandomState(13)
        yield {"seed": 13, "scale": scale, "values": state.exponential(scale, 5), "next": words(state, 1)}


def gaussian_cache():
    """An odd number of gaussians leaves one behind; other draws pass it by, seeding forgets it."""
    state = np.random.RandomState(42)
    content = {"seed": 42, "first": state.standard_normal(), "double": state.random_sample()}
    content["permutation"] = state.permutation(5)
    content["second"] = state.standard_normal()
    content["word"] = words(state, 1)
    content["three"] = state.normal(1.0, 2.0, 3)
    state.seed(42)
    content["after_seeding"] = state.standard_normal(2)
    return content


def integers():
    cases = [
        (0, 1, np.int64), (5, 6, np.int32), (0, 2, np.int64), (0, 100, np.int64), (-3, 4, np.int64),
        (0, 2**31 - 1, np.int64), (0, 2**31, np.int64), (0, 2**32 - 1, np.int64), (0, 2**32, np.int64),
        (0, 2**32 + 1, np.int64), (-(2**40), 2**40, np.int64), (0, 2**63 - 1, np.int64),
        (-(2**63), 2**63, np.int64), (0, 2**64, np.uint64), (2**63, 2**63 + 10, np.uint64),
        (0, 1000, np.int32), (0, 1000, np.uint32), (-(2**31), 2**31, np.int32), (0, 2**32, np.uint32),
        (0, 256, np.uint8), (0, 10, np.uint8), (-128, 128, np.int8), (-5, 6, np.int8),
        (0, 65536, np.uint16), (0, 1000, np.uint16), (-32768, 32768, np.int16), (7, 8, np.uint8),
        (0, 2, np.bool_),
    ]
    for low, high, kind in cases:
        state = np.random.RandomState(42)
        values = state.randint(low, high, size=9, dtype=kind)
        yield {
            "seed": 42, "low": low, "high": high, "dtype": np.dtype(kind).name,
            # As text where a signed 64-bit integer does not hold them.
            "low_text": str(low), "high_text": str(high), "values_text": [str(int(value)) for value in values],
            "next": words(state, 1),
        }


def permutations():
    for count in [0, 1, 2, 5, 10, 33, 700]:
        state = np.random.RandomState(42)
        permuted = state.permutation(count)
        shuffled = np.arange(count) * 3
        state.shuffle(shuffled)
        yield {
            "seed": 42, "count": count, "permutation": permuted, "shuffled_triples": shuffled,
            "next": words(state, 1),
        }


def row_shuffles():
    state = np.random.RandomState(3)
    rows = np.arange(14.0).reshape(7, 2)
    state.shuffle(rows)
    return {"seed": 3, "rows": 7, "columns": 2, "shuffled": rows, "next": words(state, 1)}


def choices():
    weights = [0.1, 0.0, 0.25, 0.3, 0.05, 0.3]
    spread = np.random.RandomState(5).random_sample(50)
    spread = (spread / spread.sum()).tolist()
    cases = [
        (10, 6, True, None), (10, 6, False, None), (10, 10, False, None), (1, 3, True, None), (1, 1, False, None),
        (1000, 5, False, None), (6, 12, True, weights), (6, 4, False, weights), (6, 5, False, weights),
        (50, 20, True, spread), (50, 30, False, spread), (50, 50, False, spread),
        (3, 3, False, [0.98, 0.01, 0.01]), (10, 0, True, None), (10, 0, False, None), (6, 0, True, weights),
    ]
    for count, size, replace, p in cases:
        state = np.random.RandomState(42)
        values = state.choice(count, size=size, replace=replace, p=p)
        yield {
            "seed": 42, "count": count, "size": size, "replace": replace, "p": p,
            "values": values, "next": words(state, 1),
        }


def samples_without_replacement():
    # Below one in a hundred by tracking, up to ninety-nine by permutation, above by reservoir; and on the borders.
    cases = [
        (10000, 5), (1000, 9), (1000, 10), (1000, 11), (100, 1), (2, 1), (20, 7), (100, 98), (100, 99), (300, 298),
        (300, 299), (10, 10), (1, 1), (5, 0), (2**30, 4), (0, 0),
    ]
    for population, count in cases:
        state = np.random.RandomState(42)
        values = sample_without_replacement(population, count, random_state=state)
        yield {
            "seed": 42, "population": population, "count": count, "values": values, "next": words(state, 1),
        }


def fixtures():
    yield "streams", {"cases": list(streams())}
    yield "uniform", {"cases": list(uniforms())}
    yield "normal", {"cases": list(normals())}
    yield "exponential", {"cases": list(exponentials())}
    yield "gaussian-cache", gaussian_cache()
    yield "randint", {"cases": list(integers())}
    yield "permutation", {"cases": list(permutations()), "row_shuffle": row_shuffles()}
    yield "choice", {"cases": list(choices())}
    yield "sample-without-replacement", {"cases": list(samples_without_replacement())}
