"""Trains with the command, exports to ONNX, and compares onnxruntime with `apus predict`, row by row.

Usage: python onnx_check.py APUS FOLDER [WORD]

APUS is the built command; FOLDER holds what is written. With WORD only cases whose name holds it are checked. Every file
must pass onnx.checker with full_check, every label must be equal, and numbers may differ by 1e-9, relative to what is
greater: the number itself or 1; by 1e-5 for support vectors of many rows, whose kernel Apus computes in 32 bits. Trained models beside their tables in Tests/Fixtures/onnx are checked the same way.
Needs onnx and onnxruntime.
"""

import csv
import datetime
import json
import math
import pathlib
import random
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime

TOLERANCE = 1e-9
SINGLE = 1e-5
HERE = pathlib.Path(__file__).resolve().parent
TABLES = HERE.parent.parent / "Sources" / "CApusData" / "tables"
PIPELINES = HERE.parent / "Fixtures" / "onnx"


def write(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    return header, rows


def mixed(path, count, seed, later):
    """A table of every kind of column; later ones also hold what was not there in training."""
    draw = random.Random(seed)
    header = ["Größe ½", "count", "city", "plan, old", "flag", "when", "empty text", "label", "kind", "paid", "level", "y"]
    cities = ["Zürich", "東京", "São Paulo", "Ulm", "e\u0301cole", "\u00e9cole"] + (["Nowhere"] if later else [])
    plans = ["basic", "plus", 'with "quotes", and more'] + (["free"] if later else [])
    rows = []
    for _ in range(count):
        size, number = draw.gauss(3, 1.5) ** 2, draw.randrange(9)
        city, plan, flag = draw.choice(cities), draw.choice(plans), draw.random() < 0.4
        when = datetime.date(2024, 1, 1) + datetime.timedelta(days=draw.randrange(900))
        note = draw.choice(["", "x", "y"])
        signal = size / 4 + 0.6 * number + (city == "Ulm") * 2 - (plan == "plus") * 1.5 + flag + draw.gauss(0, 0.7)
        cells = [repr(size), number, city, plan, str(flag).lower(), when.isoformat(), note, draw.choice("ab")]
        for place, share in ((0, 0.1), (1, 0.08), (2, 0.1), (5, 0.05), (3, 0.1 if later else 0)):
            if draw.random() < share:
                cells[place] = ""
        kind = "niedrig" if signal < 3 else "mittel" if signal < 5.5 else "hoch"
        rows.append(cells + [kind, str(signal > 4.2).lower(), [0, 7, -3][int(signal) % 3], repr(math.exp(signal / 4))])
    write(path, header, rows)


class Data:
    """A table to train on, one to predict, and the columns that may be targets."""

    def __init__(self, train, later=None, drop=()):
        self.train, self.later, self.drop = train, later or train, list(drop)


def feed(session, path):
    header, rows = read(path)
    places = {name: place for place, name in enumerate(header)}
    values = {}
    for wanted in session.get_inputs():
        cells = [row[places[wanted.name]] for row in rows]
        if wanted.type == "tensor(string)":
            column = np.array(cells, dtype=object)
        elif wanted.type == "tensor(bool)":
            column = np.array([cell == "true" for cell in cells])
        else:
            column = np.array([number(cell) for cell in cells], dtype=np.float64)
        values[wanted.name] = column.reshape(-1, 1)
    return values


def number(cell):
    if cell == "":
        return math.nan
    if len(cell) == 10 and cell[4] == "-":
        return datetime.datetime.fromisoformat(cell).replace(tzinfo=datetime.timezone.utc).timestamp()
    return float(cell)


def text(value):
    return str(bool(value)).lower() if isinstance(value, (bool, np.bool_)) else str(value)


def compare(exported, path, answers, scores_decide):
    """How many labels differ, of how many rows, and the greatest difference of numbers.

    With scores_decide the label must be the class of the greatest score; votes and thresholds decide otherwise.
    """
    checked = onnx.load(exported)
    onnx.checker.check_model(checked, full_check=True)
    session = onnxruntime.InferenceSession(exported, providers=["CPUExecutionProvider"])
    names, values = [each.name for each in session.get_outputs()], feed(session, path)
    outputs = dict(zip(names, session.run(None, values)))
    alone = dict(zip(names, session.run(None, {name: column[:1] for name, column in values.items()})))
    for name, found in alone.items():
        same = found == outputs[name][:1] if found.dtype.kind != "f" else np.isclose(found, outputs[name][:1], 1e-12, 1e-12)
        assert np.all(same), f"{name} of a row alone is {found}, among others {outputs[name][:1]}"
    header, rows = read(answers)
    wrong, difference = 0, 0.0

    def differ(found, wanted):
        found, wanted = np.asarray(found), np.asarray(wanted)
        assert found.shape == wanted.shape, (found.shape, wanted.shape)
        assert np.isfinite(found).all(), "an answer is not finite"
        return float(np.max(np.abs(found - wanted) / np.maximum(1, np.abs(wanted))))

    if "variable" in outputs:
        wanted = np.array([[float(row[0])] for row in rows])
        difference = differ(outputs["variable"], wanted)
    else:
        (label,) = [name for name in outputs if name.startswith("label")]
        labels = [text(value) for value in outputs[label]]
        assert len(labels) == len(rows)
        wrong = sum(found != row[0] for found, row in zip(labels, rows))
        if "probabilities" in outputs:
            assert len(header) > 1, "the graph gives probabilities that the command does not"
            difference = differ(outputs["probabilities"], [[float(cell) for cell in row[1:]] for row in rows])
        elif "scores" in outputs and scores_decide:
            # The command writes no scores; they must at least lead to the labels.
            (classes,) = [json.loads(each.value) for each in checked.metadata_props if each.key == "classes"]
            scores = outputs["scores"]
            best = (scores[:, 0] > 0).astype(int) if scores.shape[1] == 1 else np.argmax(scores, axis=1)
            wrong += sum(classes[place] != each for place, each in zip(best, labels))
    return wrong, len(rows), difference


def run(apus, *arguments):
    done = subprocess.run([apus, *map(str, arguments)], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr.strip()


def cases(folder):
    iris, wine, diabetes = (Data(TABLES / f"{name}.csv") for name in ("iris", "wine", "diabetes"))
    mixed(folder / "mixed.csv", 500, 1, later=False)
    mixed(folder / "later.csv", 300, 2, later=True)
    targets = ["kind", "paid", "level", "y"]

    def of_mixed(target, *drop):
        others = [each for each in targets if each != target]
        return Data(folder / "mixed.csv", folder / "later.csv", others + list(drop))

    classifiers = {
        "logistic-regression": [[], ["--scale"], ["--set", "c=0.01"]],
        "ridge": [["--task", "classification"]],
        "decision-tree": [[], ["--set", "max_depth=3"]],
        "random-forest": [["--set", "n_estimators=40"], ["--set", "n_estimators=31", "--set", "max_depth=3"]],
        "extra-trees": [["--set", "n_estimators=40"], ["--set", "n_estimators=30", "--set", "min_samples_leaf=5"]],
        "hist-gradient-boosting": [["--set", "max_iter=30"], ["--set", "categorical_features=1,3", "--set", "max_iter=20"]],
        "linear-svc": [["--scale"]],
        "svc": [
            ["--scale"],
            ["--scale", "--set", "kernel=linear", "--set", "decision_function_shape=ovo"],
            ["--scale", "--set", "kernel=poly", "--set", "break_ties=true"],
            ["--scale", "--set", "kernel=sigmoid", "--set", "coef0=0.5"],
            ["--scale", "--set", "probability=true"],
        ],
        "nu-svc": [["--scale", "--set", "nu=0.2"]],
        "gaussian-nb": [[]],
        "multinomial-nb": [[]],
        "bernoulli-nb": [["--set", "binarize=0.5"]],
        "complement-nb": [[], ["--set", "norm=true"]],
    }
    tables = [("iris", "species", iris), ("wine", "class", wine)]
    tables += [(each, each, of_mixed(each)) for each in targets[:3]]
    for model, variants in classifiers.items():
        for options in variants:
            for name, target, data in tables:
                if "categorical_features=1,3" in options and name in ("iris", "wine"):
                    continue
                if name not in ("iris", "wine") and model in ("multinomial-nb", "complement-nb"):
                    data = of_mixed(target, "when")
                yield name, target, data, model, options
    fewer = {"random-forest": ["--set", "n_estimators=10"], "hist-gradient-boosting": ["--set", "max_iter=10"]}
    digits = Data(TABLES / "digits.csv")
    for model, options in {
        "svc": ["--set", "probability=true"],
        "random-forest": ["--set", "n_estimators=30"],
        "hist-gradient-boosting": ["--set", "max_iter=5"],
        "linear-svc": ["--scale"],
    }.items():
        yield "digits", "digit", digits, model, ["--task", "classification", *options]
    for method in ("sigmoid", "isotonic", "temperature"):
        for model in ("logistic-regression", "random-forest", "svc", "linear-svc", "gaussian-nb", "hist-gradient-boosting"):
            for name, target, data in tables[1:4]:
                options = ["--scale", "--calibrate", method]
                yield name, target, data, model, options + fewer.get(model, [])
    for model in ("logistic-regression", "linear-svc", "decision-tree", "svc"):
        yield "paid", "paid", of_mixed("paid"), model, ["--scale", "--tune-threshold", "f1"]
    yield "paid", "paid", of_mixed("paid"), "gaussian-nb", ["--calibrate", "sigmoid", "--tune-threshold", "balanced_accuracy"]
    for mitigation in ("reweighing", "correlation-remover"):
        for model in ("logistic-regression", "decision-tree"):
            fair = ["--sensitive", "flag", "--fair", "demographic-parity", "--mitigation", mitigation]
            yield "paid", "paid", of_mixed("paid"), model, fair

    regressors = {
        "linear-regression": [[], ["--scale"]],
        "ridge": [["--scale"]],
        "lasso": [["--scale", "--set", "alpha=0.05"]],
        "elastic-net": [["--scale", "--set", "alpha=0.05"]],
        "decision-tree": [[]],
        "random-forest": [["--set", "n_estimators=40"]],
        "extra-trees": [["--set", "n_estimators=40"]],
        "hist-gradient-boosting": [
            ["--set", "max_iter=40"],
            ["--set", "loss=poisson", "--set", "max_iter=20"],
            ["--set", "categorical_features=1,3", "--set", "max_iter=20"],
        ],
        "linear-svr": [["--scale"]],
        "svr": [["--scale", "--set", "solver=blocks"], ["--scale"], ["--scale", "--set", "kernel=poly"], ["--scale", "--set", "kernel=linear"]],
        "nu-svr": [["--scale", "--set", "kernel=rbf"]],
    }
    for model, variants in regressors.items():
        for options in variants:
            for name, target, data in (("diabetes", "progression", diabetes), ("y", "y", of_mixed("y"))):
                if "categorical_features=1,3" in options and name == "diabetes":
                    continue
                yield name, target, data, model, options


def main():
    apus, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    word = sys.argv[3] if len(sys.argv) > 3 else ""
    folder.mkdir(parents=True, exist_ok=True)
    bad, greatest, count = [], {}, 0

    def judge(name, kind, model, path, scores_decide=True):
        nonlocal count
        exported, answers = str(folder / "case.onnx"), folder / "answers.csv"
        status, out, error = run(apus, "export", model, "--onnx", exported, "--json")
        if status != 0:
            return bad.append((name, "export", error))
        facts = json.loads(out)
        with_probabilities = any(each["name"].startswith("probabilities") for each in facts["outputs"])
        extra = ["--probabilities"] if with_probabilities else []
        status, _, error = run(apus, "predict", model, path, "-o", answers, *extra)
        if status != 0:
            return bad.append((name, "predict", error))
        try:
            wrong, rows, difference = compare(exported, path, answers, scores_decide)
        except Exception as problem:
            return bad.append((name, "onnx", f"{type(problem).__name__}: {problem}"))
        count += 1
        kind += " (32 bits)" if "solver=blocks" in name else ""
        greatest[kind] = max(greatest.get(kind, 0.0), difference)
        if wrong or not difference <= (SINGLE if "solver=blocks" in name else TOLERANCE):
            bad.append((name, "differs", f"{wrong} of {rows} labels, numbers by {difference:.3g}"))

    for name, target, data, model, options in cases(folder):
        title = f"{name}: {model} {' '.join(options)}".strip()
        if word not in title:
            continue
        path = folder / "case.apus"
        drops = [argument for column in data.drop for argument in ("--drop", column)]
        status, _, error = run(
            apus, "train", data.train, "--target", target, "--model", model, *options, *drops, "--no-test", "-o", path
        )
        if status != 0:
            bad.append((title, "train", error))
            continue
        votes = model in ("svc", "nu-svc") and "break_ties=true" not in options
        judge(title, model, path, data.later, not votes and "--tune-threshold" not in options)
    for path in sorted(PIPELINES.glob("*.apus")):
        if word in f"pipeline: {path.stem}":
            judge(f"pipeline: {path.stem}", f"pipeline {path.stem}", path, PIPELINES / "rows.csv")

    for kind, difference in greatest.items():
        print(f"{kind:32} greatest difference {difference:.2e}")
    print(f"{count} models answer in onnxruntime {onnxruntime.__version__} as in Apus, {len(bad)} do not")
    for row in bad:
        print(" | ".join(row))
    sys.exit(bool(bad) or count == 0)


if __name__ == "__main__":
    main()
