"""train_test_split: which rows go where, and in which order."""

import numpy as np
from sklearn.model_selection import (
    GroupKFold, GroupShuffleSplit, KFold, LeaveOneGroupOut, LeavePOut, PredefinedSplit, RepeatedKFold,
    RepeatedStratifiedKFold, ShuffleSplit, StratifiedGroupKFold, StratifiedKFold, StratifiedShuffleSplit,
    TimeSeriesSplit, train_test_split,
)

TOOLS = ["scikit-learn", "numpy"]


def split(count, labels=None, **arguments):
    given = {key: value for key, value in arguments.items() if value is not None}
    content = {"count": count, "labels": labels, "arguments": given}
    try:
        train, test = train_test_split(np.arange(count), stratify=labels, **given)
        return {**content, "train": train, "test": test}
    except ValueError:
        return {**content, "train": None, "test": None}


def plain():
    yield split(10, random_state=42)
    for count in [2, 3, 4, 5, 7, 100]:
        yield split(count, random_state=count)
    # 0.07 * 100 is a little above 7 in doubles, and its ceiling is 8.
    for size in [0.07, 0.29, 0.1, 0.5, 0.98]:
        yield split(100, test_size=size, random_state=1)
        yield split(100, train_size=size, random_state=1)
    yield split(100, test_size=1e-9, random_state=1)
    for size in [1, 13, 99]:
        yield split(100, test_size=size, random_state=2)
        yield split(100, train_size=size, random_state=2)
    for test, train in [(0.2, 0.3), (0.25, 0.75), (10, 20), (0.2, 5), (5, 0.2), (50, 50)]:
        yield split(100, test_size=test, train_size=train, random_state=2**32 - 1)
    yield split(9, shuffle=False)
    yield split(20, test_size=0.3, train_size=4, shuffle=False)


def stratified():
    words = np.random.RandomState(0)
    yield split(12, [0, 1] * 6, random_state=0)
    yield split(13, [0, 1, 1] * 4 + [0], random_state=42)
    # Fractional parts that tie, so that the ties themselves are drawn.
    yield split(30, [5, -2, 7, 7, 5] * 6, test_size=7, random_state=1)
    yield split(20, [0, 1, 2, 3] * 5, test_size=10, random_state=2)
    yield split(20, [0, 1, 2, 3] * 5, test_size=6, train_size=7, random_state=3)
    yield split(40, words.choice(["no", "maybe", "yes"], 40, p=[0.5, 0.2, 0.3]).tolist(), test_size=0.3, random_state=4)
    yield split(101, words.randint(0, 5, 101).tolist(), test_size=0.2, random_state=5)
    yield split(101, words.randint(0, 5, 101).tolist(), test_size=0.33, train_size=0.41, random_state=2**32 - 1)
    yield split(60, sorted(words.choice(["é", "Z", "a", "z"], 60).tolist()), random_state=6)
    yield split(300, words.choice([0, 1], 300, p=[0.93, 0.07]).tolist(), test_size=0.25, random_state=7)
    yield split(4, [1, 0, 1, 0], test_size=2, random_state=8)


def refused():
    for count, arguments in [
        (10, {"test_size": 0}), (10, {"test_size": 10}), (10, {"test_size": 0.0}), (10, {"test_size": 1.0}),
        (10, {"test_size": -0.1}), (10, {"test_size": 11}), (10, {"train_size": -1}), (10, {"train_size": 10}),
        (10, {"test_size": 0.6, "train_size": 0.5}), (10, {"test_size": 6, "train_size": 5}), (1, {}),
        (10, {"test_size": 0.95, "train_size": 1}), (5, {"train_size": 0.1}), (0, {}),
        (100, {"train_size": 1e-9}), (100, {"test_size": 0.999}),
    ]:
        yield split(count, None, random_state=0, **arguments)
    # One row of a class; fewer places than classes, in either part.
    yield split(5, [0, 0, 1, 1, 2], test_size=3, random_state=0)
    yield split(9, [0, 1, 2] * 3, test_size=2, random_state=0)
    yield split(9, [0, 1, 2] * 3, test_size=0.8, random_state=0)
    yield split(8, [0, 1] * 4, shuffle=False)


def repeated():
    labels = np.random.RandomState(1).choice([3, 1, 2], 40, p=[0.5, 0.3, 0.2])
    content = {"labels": labels}
    for name, splitter in [("plain", ShuffleSplit), ("stratified", StratifiedShuffleSplit)]:
        splits = splitter(n_splits=3, test_size=0.2, random_state=9).split(np.zeros(40), labels)
        content[name] = [{"train": train, "test": test} for train, test in splits]
    return content


def folds():
    random = np.random.RandomState(3)
    rare = ["b"] * 3 + ["a"] * 20 + ["c"] * 9
    tables = [
        (list(range(11)), [i % 2 for i in range(11)], [i // 2 for i in range(11)]),
        (list(range(32)), rare, random.randint(0, 9, 32).tolist()),
        (list(range(60)), random.choice([7, -1, 3], 60, p=[0.6, 0.1, 0.3]).tolist(),
         random.choice(["x", "y", "zz", "é", "w", "v", "u"], 60).tolist()),
        (list(range(130)), random.randint(0, 10, 130).tolist(), random.randint(0, 25, 130).tolist()),
    ]
    splitters = []
    for n in (2, 3, 5):
        splitters += [
            ("KFold", {"n_splits": n}), ("KFold", {"n_splits": n, "shuffle": True, "random_state": n}),
            ("StratifiedKFold", {"n_splits": n}),
            ("StratifiedKFold", {"n_splits": n, "shuffle": True, "random_state": n}),
            ("GroupKFold", {"n_splits": n}), ("GroupKFold", {"n_splits": n, "shuffle": True, "random_state": n}),
            ("StratifiedGroupKFold", {"n_splits": n}),
            ("StratifiedGroupKFold", {"n_splits": n, "shuffle": True, "random_state": n}),
            ("RepeatedKFold", {"n_splits": n, "n_repeats": 2, "random_state": n}),
            ("RepeatedStratifiedKFold", {"n_splits": n, "n_repeats": 2, "random_state": n}),
            ("TimeSeriesSplit", {"n_splits": n}),
            ("TimeSeriesSplit", {"n_splits": n, "gap": 2, "max_train_size": 4, "test_size": 1}),
            ("GroupShuffleSplit", {"n_splits": n, "random_state": n}),
            ("GroupShuffleSplit", {"n_splits": n, "test_size": 2, "random_state": n}),
        ]
    splitters += [("LeaveOneGroupOut", {}), ("LeavePOut", {"p": 1})]
    cases = []
    for rows, labels, groups in tables:
        for name, arguments in splitters:
            try:
                made = list(globals()[name](**arguments).split(np.zeros(len(rows)), labels, groups))
            except ValueError:
                made = None
            if made is not None and sum(len(test) for _, test in made) > 1500:
                continue
            # The test side says it all, except where rows are left out.
            whole = made is not None and all(len(train) + len(test) == len(rows) for train, test in made)
            cases.append({
                "splitter": name, "arguments": arguments, "labels": labels, "groups": groups,
                "test": None if made is None else [test for _, test in made],
                "train": None if made is None or whole else [train for train, _ in made],
            })
    return {"cases": cases}


def fixtures():
    yield "folds", folds()
    accepted = {"plain": list(plain()), "stratified": list(stratified())}
    for name, cases in accepted.items():
        assert all(case["train"] is not None for case in cases), name
        yield name, {"cases": cases}
    cases = list(refused())
    assert all(case["train"] is None for case in cases), [case for case in cases if case["train"] is not None]
    yield "refused", {"cases": cases}
    yield "repeated", repeated()
