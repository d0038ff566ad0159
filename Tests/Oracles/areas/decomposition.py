"""PCA by every solver and TruncatedSVD, dense and sparse: components with signs, variances, transforms and scores."""

import numpy as np
from scipy import sparse
from sklearn.decomposition import PCA, TruncatedSVD

TOOLS = ["scikit-learn", "numpy", "scipy"]


def rows(count, columns, seed, rank=None, mean=3.0):
    """Rows with well separated variances."""
    random = np.random.RandomState(seed)
    rank = rank or min(count, columns)
    scales = 4.0 * 0.7 ** np.arange(rank)
    x = random.normal(size=(count, rank)) * scales @ random.normal(size=(rank, columns)) + mean
    return np.round(x + 0.01 * random.normal(size=x.shape), 6)


def analysed(name, data, **arguments):
    x = DATA[data]
    model = PCA(**arguments).fit(x)
    transformed = model.transform(x[:3])
    case = {
        "name": name, "data": data, "arguments": arguments, "solver": model._fit_svd_solver,
        "components": model.components_, "means": model.mean_, "variance": model.explained_variance_,
        "ratio": model.explained_variance_ratio_, "values": model.singular_values_, "noise": float(model.noise_variance_),
        "transformed": transformed, "restored": model.inverse_transform(transformed),
    }
    # With whitening, or where the noise is nothing but rounding, the reference's covariance is not that of its model.
    total = model.explained_variance_.sum()
    if not arguments.get("whiten") and (model.n_components_ == x.shape[1] or model.noise_variance_ > 1e-9 * total):
        case["covariance"] = model.get_covariance()[:1]
        case["precision"] = model.get_precision()[:1]
        case["scores"] = model.score_samples(x[:7])
        case["score"] = model.score(x)
    return case


DATA = {
    "tall": rows(120, 6, 0), "wide": rows(8, 30, 1), "square": rows(20, 20, 2),
    "tiny": np.array([[-1.0, -1], [-2, -1], [-3, -2], [1, 1], [2, 1], [3, 2]]),
    "two rows": np.array([[1.0, 2, 3], [4, 4, 4]]),
    "rank 3": rows(60, 8, 3, rank=3), "rank 2": rows(100, 7, 4, rank=2),
    "noise": np.round(np.random.RandomState(5).normal(size=(40, 30)) + 1, 4),
    "15 x 12": rows(15, 12, 7), "9 x 25": rows(9, 25, 8), "50 x 40": rows(50, 40, 9),
}


def analyses():
    yield analysed("default-tall", "tall")
    yield analysed("default-wide", "wide")
    yield analysed("default-square", "square", n_components=5)
    yield analysed("tiny", "tiny")
    yield analysed("two-rows", "two rows", n_components=1)
    for solver in ["full", "covariance_eigh", "randomized", "arpack"]:
        yield analysed(f"{solver}-tall", "tall", n_components=3, svd_solver=solver, random_state=1)
        yield analysed(f"{solver}-wide", "wide", n_components=3, svd_solver=solver, random_state=2)
        yield analysed(f"{solver}-whiten", "square", n_components=4, svd_solver=solver, whiten=True, random_state=3)
    yield analysed("share", "tall", n_components=0.8)
    yield analysed("share-full", "wide", n_components=0.95, svd_solver="full")
    yield analysed("mle", "rank 3", n_components="mle", svd_solver="full")
    yield analysed("mle-covariance", "rank 2", n_components="mle")
    for arguments in [{}, {"iterated_power": 0}, {"iterated_power": 2}, {"n_oversamples": 3},
                      {"power_iteration_normalizer": "QR"}, {"power_iteration_normalizer": "LU", "iterated_power": 1},
                      {"power_iteration_normalizer": "none", "iterated_power": 3}]:
        yield analysed(f"noisy-{arguments}", "noise", n_components=4, svd_solver="randomized", random_state=6,
                       **arguments)
    # More random vectors than columns, and than rows.
    yield analysed("oversampled", "15 x 12", n_components=6, svd_solver="randomized", random_state=7)
    yield analysed("oversampled-wide", "9 x 25", n_components=6, svd_solver="randomized", random_state=8)
    yield analysed("arpack-many", "50 x 40", n_components=15, svd_solver="arpack", random_state=9)


def solver_choices():
    """What auto chooses; only the shape matters, so the data are not kept."""
    shapes = [(30, 3), (29, 3), (500, 500), (501, 100), (10, 501), (600, 400), (1100, 100)]
    for shape in shapes:
        for components in [None, 2, 0.5, int(0.8 * min(shape)), min(shape)]:
            x = np.random.RandomState(0).normal(size=shape)
            model = PCA(components, random_state=0).fit(x)
            yield {"rows": shape[0], "columns": shape[1], "arguments": {"n_components": components},
                   "solver": model._fit_svd_solver}


def truncated(name, data, **arguments):
    stored = sparse.csr_matrix(COUNTS[data])
    model = TruncatedSVD(**arguments).fit(stored)
    return {
        "name": name, "data": data, "arguments": arguments, "components": model.components_,
        "variance": model.explained_variance_, "ratio": model.explained_variance_ratio_,
        "values": model.singular_values_, "transformed": model.transform(stored[:5]),
        "restored": model.inverse_transform(model.transform(stored[:2])),
    }


def counts(count, columns, seed):
    random = np.random.RandomState(seed)
    topics = random.gamma(0.3, size=(5, columns))
    shares = random.dirichlet(np.full(5, 0.3), size=count)
    return random.poisson(0.7 * shares @ topics).astype(float)


COUNTS = {"tall": counts(80, 20, 0), "wide": counts(25, 60, 1), "small": counts(12, 6, 5)}


def truncations():
    yield truncated("default", "tall", random_state=0)
    for algorithm in ["randomized", "arpack"]:
        yield truncated(f"{algorithm}-tall", "tall", n_components=4, algorithm=algorithm, random_state=1)
        yield truncated(f"{algorithm}-wide", "wide", n_components=4, algorithm=algorithm, random_state=2)
    yield truncated("few-iterations", "wide", n_components=3, n_iter=1, random_state=3)
    yield truncated("no-iterations", "wide", n_components=3, n_iter=0, random_state=3)
    yield truncated("qr", "wide", n_components=3, n_iter=3, power_iteration_normalizer="QR", n_oversamples=5,
                    random_state=4)
    yield truncated("all", "small", n_components=6, random_state=5)


def sparse_analyses():
    for name, x, arguments in [
        ("arpack", counts(60, 25, 7), {"n_components": 4}),
        ("arpack-wide", counts(20, 50, 8), {"n_components": 3, "whiten": True}),
        ("covariance", counts(60, 12, 9), {"n_components": 5, "svd_solver": "covariance_eigh"}),
    ]:
        stored = sparse.csr_matrix(x)
        model = PCA(random_state=0, **arguments).fit(stored)
        yield {
            "name": name, "x": x, "arguments": arguments, "components": model.components_, "means": model.mean_,
            "variance": model.explained_variance_, "ratio": model.explained_variance_ratio_,
            "noise": float(model.noise_variance_), "transformed": np.asarray(model.transform(stored[:7])),
        }


def fixtures():
    yield "pca", {"data": DATA, "cases": list(analyses())}
    yield "pca-choices", {"cases": list(solver_choices())}
    yield "pca-sparse", {"cases": list(sparse_analyses())}
    yield "truncated-svd", {"data": COUNTS, "cases": list(truncations())}
