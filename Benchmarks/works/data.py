"""Writes the data of the benchmarks to a folder: raw float64 files, and a mixed CSV of about 100 MB.

    data.py FOLDER          what is missing is written; a file is written under another name first, then renamed
"""
import gzip
import os
import sys

import numpy

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)


def missing(*names):
    return not all(os.path.exists(os.path.join(folder, name)) for name in names)


def write(name, values):
    path = os.path.join(folder, name + ".f64")
    numpy.ascontiguousarray(values, dtype=numpy.float64).tofile(path + ".part")
    os.replace(path + ".part", path)


def classification():
    from sklearn.datasets import make_classification

    # The first 80,000 rows are what most works take.
    x, y = make_classification(340_000, 20, n_informative=10, random_state=42)
    write("classification", x[:320_000])
    write("classification-y", y[:320_000])
    write("classification-queries", x[320_000:])


def wide_classification():
    from sklearn.datasets import make_classification

    x, y = make_classification(4_000_000, 28, n_informative=12, random_state=42)
    write("wide-classification", x)
    write("wide-classification-y", y)


def regression():
    random = numpy.random.RandomState(42)
    coefficients = numpy.zeros(100)
    coefficients[random.permutation(100)[:50]] = 100 * random.uniform(size=50)
    path = os.path.join(folder, "regression")
    with open(path + ".part", "wb") as xs, open(path + "-y.part", "wb") as ys:
        for _ in range(20):  # 2,000,000 rows in pieces that memory holds
            x = random.standard_normal((100_000, 100))
            x.tofile(xs)
            (x @ coefficients + 10 * random.standard_normal(100_000)).tofile(ys)
    os.replace(path + ".part", path + ".f64")
    os.replace(path + "-y.part", path + "-y.f64")


def blobs():
    from sklearn.datasets import make_blobs

    write("blobs", make_blobs(2_000_000, 16, centers=32, cluster_std=3.0, random_state=42)[0])


def points():
    from sklearn.datasets import make_blobs

    write("points", make_blobs(200_000, 16, centers=20, cluster_std=1.0, random_state=42)[0])


def mnist():
    root = os.path.join(os.environ.get("APUS_DATA", ""), "mnist")

    def read(name, offset):
        for path in (os.path.join(root, name), os.path.join(root, name + ".gz")):
            if os.path.exists(path):
                with (gzip.open if path.endswith(".gz") else open)(path) as file:
                    return numpy.frombuffer(file.read(), dtype=numpy.uint8, offset=offset)
        return None

    images = [read(f"{part}-images-idx3-ubyte", 16) for part in ("train", "t10k")]
    labels = [read(f"{part}-labels-idx1-ubyte", 8) for part in ("train", "t10k")]
    if any(part is None for part in images + labels):
        print("MNIST is not at hand (APUS_DATA); its works are left out", file=sys.stderr)
        return
    from sklearn.model_selection import train_test_split

    y = numpy.concatenate(labels)
    write("mnist", numpy.concatenate(images).reshape(-1, 784) / 255.0)
    write("mnist-y", y)
    train, test = train_test_split(numpy.arange(len(y)), test_size=0.2, random_state=42)
    write("mnist-train", train)
    write("mnist-test", test)


def adult():
    paths = [os.path.join(os.environ.get("APUS_DATA", ""), "adult", f"adult.{part}") for part in ("data", "test")]
    if not all(map(os.path.exists, paths)):
        print("Adult is not at hand (APUS_DATA); its works are left out", file=sys.stderr)
        return
    import pandas

    frame = pandas.concat([pandas.read_csv(path, skipinitialspace=True) for path in paths], ignore_index=True)
    frame["target"] = frame["target"].str.rstrip(".")
    features = frame.drop(columns=["target", "sex"])
    table = pandas.get_dummies(features).to_numpy(dtype=float)
    numbers = features.select_dtypes("number").shape[1]
    table[:, :numbers] = (table[:, :numbers] - table[:, :numbers].mean(axis=0)) / table[:, :numbers].std(axis=0)
    assert table.shape == (48_842, 106), table.shape
    write("adult", table)
    write("adult-y", frame["target"] == ">50K")
    write("adult-sex", frame["sex"] == "Male")


def reviews():
    lines, kinds = [], []
    for kind, name in enumerate(("rt-polarity.neg", "rt-polarity.pos")):
        path = os.path.join(os.environ.get("APUS_DATA", ""), "rt-polarity", name)
        if not os.path.exists(path):
            print("rt-polarity is not at hand (APUS_DATA); its works are left out", file=sys.stderr)
            return
        part = open(path, encoding="latin-1", newline="\n").read().split("\n")
        part = [line for line in part if line.strip()]
        lines += part
        kinds += [kind] * len(part)
    write("reviews-y", kinds * 10)
    path = os.path.join(folder, "reviews.txt")
    with open(path + ".part", "w", encoding="utf-8") as file:
        file.write("".join(line + "\n" for line in lines * 10))
    os.replace(path + ".part", path)


def mixed():
    import pandas

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
    path = os.path.join(folder, "mixed.csv")
    frame.to_csv(path + ".part", index=False)
    os.replace(path + ".part", path)


if missing("classification-queries.f64"):
    classification()
if missing("wide-classification-y.f64"):
    wide_classification()
if missing("regression-y.f64") or os.path.getsize(os.path.join(folder, "regression-y.f64")) < 16_000_000:
    regression()
if missing("blobs.f64") or os.path.getsize(os.path.join(folder, "blobs.f64")) < 2_000_000 * 128:
    blobs()
if missing("points.f64"):
    points()
if missing("mnist-test.f64"):
    mnist()
if missing("adult-sex.f64"):
    adult()
if missing("reviews.txt"):
    reviews()
if missing("mixed.csv"):
    mixed()
