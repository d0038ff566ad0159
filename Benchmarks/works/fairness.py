"""Fairness."""
from . import Work, timed

WORKS = {
    "exponentiated-gradient": Work(
        "exponentiated gradient over logistic regression, Adult", [("fairlearn", 0.3)], sizes=(), needs="adult.f64",
        rounds=2,
    ),
}


def exponentiated_gradient(peer, data):
    from fairlearn.reductions import DemographicParity, ExponentiatedGradient
    from sklearn.linear_model import LogisticRegression

    x, y = data.matrix("adult", 106, 48_842), data.vector("adult-y", 48_842).astype(int)
    sex = data.vector("adult-sex", 48_842).astype(int)
    fair = ExponentiatedGradient(
        LogisticRegression(max_iter=1000), DemographicParity(difference_bound=0.01), max_iter=20)
    _, seconds = timed(lambda: fair.fit(x, y, sensitive_features=sex))
    shares = fair._pmf_predict(x)[:, 1]
    return seconds, {
        "error": float((y * (1 - shares) + (1 - y) * shares).mean()),
        "disparity": float(abs(shares[sex == 1].mean() - shares[sex == 0].mean()) / 2),
        "rounds": int(fair.last_iter_) + 1,
    }
